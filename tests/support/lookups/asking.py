"""Look up in a world whose org is simulated; answers are kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from causeway.gateways.aws.parallel import gathered
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.lookups.items import Item, Request
from causeway.lookups.lookup import look_up
from causeway.lookups.ports import LookupPorts

from tests.support.push.memory import MemoryClaims
from tests.support.push.world import TENANT, World


@dataclass(slots=True)
class MemoryAnswers:
    """Kept answers and counted calls, shared by all askers."""

    kept: dict[tuple[str, str], tuple[Mapping[str, Any], int]] = field(default_factory=dict)
    taken: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, tenant: str, question: str) -> tuple[Mapping[str, Any], int] | None:
        return self.kept.get((tenant, question))

    def put(self, tenant: str, question: str, answer: Mapping[str, Any], at_ms: int, keep_s: int) -> None:
        self.kept[tenant, question] = (answer, at_ms)

    def take(self, tenant: str, window: str, most: int, until_s: int) -> bool:
        with self.lock:
            count, most = self.taken.get((tenant, window), (0, most))
            if count >= most:
                return False
            self.taken[tenant, window] = (count + 1, most)
            return True


def lookup_ports(w: World, answers: MemoryAnswers | None = None, **replaced: Any) -> LookupPorts:
    """Return the ports of a lookup in a world."""
    ports: dict[str, Any] = {
        "connections": w.connections,
        "syncs": w.syncs,
        "memory": MemoryClaims(w.state, "lookup", w.clock, 0),
        "described": w.described,
        "described_again": lambda tenant, sobject: w.described_again(tenant, sobject),
        "is_described": lambda tenant, sobject: False,
        "org": lambda tenant: OrgCalls(w.org),
        "answers": answers or MemoryAnswers(),
        "now_ms": w.clock,
        "at_once": gathered,
    }
    return LookupPorts(**{**ports, **replaced})


def ask(w: World, *items: Item, ports: LookupPorts | None = None, **more: Any) -> dict[str, Any]:
    """Look items up."""
    return look_up(TENANT, Request(items, **more), ports or lookup_ports(w))


def found(w: World, **item: str) -> dict[str, Any]:
    """Look one item up, as of now, and return its result."""
    (result,) = ask(w, Item(**item), max_age_s=0)["results"]
    return dict(result)
