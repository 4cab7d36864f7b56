"""The timeline of one record: its changes with what was decided about each, newest first, read along the chain of settlements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from causeway.contract.timeline import Decision, Noted
from causeway.push.tasks import began_at_ms

MAX_STEPS = 12  # reads along the chain for one page; each brings up to six settlements of each sync


class Timelines(Protocol):
    """Where settlements are kept: see gateways/dynamodb/history/timeline.py."""

    def read(self, tenant: str, places: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[Noted]]: ...


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a record: when it was settled (epoch ms) and by which settlement, what was sent, what was decided."""

    at_ms: int
    settlement: str
    noted: Noted

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return what was decided for each sync."""
        return self.noted.decisions


def page_of(
    tenant: str, memory: str, settlements: Iterable[str], timelines: Timelines, limit: int
) -> tuple[list[Event], tuple[str, ...]]:
    """
    Return up to `limit` events, newest first (more when one settlement has them), and the settlements to go on with.

    The newest settlement known is always read first, so that a page never misses one that is newer than its last event.
    """
    ahead, seen = set(settlements), set[str]()
    events: list[Event] = []
    for _ in range(MAX_STEPS):
        step = sorted(ahead, key=began_at_ms, reverse=True)[: max(1, limit - len(events))]
        if not step:
            break
        found = timelines.read(tenant, [(each, memory) for each in step])
        seen.update(step)
        ahead -= seen
        for (settlement, _), noted in found.items():
            events += [Event(began_at_ms(settlement), settlement, each) for each in noted]
            ahead |= {each for one in noted for decision in one.decisions for each in decision.earlier} - seen
        if len(events) >= limit:
            break
    events.sort(key=lambda event: (event.at_ms, event.noted.sent_at_ms), reverse=True)
    return events, tuple(sorted(ahead, key=began_at_ms, reverse=True))
