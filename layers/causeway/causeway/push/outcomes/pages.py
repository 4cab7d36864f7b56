"""Outbound messages around outcomes, each small enough for the queue. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

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
        text = _text(outcome_json(outcome))
        size = len(text.encode()) + 2
        if parts and used + size > MAX_PAGE_BYTES:
            yield opening + ", ".join(parts) + "]}"
            used, parts = len(opening), []
        parts.append(text)
        used += size
    if parts:
        yield opening + ", ".join(parts) + "]}"
