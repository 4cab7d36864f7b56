"""How long a span of time a SOQL statement reads, for faults that strike wide windows only. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from ..wire.messages import OrgError, Request

_BOUND = re.compile(r"(\w+)\s*(>=|<=|>|<)\s*(\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:?\d\d))")
_BULK1_BATCH = re.compile(r"/services/async/[\d.]+/job/\w+/batch/?")
_SELECT = re.compile(r"\bSELECT\b", re.IGNORECASE)


def statement_of(request: Request) -> str:
    """Return the SOQL statement of a query, or of a job or batch that is created with one; empty for any other request."""
    if "q" in request.query:
        return request.query["q"]
    if _BULK1_BATCH.fullmatch(request.path):
        text = request.body.decode("utf-8", "replace")
        return text if text.lstrip()[:6].lower() == "select" else ""
    if not request.path.rstrip("/").endswith("/jobs/query") or not request.body:
        return ""
    try:
        body = request.json()
    except OrgError:
        return ""
    return str(body.get("query", "")) if isinstance(body, dict) else ""


def is_wider(text: str, seconds: float) -> bool:
    """
    Say whether a text holds a statement that reads more than so many seconds of one datetime field.

    A statement with no upper or no lower bound has no end, so it is wider than any span.
    """
    return _SELECT.search(text) is not None and _span_s(text) > seconds


def _span_s(text: str) -> float:
    lows: dict[str, float] = {}
    highs: dict[str, float] = {}
    for field, operator, literal in _BOUND.findall(text):
        name, moment = field.lower(), datetime.fromisoformat(literal).timestamp()
        if operator.startswith(">"):
            lows[name] = max(moment, lows.get(name, moment))
        else:
            highs[name] = min(moment, highs.get(name, moment))
    return min((highs[name] - low for name, low in lows.items() if name in highs), default=float("inf"))
