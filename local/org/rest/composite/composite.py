"""Composite: up to 25 requests in one call, each may use what the ones before it answered (REST API guide, Composite)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from .. import facts
from .ports import CompositeOrg
from .references import MissingReference, resolved, resolved_url

MAX_SUBREQUESTS = 25  # D REST API guide, Composite
MAX_COLLECTIONS_AND_QUERIES = 5  # D REST API guide, Composite: of the 25, sObject Collections and query operations
FORBIDDEN_HEADERS = frozenset({"accept", "authorization", "content-type"})
PART_HEADERS = frozenset({"ETag", "Last-Modified", "Location"})  # C captured answers of describes and creates
ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."
_REFERENCE_ID = re.compile(r"[A-Za-z0-9_]+")
_COLLECTION_OR_QUERY = re.compile(r"/services/data/v[\d.]+/(query|queryAll|composite/sobjects)(/|\?|$)", re.IGNORECASE)
_NO_PART = re.compile(r"/services/data/v[\d.]+/(composite(/batch|/graph)?|jobs/.*)/?(\?.*)?", re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """One subrequest of the envelope."""

    method: str
    url: str
    reference_id: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class _Failed(Exception):
    """A part failed and all parts belong to one transaction."""


def composite(call: Call[CompositeOrg]) -> Response:
    """Run the parts in order; 200 whenever the envelope is right, each part with its own status."""
    body = call.request.json()
    if not isinstance(body, dict) or not isinstance(body.get("compositeRequest"), list):
        raise OrgError("JSON_PARSER_ERROR", "The body gives the subrequests under compositeRequest.")
    parts = parts_of(body["compositeRequest"], call.version)
    _check_limits(parts)
    return Response(200, {"compositeResponse": run(call, parts, all_or_none=body.get("allOrNone") is True)})


def run(call: Call[CompositeOrg], parts: list[Part], *, all_or_none: bool) -> list[dict[str, Any]]:
    """Return the parts' answers; with `all_or_none` one failure undoes them all."""
    answers: list[dict[str, Any]] = []
    if not all_or_none:
        return [_answer(call, part, answers) for part in parts]
    try:
        with call.org.store.transaction(call.session):
            for part in parts:
                if _failed(_answer(call, part, answers)):
                    raise _Failed
    except _Failed:
        return _halted(parts, answers)
    return answers


def parts_of(entries: Iterable[Any], version: float) -> list[Part]:
    """Return the envelope's parts; raise for one that is not complete, or that names a reference twice."""
    parts = [_part(entry) for entry in entries]
    seen: set[str] = set()
    for part in parts:
        if not _REFERENCE_ID.fullmatch(part.reference_id) and version >= facts.STRICT_REFERENCE_IDS_SINCE:
            raise OrgError(
                "INVALID_INPUT", f"Invalid reference ID {part.reference_id!r}: only letters, digits and _ are allowed."
            )
        if part.reference_id in seen:
            raise OrgError("INVALID_INPUT", f"Duplicate ReferenceId provided in the request: {part.reference_id}")
        seen.add(part.reference_id)
    return parts


def _part(entry: Any) -> Part:
    if not isinstance(entry, dict):
        raise OrgError("JSON_PARSER_ERROR", "Each subrequest is an object.")
    for name in ("method", "url", "referenceId"):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise OrgError("JSON_PARSER_ERROR", f"Each subrequest gives {name} as text.")
    headers = entry.get("httpHeaders") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise OrgError("JSON_PARSER_ERROR", "httpHeaders of a subrequest is an object of texts.")
    for name in headers:
        if name.lower() in FORBIDDEN_HEADERS:
            raise OrgError("INVALID_INPUT", f"httpHeaders of a subrequest may not contain {name}.")
    return Part(entry["method"].upper(), entry["url"], entry["referenceId"], entry.get("body"), headers)


def _check_limits(parts: list[Part]) -> None:
    if len(parts) > MAX_SUBREQUESTS:
        raise OrgError("LIMIT_EXCEEDED", f"The request exceeds the limit of {MAX_SUBREQUESTS} subrequests.")
    heavy = sum(_COLLECTION_OR_QUERY.match(part.url) is not None for part in parts)
    if heavy > MAX_COLLECTIONS_AND_QUERIES:
        raise OrgError(
            "LIMIT_EXCEEDED",
            f"The request exceeds the limit of {MAX_COLLECTIONS_AND_QUERIES} collections and query operations.",
        )


def _answer(call: Call[CompositeOrg], part: Part, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Run one part with the references filled in, and add its answer."""
    by_reference = {each["referenceId"]: each for each in answers}
    try:
        url, body = resolved_url(part.url, by_reference), resolved(part.body, by_reference)
        if _NO_PART.fullmatch(url):
            raise OrgError(
                facts.NO_PART_OF_COMPOSITE_CODE, f"The resource {url} cannot be a subrequest of a composite request."
            )
        response = call.org.subrequest(call.session, part.method, url, {**_inherited(call), **part.headers}, body)
    except MissingReference as missing:
        response = Response(400, [{"errorCode": "PROCESSING_HALTED", "message": str(missing)}])
    except OrgError as error:
        response = Response(error.status, error.body())
    answers.append(
        {
            "body": response.body,
            "httpHeaders": _shown_headers(response),
            "httpStatusCode": response.status,
            "referenceId": part.reference_id,
        }
    )
    return answers[-1]


def _shown_headers(response: Response) -> dict[str, str]:
    """Return the headers that a part's answer shows; its dates have no leading zero (captured answers)."""
    shown = {name: value for name, value in response.headers.items() if name in PART_HEADERS}
    if "Last-Modified" in shown:
        shown["Last-Modified"] = re.sub(r", 0", ", ", shown["Last-Modified"])
    return dict(sorted(shown.items()))


def _failed(answer: dict[str, Any]) -> bool:
    """Say whether an answer undoes its transaction; a collection does with one failed record (REST guide, allOrNone, case 4)."""
    body = answer["body"]
    records = body if isinstance(body, list) else []
    refused = any(isinstance(each, dict) and each.get("success") is False for each in records)
    return bool(answer["httpStatusCode"] >= 300 or refused)


def _inherited(call: Call[CompositeOrg]) -> Mapping[str, str]:
    """Return the outer request's headers that hold for its parts too."""
    return {name: value for name, value in call.request.headers.items() if name in facts.HEADERS_OF_ALL_PARTS}


def _halted(parts: list[Part], answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the answers of an undone transaction: the failure as it is, every other part halted."""
    failed = answers[-1]["referenceId"]
    body = [{"errorCode": "PROCESSING_HALTED", "message": ROLLED_BACK}]
    halted = {"body": body, "httpHeaders": {}, "httpStatusCode": 400}
    return [
        answers[-1] if part.reference_id == failed else {**halted, "referenceId": part.reference_id} for part in parts
    ]


ROUTES: list[Route[CompositeOrg]] = [("POST", r"/composite/?", composite)]
