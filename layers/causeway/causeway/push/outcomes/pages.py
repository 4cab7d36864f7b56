"""Outbound messages around outcomes, each small enough for the queue. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from causeway.contract.outcomes import Outcome
from causeway.push.memory.outcome_json import outcome_json

MAX_PAGE_BYTES = 1_000_000  # SQS takes 1,048,576 bytes, attributes included

_text = json.JSONEncoder(ensure_ascii=False).encode


def pages(tenant: str, source: str, run: str | None, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield outbound messages of at most 1 MiB around the outcomes (docs/messages.md)."""
    head = {"version": 1, "type": "outcomes", "tenant": tenant, "source": source, "run": run}
    opening = _text(head)[:-1] + ', "outcomes": ['
    used, parts = len(opening), list[str]()
    for outcome in outcomes:
        text, size = _written(outcome)
        if parts and used + size > MAX_PAGE_BYTES:
            yield opening + ", ".join(parts) + "]}"
            used, parts = len(opening), []
        parts.append(text)
        used += size
    if parts:
        yield opening + ", ".join(parts) + "]}"


def _written(outcome: Outcome) -> tuple[str, int]:
    """Return an outcome as JSON, and the bytes that it takes; without what cannot be written, if something cannot."""
    try:
        text = _text(outcome_json(outcome))
        return text, len(text.encode()) + 2
    except Exception:  # noqa: BLE001  # whatever it is, it may hold back no other outcome
        bare = replace(outcome, detail=None, remedy=None, warnings=(), candidates=(), data={}, signals=())
        text = json.dumps(outcome_json(bare))
        return text, len(text) + 2
