"""Learn from messages which fields a product sends, for the mapping screen; rarely, and a failure never stops a push."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from causeway.errors import RetryableError
from causeway.syncs.discovery.product_fields import FieldType, seen_fields

AGAIN_AFTER_MS = 60_000  # one look a minute and source is enough
MAX_REMEMBERED = 10_000  # sources held in memory by one execution environment


class LearnedFields(Protocol):
    """Where learned fields are kept: see gateways/dynamodb/config/fields.py."""

    def learn(self, tenant: str, source: str, seen: Mapping[str, FieldType]) -> None: ...


class FieldLearner:
    """Looks once a minute at what a source sends."""

    def __init__(self, fields: LearnedFields, now_ms: Callable[[], int]) -> None:
        self._fields, self._now_ms = fields, now_ms
        self._looked_at_ms: dict[tuple[str, str], int] = {}

    def learn(self, samples: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]) -> None:
        """Learn from the `fields` of some changes by (tenant, source); what the store does not take now is learned another time."""
        for (tenant, source), changes in samples.items():
            if not self._is_due((tenant, source)):
                continue
            try:
                self._fields.learn(tenant, source, seen_fields(changes))
            except RetryableError:
                return
            except Exception:  # noqa: BLE001  # everything is settled by now; no field is worth settling it again
                continue

    def _is_due(self, stream: tuple[str, str]) -> bool:
        now_ms = self._now_ms()
        looked_at_ms = self._looked_at_ms.get(stream)
        if looked_at_ms is not None and now_ms - looked_at_ms < AGAIN_AFTER_MS:
            return False
        if len(self._looked_at_ms) >= MAX_REMEMBERED:
            self._looked_at_ms.clear()
        self._looked_at_ms[stream] = now_ms
        return True
