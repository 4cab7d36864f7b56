"""Create the parents that rows want by name and allow to be created; each name is claimed, so that it is created once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from causeway.domain.claims import Busy, Held, Home, value_identity
from causeway.domain.mappings import normalized_name
from causeway.domain.org_calls import MAX_COLLECTIONS_PER_CALL, Collection, Save, Saved, collections_of
from causeway.domain.outcomes import Warning
from causeway.domain.wanted import WantedField, WantedParent
from causeway.errors import CausewayError
from causeway.services.push_ports import Claims, Org
from causeway.services.push_targets import Member, Target

AGAIN_MS = 1_000
_MEMORY = "parent"  # under what a name's home remembers the record that stands for it

type Place = tuple[str, str]  # sObject, normalized name


@dataclass(slots=True)
class CreatedParents:
    """What became of the wanted parents: their Ids, names that others are creating (until when), names that were refused (why)."""

    ids: dict[Place, str] = field(default_factory=dict)
    busy: dict[Place, int] = field(default_factory=dict)
    refused: dict[Place, str] = field(default_factory=dict)


def create_parents(targets: Iterable[Target], creating: Callable[[Mapping[Place, str]], CreatedParents]) -> None:
    """Have the missing parents of the targets created, and fill in their Ids; a busy one gives its task back."""
    members = [member for target in targets for member in target.members if member.parents]
    names: dict[Place, str] = {}
    for parent in (parent for member in members for parent in member.parents):
        names.setdefault(_place(parent), " ".join(str(parent.name).split()))  # the first spelling is the one created
    if not names:
        return
    created = creating(names)
    for member in members:
        for parent in member.parents:
            _fill_in(member, parent, created)


def _fill_in(member: Member, parent: WantedParent, created: CreatedParents) -> None:
    place, name = _place(parent), parent.field.name
    if place in created.ids:
        member.wanted.fields.setdefault(name, WantedField(parent.field, created.ids[place], parent.rule))
    elif place in created.refused:
        detail = f"The {parent.sobject} of this name could not be created: {created.refused[place]}"
        member.warnings = (*member.warnings, Warning(name, "parent_refused", detail))
    else:
        member.wish.task.give_back(created.busy.get(place, 0))


def _place(parent: WantedParent) -> Place:
    return parent.sobject, normalized_name(str(parent.name))


class ParentsByName:
    """Claims names, creates what nobody has created since the read began, and remembers it."""

    def __init__(self, tenant: str, org_id: str, claims: Claims, org: Org, timeout_s: float) -> None:
        self._tenant, self._org_id, self._claims, self._org = tenant, org_id, claims, org
        self._timeout_s = timeout_s

    def create(self, names: Mapping[Place, str], read_started_ms: int, now_ms: int) -> CreatedParents:
        """Return the Ids of the named parents."""
        done = CreatedParents()
        places = {value_identity(self._org_id, sobject, ("name", name)): (sobject, name) for sobject, name in names}
        held: dict[str, Held] = {}
        for home, claim in self._claims.acquire(self._tenant, places).items():
            if isinstance(claim, Held):
                held[home] = claim
            else:
                done.busy[places[home]] = claim.until_ms if isinstance(claim, Busy) else now_ms + AGAIN_MS
        memories = {home: Home.parse(claim.state) for home, claim in held.items()}
        fresh = {home for home, claim in held.items() if claim.completed_at_ms >= read_started_ms}
        for home in fresh:
            known = memories[home].links(_MEMORY).get(places[home][0])
            if known:
                done.ids[places[home]] = known
        wanted = [home for home in sorted(held) if places[home] not in done.ids]
        try:
            self._save(wanted, places, names, memories, done)
        except CausewayError:  # proves that the present call had no effect
            unsent = {home: held[home].fence for home in wanted if places[home] not in done.ids}
            self._claims.release(self._tenant, unsent)
            raise
        self._finish(held, places, memories, done)
        return done

    def _save(
        self,
        homes: list[str],
        places: Mapping[str, Place],
        names: Mapping[Place, str],
        memories: Mapping[str, Home],
        done: CreatedParents,
    ) -> None:
        saves = [Save(places[home][0], {"Name": names[places[home]]}, assign=True) for home in homes]
        groups = collections_of(saves)
        for start in range(0, len(groups), MAX_COLLECTIONS_PER_CALL):
            now = groups[start : start + MAX_COLLECTIONS_PER_CALL]
            sent = [Collection(tuple(saves[index] for index in group)) for group in now]
            for group, results in zip(now, self._org.save(sent, self._timeout_s), strict=True):
                for index, saved in zip(group, results, strict=True):
                    _note(saved, homes[index], places, names, memories, done)

    def _finish(
        self, held: Mapping[str, Held], places: Mapping[str, Place], memories: Mapping[str, Home], done: CreatedParents
    ) -> None:
        """Remember what was created, free what was refused; what may have been created keeps its claim."""
        created = {
            home: (claim.fence, memories[home].text()) for home, claim in held.items() if places[home] in done.ids
        }
        if created:
            self._claims.complete(self._tenant, created)
        refused = {home: claim.fence for home, claim in held.items() if places[home] in done.refused}
        if refused:
            self._claims.release(self._tenant, refused)


def _note(
    saved: Saved,
    home: str,
    places: Mapping[str, Place],
    names: Mapping[Place, str],
    memories: Mapping[str, Home],
    done: CreatedParents,
) -> None:
    place = places[home]
    if saved.certainty == "saved" and saved.record_id:
        done.ids[place] = saved.record_id
        memories[home].link(_MEMORY, "", names[place], place[0], saved.record_id)
    elif saved.error is not None:
        done.refused[place] = saved.error.message
