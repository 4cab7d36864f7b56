"""Claim every person and record of a batch before anything is written, and remember what was decided when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.errors import StoreUnavailable
from causeway.push.memory.claims import (
    Busy,
    Held,
    Home,
    Intent,
    Pointed,
    Seen,
    email_identity,
    key_identity,
    memory_key,
    name_identity,
    value_identity,
)
from causeway.push.memory.published import remembered_outcome
from causeway.push.ports import Claims, Task
from causeway.salesforce.emails import normalized_email
from causeway.syncs.mapping.mappings import PEOPLE, normalized_name

RESOLVED_ELSEWHERE_MS = 1_000  # another worker gave an identity its home a moment ago
CLOCK_MARGIN_MS = 2_000  # how far the clocks of two workers may differ
LARGE_STATE = 50_000  # only then is it worth looking whether a home is full


class HeldClaims:
    """
    The claims that one tenant's batch holds.

    A task may be decided once all its homes are held; a record may be written once its owning home is held, too.
    """

    def __init__(self, tenant: str, org_id: str, store: Claims) -> None:
        self._tenant, self._org_id, self._store = tenant, org_id, store
        self._held: dict[str, Held] = {}
        self._before: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        self.homes: dict[str, Home] = {}
        self.unknown: set[str] = set()

    # --- taking

    def take(self, tasks: list[Task], now_ms: int) -> None:
        """Resolve identities to homes, recognize what is settled, claim the rest; tasks that can not be claimed are given back."""
        identities = {id(task): self._identities(task) for task in tasks}
        seen = self._store.look(self._tenant, {item for found in identities.values() for item in found})
        placed: dict[str, str] = {}
        new: dict[str, str] = {}
        for task in tasks:
            _place(task, identities[id(task)], seen, placed, new)
        self._recognize(tasks, seen)
        wanted = [task for task in tasks if task.is_open]
        self._acquire({home for task in wanted for home in task.homes}, wanted, now_ms)
        self._point({item for task in wanted if task.is_open for item in identities[id(task)]}, new, wanted, now_ms)
        for task in tasks:
            if task.is_open:
                self._recognize_held(task)

    def peek(self, tasks: list[Task]) -> None:
        """Resolve and read as `take` does, without claiming anything: for what is only asked, never written."""
        identities = {id(task): self._identities(task) for task in tasks}
        seen = self._store.look(self._tenant, {item for found in identities.values() for item in found})
        placed: dict[str, str] = {}
        for task in tasks:
            _place(task, identities[id(task)], seen, placed, {})
        self.peek_homes({home for task in tasks for home in task.homes}, seen)

    def peek_homes(self, homes: Iterable[str], seen: Mapping[str, Seen]) -> None:
        """Read what further homes remember, as far as they were not seen, without claiming them."""
        wanted = set(homes) - self.homes.keys()
        unread = wanted - seen.keys()
        stored = {**seen, **(self._store.look(self._tenant, unread) if unread else {})}
        self.homes |= {home: Home.parse(stored[home].state if home in stored else None) for home in wanted}

    def _identities(self, task: Task) -> tuple[str, ...]:
        """Return under what a task's record is claimed: its key, then what other keys may share (an address, match values)."""
        change, sobject = task.change, task.sync.sobject
        found = [key_identity(self._org_id, change.source, change.key, "" if sobject in PEOPLE else sobject)]
        email = (task.email or normalized_email(change.fields.get("email"))) if sobject in PEOPLE else None
        if email:
            found.append(email_identity(self._org_id, email))
        if task.values:
            found.append(self._identity_of(sobject, task.values))
        return tuple(found)

    def _identity_of(self, sobject: str, values: tuple[tuple[str, str], ...]) -> str:
        """Return the identity of match fields; a name alone is the one under which parents are made by name."""
        if len(values) == 1 and values[0][0] == "Name":
            return name_identity(self._org_id, sobject, normalized_name(values[0][1]))
        return value_identity(self._org_id, sobject, (value.casefold() for _, value in values))

    def links_of(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Mapping[str, str]]:
        """Return the people that other record keys (source, key) stand for: sObject → Id. Read, not claimed."""
        identities = {key_identity(self._org_id, *key): key for key in keys}
        if not identities:
            return {}
        seen = self._store.look(self._tenant, identities)
        pointers = {found.home for found in seen.values() if found.home}
        homes = self._store.look(self._tenant, pointers) if pointers else {}
        links = {}
        for identity, key in identities.items():
            found = seen.get(identity)
            place = homes.get(found.home) if found and found.home else found
            if place and place.state:
                links[key] = Home.parse(place.state).links(memory_key(*key))
        return links

    def _recognize(self, tasks: Iterable[Task], seen: Mapping[str, Seen]) -> None:
        """Answer from memory what is settled already: it needs no claim."""
        parsed: dict[str, Home] = {}
        for task in tasks:
            home = task.homes[0]
            found = seen.get(home)
            if found is None or not found.state:
                continue
            if home not in parsed:
                parsed[home] = Home.parse(found.state)
            _recall(task, parsed[home])

    def _recognize_held(self, task: Task) -> None:
        _recall(task, self.homes[task.homes[0]])

    def _acquire(self, homes: set[str], tasks: Iterable[Task], now_ms: int) -> None:
        answers = self._store.acquire(self._tenant, homes - self._held.keys())
        for home, answer in answers.items():
            if isinstance(answer, Held):
                self._keep(home, answer)
        for task in tasks:
            for home in task.homes:
                met = answers.get(home)
                if isinstance(met, Busy):
                    task.give_back(met.until_ms)
                elif isinstance(met, Pointed):
                    task.give_back(now_ms + RESOLVED_ELSEWHERE_MS)

    def _keep(self, home: str, held: Held) -> None:
        self._held[home] = held
        self.homes[home] = Home.parse(held.state)
        self._before[home] = held.state or self.homes[home].text()
        self._owners |= dict.fromkeys(self.homes[home].owned(), home)

    def _point(self, needed: set[str], new: Mapping[str, str], tasks: Iterable[Task], now_ms: int) -> None:
        """Give new identities their homes before anything is written under them."""
        pointers = {identity: home for identity, home in new.items() if identity in needed and identity != home}
        if not pointers:
            return
        told = self._store.point(self._tenant, pointers)
        lost = {identity for identity, home in pointers.items() if told.get(identity) != home}
        if lost:
            for task in tasks:
                if task.is_open and lost.intersection(self._identities(task)):
                    task.give_back(now_ms + RESOLVED_ELSEWHERE_MS)

    # --- records

    def own(self, wanted: Mapping[str, str], read_started_ms: int) -> dict[str, str]:
        """
        Return the held home that owns each record (record Id → the home that asks).

        A record whose owner another worker holds, or whose owner was completed after our read began, is missing.
        """
        owned = {record_id: self._owners[record_id] for record_id in wanted if record_id in self._owners}
        asked = {record_id: home for record_id, home in wanted.items() if record_id not in owned}
        if not asked:
            return owned
        told = self._store.own(self._tenant, self._org_id, asked)
        others = {home for home in told.values() if home not in self._held}
        for home, answer in (self._store.acquire(self._tenant, others) if others else {}).items():
            if isinstance(answer, Held):
                self._keep(home, answer)
        for record_id, home in told.items():
            if home in self._held and (
                home not in others or self._held[home].completed_at_ms < read_started_ms - CLOCK_MARGIN_MS
            ):
                self._note_owner(record_id, home)
                owned[record_id] = home
        return owned

    def _note_owner(self, record_id: str, home: str) -> None:
        self.homes[home].own(record_id)
        self._owners[record_id] = home

    def own_created(self, created: Mapping[str, str]) -> None:
        """Note that records just created belong to their homes (also on the shelf, for whoever finds them another way)."""
        told = self._store.own(self._tenant, self._org_id, created) if created else {}
        for record_id, home in created.items():
            if told.get(record_id) == home:
                self._note_owner(record_id, home)
            else:
                self.homes[home].disown(record_id)

    def takes(self, record_id: str, home: str) -> bool:
        """Make a held home the owner of a record that has none, and tell whether it owns it now; raises StoreUnavailable."""
        owner = self._store.own(self._tenant, self._org_id, {record_id: home}).get(record_id)
        if owner is None:
            raise StoreUnavailable(
                "The claims do not answer at the moment.", "Nothing needs to be done; it is tried again."
            )
        if owner == home:
            self._note_owner(record_id, home)
        return owner == home

    def intend(self, creates: Mapping[tuple[str, str], Intent]) -> set[str]:
        """
        Store creates by (home, sObject) before they are sent; return the homes that have them.

        The leases stay. Should this worker die, the next one looks for these records before it creates any.
        """
        for (home, sobject), intent in creates.items():
            self.homes[home].intend(sobject, intent)
        return self.keep({home for home, _ in creates})

    def keep(self, homes: Iterable[str]) -> set[str]:
        """Store what homes remember by now without giving their claims back; return those that were stored."""
        texts = {home: self.homes[home].text() for home in homes}
        changed = {home: (self._held[home].fence, text) for home, text in texts.items()}
        stored = self._store.complete(self._tenant, changed, keep=True) if changed else set()
        self._before |= {home: texts[home] for home in stored}
        return stored

    # --- ending

    def finish(self) -> set[str]:
        """
        Store what changed and free the claims; return the homes whose memory is stored.

        A home under which something of unknown outcome was sent keeps its lease until nothing sent can land any more.
        """
        stored: set[str] = set()
        for keep in (False, True):
            mine = {home for home in self._held if (home in self.unknown) is keep}
            texts = {home: self.homes[home].text() for home in mine}
            changed = {
                home: (self._held[home].fence, texts[home]) for home in mine if texts[home] != self._before[home]
            }
            stored |= self._store.complete(self._tenant, changed, keep=keep) if changed else set()
            untouched = mine - changed.keys()
            stored |= untouched
            if not keep and untouched:
                self._store.release(self._tenant, {home: self._held[home].fence for home in untouched})
        self._held.clear()
        return stored


def _place(
    task: Task, identities: tuple[str, ...], seen: Mapping[str, Seen], placed: dict[str, str], new: dict[str, str]
) -> None:
    """Decide the homes of a task's identities: a new identity joins the home of one that is known, a shared one's first."""
    key, *shared = identities
    known = next((home for item in shared if (home := _known_home(item, seen, placed))), None)
    key_home = _known_home(key, seen, placed)
    if key_home is None:
        alone = known is not None and _is_full(known, seen)
        key_home = new[key] = key if alone or not shared else known or shared[0]
    placed[key] = key_home
    for identity in shared:
        home = _known_home(identity, seen, placed)
        if home is None:
            home = new[identity] = key_home
        placed[identity] = home
    task.shared_home = placed[shared[0]] if shared else ""
    task.homes = tuple(dict.fromkeys(placed[identity] for identity in identities))


def _known_home(identity: str, seen: Mapping[str, Seen], placed: Mapping[str, str]) -> str | None:
    if identity in placed:
        return placed[identity]
    found = seen.get(identity)
    return None if found is None else found.home or identity


def _is_full(home: str, seen: Mapping[str, Seen]) -> bool:
    state = seen[home].state if home in seen else None
    return state is not None and len(state) > LARGE_STATE and Home.parse(state).is_full


def _recall(task: Task, home: Home) -> None:
    """Answer a task that is settled already with the outcome told then; what was refused is tried again when redriven."""
    task.memory_key = task.memory_key or memory_key(task.change.source, task.change.key)
    kept = home.recognized(task.memory_key, task.sync.id, task.change, task.content, task.sync.revision)
    if kept is None or (task.redriven and kept["result"] == "rejected"):
        return
    data = home.data(task.memory_key)
    task.outcome = remembered_outcome(task.change.key, task.sync.id, task.sync.sobject, kept, data)
    task.recognized, task.mends = True, kept.get("mends", False)
