"""The tenants of the scale campaign: how many changes each sends, when, and how many calls its org has. Deterministic by the seed."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from causeway.connections.connection import Connection, Status, Usage

START_MS = 1_799_971_200_000  # a midnight UTC
HOUR_MS = 3_600_000
MOST_A_DAY, FEWEST_A_DAY = 20_000, 1  # changes of the largest and the smallest tenant (Zipf between them)
FEWEST_CALLS, MOST_CALLS = 15_000, 1_000_000  # a day, of the smallest and the largest quota
OTHERS_SHARE = 0.25  # of the allowance at most is used by other tools of the org
SESSION_CHANGES, SESSION_GAP_S = (
    6,
    15,
)  # of one person who writes with a product: so many changes, so far apart, on average
BURST_CHANGES, BURST_MS = 0.15, 600_000  # of a busy tenant: so much of its day comes in one such burst
BUSY_A_DAY = 100
NIGHT = 0.03  # of the rate at noon


class Sent(NamedTuple):
    """One change: when it is sent (epoch ms), by which tenant, about which person."""

    at_ms: int
    tenant: str
    person: int


@dataclass(slots=True)
class Org:
    """One tenant's org: calls allowed and used by other tools and by Causeway, and what it holds (person → when that was sent)."""

    tenant: str
    allowed: int
    others: int
    changes: int
    calls: int = 0
    rows: dict[int, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """Return what Salesforce counts: the other tools' calls of any 24 hours are the same."""
        return self.others + self.calls

    def ours(self, share_percent: int) -> float:
        """Return how many calls Causeway may use."""
        return self.allowed * share_percent / 100 - self.others

    def connection(self) -> Connection:
        """Return the connection as the day begins: the usage was read a while ago."""
        usage = Usage(self.others, self.allowed, START_MS - HOUR_MS)
        return Connection(self.tenant, Status.CONNECTED, epoch=1, org_id=f"org-{self.tenant}", usage=usage)


def orgs(tenants: int, chance: random.Random) -> list[Org]:
    """Return the tenants' orgs, the one with the most changes first; small and large quotas meet small and large tenants alike."""
    steepness = math.log(MOST_A_DAY / FEWEST_A_DAY) / math.log(max(2, tenants))
    found = []
    for rank in range(1, tenants + 1):
        allowed = round(math.exp(chance.uniform(math.log(FEWEST_CALLS), math.log(MOST_CALLS))))
        others = round(allowed * chance.uniform(0, OTHERS_SHARE))
        found.append(Org(f"t{rank}", allowed, others, max(FEWEST_A_DAY, round(MOST_A_DAY * rank**-steepness))))
    return found


def changes_of(org: Org, hours: int, chance: random.Random) -> Iterator[Sent]:
    """Yield a tenant's changes, session by session: most by day, and bursts of busy tenants."""
    left, person = round(org.changes * hours / 24) or 1, 0
    bursts = [START_MS + _moment_ms(hours, chance) for _ in range(2)] if org.changes >= BUSY_A_DAY else []
    end_ms = START_MS + hours * HOUR_MS
    while left > 0:
        person += 1
        in_burst = bool(bursts) and chance.random() < BURST_CHANGES * len(bursts)
        at_ms = chance.choice(bursts) + chance.randrange(BURST_MS) if in_burst else START_MS + _moment_ms(hours, chance)
        for _ in range(min(left, 1 + int(chance.expovariate(1 / (SESSION_CHANGES - 1))))):
            yield Sent(min(at_ms, end_ms), org.tenant, person % max(20, org.changes // 20))
            at_ms += 1 + int(chance.expovariate(1 / SESSION_GAP_S) * 1000)
            left -= 1


def _moment_ms(hours: int, chance: random.Random) -> int:
    """Return a moment of the day, by rejection: few at night, most at 14:00 UTC."""
    while True:
        at_ms = chance.randrange(hours * HOUR_MS)
        hour = at_ms / HOUR_MS % 24
        if chance.random() < max(NIGHT, math.exp(-(((hour - 14) / 4) ** 2))):
            return at_ms
