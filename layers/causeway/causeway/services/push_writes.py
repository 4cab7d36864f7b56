"""Save the planned records in as few calls as the org can take, and settle what each answer means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from causeway.domain.matching import MAX_CANDIDATES
from causeway.domain.merging import remember
from causeway.domain.org_calls import MAX_SINGLES_PER_CALL, Collection, Save, Saved, SaveError, collections_of
from causeway.domain.outcomes import Candidate, Result, Warning
from causeway.services.push_claims import HeldClaims
from causeway.services.push_ports import Org, Pace
from causeway.services.push_targets import Target, settle_members, settle_superseded
from causeway.services.push_time import Budget

MAX_TRIES = 3  # of one record that another transaction locks
MAX_ROUNDS = 12  # a collection of 200 is halved eight times until the record to blame stands alone
RESERVE_MS = (
    3_000  # left for completing claims and telling outcomes; with the next line well under the shortest timeout, 10 s
)
LEAST_CALL_MS = 2_000  # no call is started that can hardly end in time
MOST_CALL_S = 90.0

# Per-record refusals that pass: the record is tried again alone (salesforce.md §2.4).
_PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "TXN_SECURITY_METERING_ERROR", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"})
# The record is not any more what was read: read it again and decide anew.
_STALE = frozenset({"ENTITY_IS_DELETED", "CANNOT_UPDATE_CONVERTED_LEAD", "INVALID_CROSS_REFERENCE_KEY"})
# The value of the fields that the error names can not be saved, the rest of the record can.
_DROPPABLE = frozenset(
    {
        "STRING_TOO_LONG",
        "INVALID_EMAIL_ADDRESS",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "INVALID_FIELD",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        "INACTIVE_OWNER_OR_USER",
        "MALFORMED_ID",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "INVALID_CROSS_REFERENCE_KEY",
        "FIELD_INTEGRITY_EXCEPTION",
    }
)
# One of the lookups leads nowhere; these mostly do not say which.
_REFERENCES = frozenset(
    {"INVALID_CROSS_REFERENCE_KEY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "MALFORMED_ID"}
)
_UNKNOWN_COLUMN = re.compile(r"No such column '(\w+)'")  # INVALID_FIELD names no field but in its text


@dataclass(slots=True, eq=False)
class Pending:
    """
    One record on its way; `group` keeps records of a halved collection, or one that is tried alone, apart from others.

    `suspects` are the lookups of which one leads nowhere: it is tried without each, then without any.
    """

    target: Target
    save: Save
    group: int = 0
    tries: int = 0
    suspects: list[tuple[str, ...]] | None = None
    whole: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    refusal: SaveError | None = None


class Saving:
    """Saves one wave's targets. Raises what closes the tenant's gate, after noting which targets were sent already."""

    def __init__(
        self, tenant: str, org: Org, claims: HeldClaims, pace: Pace, budget: Budget, now_ms: Callable[[], int]
    ) -> None:
        self._tenant, self._org, self._claims, self._pace = tenant, org, claims, pace
        self._budget, self._now_ms = budget, now_ms
        self._created: dict[str, str] = {}
        self._groups = 0
        self.refreshes = False

    def run(self, targets: list[Target], may_write: Callable[[], None]) -> None:
        """Save everything that can be saved in the time left; `may_write` is asked before each call and raises when not."""
        pending = self._intended([Pending(target, target.save()) for target in targets])
        try:
            for _ in range(MAX_ROUNDS):
                if not pending:
                    return
                pending = self._round(pending, may_write)
            self._give_back(pending)
        finally:
            self._claims.own_created(self._created)

    def _intended(self, pending: list[Pending]) -> list[Pending]:
        """Note every create before it is sent, and return what may be sent; upserts by external ID need no such care."""
        creates = {
            (item.target.home, item.target.sobject): item.save.values
            for item in pending
            if item.save.record_id is None and item.save.external_id is None
        }
        stored = self._claims.intend(creates, self._now_ms()) if creates else set()
        homes = {home for home, _ in creates} - stored
        self._give_back([item for item in pending if item.target.home in homes])
        return [item for item in pending if item.target.home not in homes]

    def _round(self, pending: list[Pending], may_write: Callable[[], None]) -> list[Pending]:
        """Send every pending record once; return those to send again."""
        groups: dict[int, list[Pending]] = {}
        for item in pending:
            groups.setdefault(item.group, []).append(item)
        collections = [
            [members[place] for place in places]
            for members in groups.values()
            for places in collections_of([item.save for item in members])
        ]
        again: list[Pending] = []
        while collections:
            if not self._budget.allows_call():
                self._give_back([item for collection in collections for item in collection])
                return again
            now = collections[: self._most(collections)]
            collections = collections[len(now) :]
            may_write()
            for items, results in zip(now, self._send(now), strict=True):
                again += self._settled(items, results)
        return again

    def _most(self, collections: list[list[Pending]]) -> int:
        """Return how many of the next ones share a call: as many as the org's pace allows, or a full one of those that go alone."""
        alone = [items[0].save.alone for items in collections]
        if alone[0]:
            return min(MAX_SINGLES_PER_CALL, [*alone, False].index(False))
        return min(self._pace.collections(self._tenant), [*alone, True].index(True))

    def _send(self, collections: list[list[Pending]]) -> list[list[Saved]]:
        timeout_s = self._budget.call_s(MOST_CALL_S)
        began_ms = self._now_ms()
        sent = [Collection(tuple(item.save for item in items)) for items in collections]
        results = self._org.save(sent, timeout_s)
        self._pace.note(self._tenant, sum(map(len, collections)), self._now_ms() - began_ms)
        return results

    def _settled(self, items: list[Pending], results: list[Saved]) -> list[Pending]:
        if len(items) > 1 and results and results[0].whole:
            return self._halved(items)
        return [again for item, saved in zip(items, results, strict=True) if (again := self._settle(item, saved))]

    def _halved(self, items: list[Pending]) -> list[Pending]:
        middle = len(items) // 2
        for half in (items[:middle], items[middle:]):
            self._groups += 1
            for item in half:
                item.group = self._groups
        return items

    def _settle(self, item: Pending, saved: Saved) -> Pending | None:
        """Settle one record's tasks; return it when it is to be sent again."""
        match saved.certainty:
            case "saved":
                self._done(item, saved)
            case "unknown":
                self._hold(item.target)
            case "not_applied":
                return self._tried_again(item)
            case "refused" if saved.error is not None:
                return self._refused(item, saved.error)
        return None

    def _done(self, item: Pending, saved: Saved) -> None:
        self._note_suspects(item)
        target = item.target
        record_id = target.record_id or str(saved.record_id)
        plan = target.plan
        if plan is None:
            return
        home = self._claims.homes[target.home]
        if target.record_id is None:
            self._created[record_id] = target.home
            home.left_out_at_create(target.sobject, record_id)
        remember(target.merged, plan, home, record_id)
        settle_superseded(target)
        settle_members(target, Result.CREATED if saved.created else Result.UPDATED, record_id)

    def _hold(self, target: Target) -> None:
        """Never free a claim under which something may still land; its messages come back later."""
        self._claims.unknown.add(target.home)
        for member in target.members:
            self._claims.unknown.update(member.wish.task.homes)
            if member.wish.task.is_open:
                member.wish.task.give_back()

    def _give_back(self, pending: list[Pending]) -> None:
        for item in pending:
            for member in item.target.members:
                if member.wish.task.is_open:
                    member.wish.task.give_back()

    def _tried_again(self, item: Pending) -> Pending | None:
        item.tries += 1
        if item.tries >= MAX_TRIES:
            self._give_back([item])
            return None
        self._groups += 1
        item.group = self._groups
        return item

    def _refused(self, item: Pending, error: SaveError) -> Pending | None:
        if error.code in _PASSING:
            return self._tried_again(item)
        if error.code == "DUPLICATES_DETECTED":
            return self._duplicate(item, error)
        if error.code == "DUPLICATE_VALUE" and item.save.external_id and not item.tries:
            return self._tried_again(item)  # another upsert of this external Id won the race
        if error.code in _STALE and self._reopened(item):
            return None
        if self._can_go_without(item, _blamed(item.save, error), error):
            return self._without(item, error)
        if error.code in _REFERENCES:
            return self._without_lookup(item, error)
        self._reject(item, error)
        return None

    def _reopened(self, item: Pending) -> bool:
        """Leave the tasks of a record that has changed since it was read to the next wave, once."""
        tasks = [member.wish.task for member in item.target.members]
        if item.target.record_id is None or any(task.reopened for task in tasks):
            return False
        for task in tasks:
            task.reopened = True
        return True

    def _can_go_without(self, item: Pending, names: Sequence[str], error: SaveError) -> bool:
        needed = {each.name for each in item.target.merged.describe.fields if each.required_at_create}
        creates = item.target.record_id is None
        return error.code in _DROPPABLE and bool(names) and not (creates and needed.intersection(names))

    def _without(self, item: Pending, error: SaveError) -> Pending | None:
        """Send the record again without the values that the org will not take; they are remembered, and reported."""
        self.refreshes = self.refreshes or error.code in ("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE")
        values = dict(item.save.values)
        self._leave_out(item.target, {name: values.pop(name) for name in _blamed(item.save, error)}, error)
        return self._sent_again(item, values)

    def _without_lookup(self, item: Pending, error: SaveError) -> Pending | None:
        """Send the record again without the next lookup that may lead nowhere, at last without all of them."""
        if item.suspects is None:
            describe = item.target.merged.describe
            lookups = [name for name in item.save.values if (it := describe.field(name)) and it.type == "reference"]
            lookups = [name for name in lookups if self._can_go_without(item, [name], error)]
            item.suspects = [(name,) for name in lookups] + ([tuple(lookups)] if len(lookups) > 1 else [])
            item.whole = item.save.values
        if not item.suspects:
            self._reject(item, error)
            return None
        item.without, item.refusal = item.suspects.pop(0), error
        return self._sent_again(item, {name: value for name, value in item.whole.items() if name not in item.without})

    def _sent_again(self, item: Pending, values: Mapping[str, Any]) -> Pending | None:
        """Return the record with fewer values; settle it when nothing is left to update."""
        item.save = replace(item.save, values=values)
        target = item.target
        if values or target.record_id is None:
            return item
        self._note_suspects(item)
        if target.plan is not None:
            remember(target.merged, target.plan, self._claims.homes[target.home], target.record_id)
        settle_superseded(target)
        settle_members(target, Result.UNCHANGED, target.record_id)
        return None

    def _note_suspects(self, item: Pending) -> None:
        """Remember the lookups without which the org took the record."""
        if item.refusal is not None:
            self._leave_out(item.target, {name: item.whole[name] for name in item.without}, item.refusal)

    def _leave_out(self, target: Target, dropped: Mapping[str, Any], error: SaveError) -> None:
        if target.plan is None:
            return
        home, own = self._claims.homes[target.home], target.own_names()
        warnings = []
        for name, value in dropped.items():
            home.leave_out(target.record_id or target.sobject, own.get(name, name), value)
            detail = f"The org refused this value: {error.message}"
            warnings.append(Warning(own.get(name, name), f"salesforce:{error.code}", detail))
        left_out = {own.get(name, name) for name in dropped}
        values = {name: value for name, value in target.plan.values.items() if name not in left_out}
        target.plan = replace(target.plan, values=values, warnings=(*target.plan.warnings, *warnings))

    def _duplicate(self, item: Pending, error: SaveError) -> Pending | None:
        """Follow the syncs' rule about duplicates: use the named record, save anyway, or reject naming the records."""
        target = item.target
        tasks = [member.wish.task for member in target.members]
        policy = tasks[0].sync.push.on_duplicate
        if not error.duplicates and not item.save.alone and not item.save.external_id:
            item.save = replace(item.save, alone=True)  # the answer to a record of its own names the similar ones
            return item
        same = tuple(record_id for sobject, record_id in error.duplicates if sobject == target.sobject)
        if policy == "guard" and target.record_id is None and len(same) == 1 and not tasks[0].named:
            for task in tasks:
                task.named = same
            return None  # the next wave reads it, and uses it or saves beside it
        if policy != "reject" and error.may_save and not item.save.allow_duplicates:
            named = ", ".join(record_id for _, record_id in error.duplicates) or "not named"
            detail = f"A duplicate rule of the org knows similar records ({named}); saved all the same."
            if target.plan is not None:
                warnings = (*target.plan.warnings, Warning("", "possible_duplicate", detail))
                target.plan = replace(target.plan, warnings=warnings)
            item.save = replace(item.save, allow_duplicates=True)
            _name_candidates(target, same)
            return item
        _name_candidates(target, same)
        self._reject_duplicate(item, error)
        return None

    def _reject_duplicate(self, item: Pending, error: SaveError) -> None:
        named = ", ".join(record_id for _, record_id in error.duplicates) or "not named"
        self._refuse(
            item.target,
            "duplicate_blocked",
            f"A duplicate rule of the org refuses the record. Similar records: {named}.",
            "Merge or correct the named records in Salesforce, send the record's Id, or relax the duplicate rule.",
        )

    def _reject(self, item: Pending, error: SaveError) -> None:
        self._refuse(
            item.target,
            f"salesforce:{error.code}",
            f"Salesforce refused the record: {error.message}",
            "Mend the cause in Salesforce or in the product's data, then redrive the parked change.",
        )

    def _refuse(self, target: Target, code: str, detail: str, remedy: str) -> None:
        settle_members(target, Result.REJECTED, target.record_id, code, detail=detail, remedy=remedy)


def _name_candidates(target: Target, record_ids: Iterable[str]) -> None:
    """Add the records that a duplicate rule named, and that were not used, to what the outcomes list."""
    for member in target.members:
        known = member.match.candidates
        told = {candidate.id for candidate in known}
        more = (Candidate(record_id, "duplicate_rule") for record_id in record_ids if record_id not in told)
        member.match = replace(member.match, candidates=(*known, *more)[:MAX_CANDIDATES])


def _blamed(save: Save, error: SaveError) -> list[str]:
    """Return the sent fields that an error names."""
    named = error.fields or tuple(_UNKNOWN_COLUMN.findall(error.message))
    sent = {name.lower(): name for name in save.values}
    return [sent[name.lower()] for name in named if name.lower() in sent]
