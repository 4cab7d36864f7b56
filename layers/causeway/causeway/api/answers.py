"""Answers of the API: JSON, the one error shape, and nothing internal in either."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from causeway.api.requests import TooLarge
from causeway.errors import (
    BrokenDeployment,
    CausewayError,
    ConfigurationError,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    QuotaSpent,
    RejectedError,
    RetryableError,
    StoreUnavailable,
)

MAX_ANSWER_BYTES = 5_500_000  # Lambda's 6 MB cap counts the envelope and the escaping of this body too
MAX_FAULTS = 10  # of a body, named in one answer
FOR_PROGRAMS = "Correct the places named in `fields`; GET /v1/openapi.json shows every shape."
FOR_PEOPLE = "Correct what is named, and try again."

HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

# Missing and forbidden read the same, so that an answer never reveals what exists elsewhere.
_NOTHING_HERE = NotFound(
    "There is nothing here for this caller: it does not exist, or the caller's role does not allow it.",
    "Check the address and the ids in it, and which role the task needs.",
)
INTERNAL = CausewayError(
    "Something went wrong inside Causeway.",
    "Try again; if it stays, give the request_id to whoever runs this deployment.",
)
NOT_NOW = StoreUnavailable(
    "A service of this deployment does not answer at the moment.", "Try again in a moment.", retry_after_s=1
)

# The first class that fits decides.
_STATUSES: tuple[tuple[type[CausewayError], int], ...] = (
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (RejectedError, 400),
    (BrokenDeployment, 500),
    (ConfigurationError, 409),
    (QuotaSpent, 429),
    (RetryableError, 503),
)


def answer(status: int, body: bytes) -> dict[str, Any]:
    """Return a proxy answer with a JSON body (none for 204); raise TooLarge for one over Lambda's cap."""
    if len(body) > MAX_ANSWER_BYTES:
        raise TooLarge("The answer would be larger than 6 MB.", "Ask for less: pass a smaller `limit`, or one item.")
    return {"statusCode": status, "headers": dict(HEADERS), "body": body.decode(), "isBase64Encoded": False}


def text_answer(text: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return a proxy answer with a file; raise TooLarge for one over Lambda's cap."""
    made = answer(200, text.encode())
    return made | {"headers": {**made["headers"], **headers}}


def error_answer(error: CausewayError, request_id: str) -> dict[str, Any]:
    """Return the answer to a request that failed: what happened and why, and what to do."""
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    shown = _NOTHING_HERE if status in (403, 404) else error
    content: dict[str, Any] = {
        "code": shown.code,
        "message": shown.message,
        "remedy": shown.remedy,
        "fields": list(shown.fields),
        "request_id": request_id,
    }
    if problems := getattr(shown, "problems", ()):
        content["problems"] = [problem.model_dump() for problem in problems]
    body = answer(status, json.dumps({"error": content}, ensure_ascii=False).encode())
    wait_s = getattr(shown, "retry_after_s", None)
    if wait_s is not None:
        body["headers"]["Retry-After"] = str(max(1, round(wait_s)))
    return body


def invalid(error: ValidationError, *, of_browser: bool = False) -> InvalidRequest:
    """Return what a body or query breaks, by place; the values themselves are never repeated. People at a browser read no schema."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    places = [".".join(str(part) for part in fault["loc"]) for fault in faults]
    named = "; ".join(
        f"{place or 'the body'}: {_sentence(fault)}" for place, fault in zip(places[:MAX_FAULTS], faults, strict=False)
    )
    more = f"; and {len(faults) - MAX_FAULTS} more" if len(faults) > MAX_FAULTS else ""
    return InvalidRequest(
        f"The request does not fit: {named}{more}.",
        FOR_PEOPLE if of_browser else FOR_PROGRAMS,
        fields=tuple(place for place in places if place),
    )


def _sentence(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "this key is not known"
    return str(fault["msg"]).removeprefix("Value error, ")
