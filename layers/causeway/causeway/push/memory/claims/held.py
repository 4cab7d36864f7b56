"""The claims that one pass holds: kept with what their entities remember, stored, and freed at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from causeway.push.memory.claims.answers import Claim, Held
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.entity import Entity
from causeway.push.memory.owned_records import owned_records
from causeway.push.memory.pending_creates import PendingCreate, note_create


@dataclass(slots=True)
class HeldClaims:
    """
    The claims that one tenant's pass holds, by entity.

    A task may be decided once all its entities are held; a record may be written once its owning entity is held, too.
    `entities` is what the held entities remember now, `stored` their text as stored, `owners` the entity of each record that
    they own. Under the `unknown` entities something was sent whose outcome is unknown. `are_remembered`: the entities hold what
    the pass settled. `first`: entities that are stored before others (entity → those that come after it).
    """

    scope: ClaimScope
    held: dict[str, Held] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    are_remembered: bool = False
    first: dict[str, set[str]] = field(default_factory=dict)

    def store_after(self, entity: str, other: str) -> None:
        """Store an entity only once another one is stored: it says that something is done which the other one remembers."""
        self.first.setdefault(other, set()).add(entity)


def hold(claims: HeldClaims, entity: str, held: Held) -> None:
    """Keep a claim that was acquired, and what its entity remembers."""
    claims.held[entity] = held
    claims.entities[entity] = Entity.parse(held.state)
    claims.stored[entity] = held.state or claims.entities[entity].text()
    claims.owners |= dict.fromkeys(owned_records(claims.entities[entity]), entity)


def acquire(claims: HeldClaims, entities: Set[str]) -> dict[str, Claim]:
    """Try to claim entities that are not held yet; keep the claims that are ours, and return every answer. None asked costs no call."""
    wanted = entities - claims.held.keys()
    answers = claims.scope.store.acquire(claims.scope.tenant, wanted) if wanted else {}
    for entity, answer in answers.items():
        if isinstance(answer, Held):
            hold(claims, entity, answer)
    return answers


def note_creates(claims: HeldClaims, creates: Sequence[tuple[str, str, PendingCreate]]) -> set[str]:
    """
    Store creates (entity, sObject, create) before they are sent; return the entities that have them.

    The leases stay. Should this worker die, the next one looks for these records before it creates any.
    """
    for entity, sobject, pending in creates:
        note_create(claims.entities[entity], sobject, pending)
    return store_entities(claims, {entity for entity, _, _ in creates})


def store_entities(claims: HeldClaims, entities: Iterable[str]) -> set[str]:
    """Store what entities remember by now and keep their claims; return those that were stored."""
    texts = {entity: claims.entities[entity].text() for entity in entities}
    stored = _complete(claims, texts, keep=True)
    claims.stored |= {entity: texts[entity] for entity in stored}
    return stored


def finish_claims(claims: HeldClaims) -> set[str]:
    """
    Store what changed and free the claims; return the entities whose memory is stored.

    An entity under which something of unknown outcome was sent keeps its lease until nothing sent can land any more.
    """
    early = claims.first.keys() & claims.held.keys()
    stored = _finish_all(claims, early) if early else set()
    unsafe = {entity for owner in early - stored for entity in claims.first[owner]} & claims.held.keys() - early
    if free := unsafe - claims.unknown:  # as if this worker had died before it stored them
        claims.scope.store.release(claims.scope.tenant, {entity: claims.held[entity].fence for entity in free})
    stored |= _finish_all(claims, claims.held.keys() - early - unsafe)
    claims.held.clear()
    return stored


def _finish_all(claims: HeldClaims, entities: Set[str]) -> set[str]:
    unknown = entities & claims.unknown
    return _finish(claims, entities - unknown, keep=False) | _finish(claims, unknown, keep=True)


def _finish(claims: HeldClaims, entities: Iterable[str], *, keep: bool) -> set[str]:
    """Store the entities that changed, and free those that did not; with `keep` every lease stays."""
    texts = {entity: claims.entities[entity].text() for entity in entities}
    changed = {entity: text for entity, text in texts.items() if text != claims.stored[entity]}
    unchanged = texts.keys() - changed.keys()
    stored = _complete(claims, changed, keep=keep)
    if unchanged and not keep:
        claims.scope.store.release(claims.scope.tenant, {entity: claims.held[entity].fence for entity in unchanged})
    return stored | unchanged


def _complete(claims: HeldClaims, texts: Mapping[str, str], *, keep: bool) -> set[str]:
    if not texts:
        return set()
    changed = {entity: (claims.held[entity].fence, text) for entity, text in texts.items()}
    return claims.scope.store.complete(claims.scope.tenant, changed, keep=keep)
