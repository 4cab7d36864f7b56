"""Outcomes as products read them (docs/messages.md) and as an entity remembers them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway.contract.outcomes import Candidate, Outcome, Result, Warning

LACKS_PERSON = "lacks_person"  # of a change that was settled without the person it concerns: it is tried again
INTERNAL = ("edges", LACKS_PERSON)  # what is remembered of an outcome and not published with it
MOST_KEPT, MOST_CHARS = 20, 500  # warnings of one remembered outcome, and characters of each of its sentences


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return one outcome in the shape of the outbound message."""
    return {
        "key": outcome.key,
        "sync": outcome.sync,
        "sobject": outcome.sobject,
        "result": outcome.result.value,
        "code": outcome.code,
        "detail": outcome.detail,
        "remedy": outcome.remedy,
        "salesforce_id": outcome.salesforce_id,
        "fields_written": list(outcome.fields_written),
        "warnings": [warning._asdict() for warning in outcome.warnings],
        "candidates": [candidate._asdict() for candidate in outcome.candidates],
        "data": outcome.data,
        "signals": list(outcome.signals),
        "held_ms": outcome.held_ms,
    }


def kept_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return what an entity remembers of an outcome (account and owner data are kept once per key), its lists and texts cut."""
    published = {**outcome_json(outcome), "edges": list(outcome.edges), LACKS_PERSON: _lacks_person(outcome)}
    published |= {name: _cut(published[name]) for name in ("detail", "remedy")}
    published["warnings"] = [each | {"detail": _cut(each["detail"])} for each in published["warnings"][:MOST_KEPT]]
    return {
        name: value
        for name, value in published.items()
        if value and name not in ("key", "sync", "sobject", "data", "held_ms")
    }


def _lacks_person(outcome: Outcome) -> bool:
    return any(warning.code == "about_unknown" for warning in outcome.warnings)


def was_without_person(kept: Mapping[str, Any]) -> bool:
    """Return whether a change was settled without the person it concerns; older versions remembered the warning alone."""
    return LACKS_PERSON in kept or any(each.get("code") == "about_unknown" for each in kept.get("warnings", ()))


def _cut(text: str | None) -> str | None:
    return text[:MOST_CHARS] if text else text


def published_outcome(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be shown of a remembered outcome."""
    return {name: value for name, value in kept.items() if name not in INTERNAL}


def remembered_outcome(key: str, sync: str, sobject: str, kept: Mapping[str, Any], data: Mapping[str, Any]) -> Outcome:
    """Return the outcome that was published before."""
    return Outcome(
        key=key,
        result=Result(kept["result"]),
        sync=sync,
        sobject=sobject,
        code=kept.get("code"),
        detail=kept.get("detail"),
        remedy=kept.get("remedy"),
        salesforce_id=kept.get("salesforce_id"),
        fields_written=tuple(kept.get("fields_written", ())),
        warnings=tuple(Warning(**item) for item in kept.get("warnings", ())),
        candidates=tuple(Candidate(**item) for item in kept.get("candidates", ())),
        data=dict(data),
        signals=tuple(kept.get("signals", ())),
        edges=tuple(kept.get("edges", ())),
    )
