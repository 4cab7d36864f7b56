"""
Which other entities may have made a record for somebody of an address: their creates are settled before the address finds anybody.

People who share an address are told apart by external IDs. A create is noted in the entity of its person's key; where the address
is another entity's, that one names the first as a maker. Whoever asks by the address looks for what its makers lost, so that
nobody else's late record is taken for that of the person who asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.push.memory.claims.answers import Busy
from causeway.push.memory.claims.held import HeldClaims, acquire
from causeway.push.memory.known_externals import note_marks


def note_makers(claims: HeldClaims, makers: Iterable[tuple[str, str]]) -> set[str]:
    """Note who may make records of shared addresses (the address's entity, the maker); return the entities that changed."""
    changed = set()
    for shared, maker in makers:
        if maker not in claims.entities[shared].makers:
            claims.entities[shared].makers.append(maker)
            changed.add(shared)
    return changed


def hold_makers(claims: HeldClaims, now_ms: int) -> Mapping[str, int]:
    """Claim the makers of the held entities; return the entities with one that cannot be had, and until when (epoch ms)."""
    named = {shared: entity.makers for shared, entity in claims.entities.items() if entity.makers}
    answers = acquire(claims, {maker for makers in named.values() for maker in makers})
    until = {maker: answer.until_ms if isinstance(answer, Busy) else now_ms for maker, answer in answers.items()}
    return {
        shared: max(until[maker] for maker in makers if maker not in claims.held)
        for shared, makers in named.items()
        if not claims.held.keys() >= set(makers)
    }


def settle_makers(claims: HeldClaims) -> None:
    """Take over of whom the records of held makers are, and forget makers that have no create of unknown result any more."""
    for entity in claims.entities.values():
        for maker in [claims.entities[each] for each in entity.makers if each in claims.held]:
            for record_id, marks in maker.externals.items():
                note_marks(entity, record_id, marks.items())
        entity.makers[:] = [each for each in entity.makers if each not in claims.held or claims.entities[each].creating]
