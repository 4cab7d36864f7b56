"""Composite graph: graphs of dependent requests, each graph one transaction (REST API guide, Composite Graph)."""

from __future__ import annotations

from typing import Any

from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from .. import facts
from ..sobjects.save_headers import check_version
from .composite import Part, parts_of, run
from .ports import CompositeOrg
from .references import REFERENCE

MAX_GRAPHS = 75  # D REST API guide, Composite Graph limits
MAX_NODES = 500  # D: nodes in one payload
MAX_DEPTH = 15  # D
MAX_FAILED_GRAPHS = 14  # D: after that many failures the rest is not processed


def graphs(call: Call[CompositeOrg]) -> Response:
    """Run every graph on its own; one failed node undoes its graph and no other."""
    check_version(call, facts.GRAPHS_SINCE)
    body = call.request.json()
    entries = body.get("graphs") if isinstance(body, dict) else None
    if not isinstance(entries, list) or not entries:
        raise OrgError("JSON_PARSER_ERROR", "The body gives the graphs under graphs.")
    prepared = [_graph(call, entry) for entry in entries]
    if len(prepared) > MAX_GRAPHS:
        raise OrgError("LIMIT_EXCEEDED", f"The request exceeds the limit of {MAX_GRAPHS} graphs.")
    if sum(len(parts) for _, parts in prepared) > MAX_NODES:
        raise OrgError("LIMIT_EXCEEDED", f"The request exceeds the limit of {MAX_NODES} nodes.")
    results: list[dict[str, Any]] = []
    for graph_id, parts in prepared:
        failures = sum(not result["isSuccessful"] for result in results)
        results.append(_not_run(graph_id, parts) if failures >= MAX_FAILED_GRAPHS else _result(call, graph_id, parts))
    return Response(200, {"graphs": results})


def _graph(call: Call[CompositeOrg], entry: Any) -> tuple[str, list[Part]]:
    if not isinstance(entry, dict) or not entry.get("graphId") or not isinstance(entry.get("compositeRequest"), list):
        raise OrgError("JSON_PARSER_ERROR", "Each graph gives graphId and compositeRequest.")
    parts = parts_of(entry["compositeRequest"], call.version)
    _check_depth(parts)
    return str(entry["graphId"]), parts


def _check_depth(parts: list[Part]) -> None:
    depths: dict[str, int] = {}
    for part in parts:
        text = f"{part.url} {part.body!r}"
        depths[part.reference_id] = 1 + max((depths.get(match[1], 0) for match in REFERENCE.finditer(text)), default=0)
        if depths[part.reference_id] > MAX_DEPTH:
            raise OrgError("LIMIT_EXCEEDED", f"A graph may be {MAX_DEPTH} nodes deep.")


def _result(call: Call[CompositeOrg], graph_id: str, parts: list[Part]) -> dict[str, Any]:
    answers = run(call, parts, all_or_none=True)
    successful = all(answer["httpStatusCode"] < 300 for answer in answers)
    return {"graphId": graph_id, "graphResponse": {"compositeResponse": answers}, "isSuccessful": successful}


def _not_run(graph_id: str, parts: list[Part]) -> dict[str, Any]:
    body = [{"errorCode": "PROCESSING_HALTED", "message": "Too many graphs of the request failed."}]
    answers = [
        {"body": body, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": part.reference_id} for part in parts
    ]
    return {"graphId": graph_id, "graphResponse": {"compositeResponse": answers}, "isSuccessful": False}


ROUTES: list[Route[CompositeOrg]] = [("POST", r"/composite/graph/?", graphs)]
