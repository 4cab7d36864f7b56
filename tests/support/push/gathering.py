"""The windows of paced delivery in memory; it passes the contract tests of GatheringTable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from causeway.push.pacing.encoding import decoded
from causeway.push.pacing.windows import Held, Window


@dataclass(slots=True)
class MemoryGathering:
    """Windows by tenant, and what was held by tenant and generation, then by name."""

    now_ms: Callable[[], int]
    windows: dict[str, Window] = field(default_factory=dict)
    content: dict[tuple[str, int], dict[str, tuple[bytes, int]]] = field(default_factory=dict)
    writes: int = 0

    def read(self, tenant: str) -> Window:
        return self.windows.get(tenant, Window())

    def open(self, tenant: str, window: Window, flush_at_ms: int) -> Window | None:
        found = self.read(tenant)
        if found.generation != window.generation or found.is_open:
            return None
        return self._set(tenant, found._replace(flush_at_ms=flush_at_ms, opened_at_ms=self.now_ms(), held=0))

    def hold(self, tenant: str, window: Window, name: str, content: bytes, changes: int) -> Window | None:
        self.content.setdefault((tenant, window.generation), {})[name] = content, self.now_ms()
        self.writes += 1
        found = self.read(tenant)
        if found.generation != window.generation or not found.is_open:
            return None
        self.windows[tenant] = found._replace(held=found.held + changes)
        return self.windows[tenant]

    def close(self, tenant: str, window: Window) -> bool:
        found = self.read(tenant)
        if (found.generation, found.flush_at_ms) != (window.generation, window.flush_at_ms):
            return False
        flushing = {**found.flushing, found.generation: self.now_ms()}
        self._set(tenant, Window(found.generation + 1, found.opened_at_ms, 0, 0, flushing))
        return True

    def take_over(self, tenant: str, window: Window, generation: int) -> bool:
        found = self.read(tenant)
        if found.flushing.get(generation) != window.flushing[generation]:
            return False
        self._set(tenant, found._replace(flushing={**found.flushing, generation: self.now_ms()}))
        return True

    def held(self, tenant: str, generation: int) -> list[Held]:
        return [
            Held(decoded(tenant, content), since_ms, f"{generation}#{name}")
            for name, (content, since_ms) in sorted(self.content.get((tenant, generation), {}).items())
        ]

    def give_up(self, tenant: str, generation: int) -> None:
        found = self.read(tenant)
        if generation in found.flushing:
            self._set(tenant, found._replace(flushing={**found.flushing, generation: 0}))

    def finish(self, tenant: str, generation: int) -> None:
        found = self.read(tenant)
        self._set(
            tenant, found._replace(flushing={name: at for name, at in found.flushing.items() if name != generation})
        )

    def _set(self, tenant: str, window: Window) -> Window:
        self.writes += 1
        self.windows[tenant] = window
        return window
