"""Composite batch: up to 25 independent requests, each of which counts (REST API guide, Composite Batch)."""

from __future__ import annotations

from typing import Any

from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from .ports import CompositeOrg

MAX_BATCH = 25  # D REST API guide, Composite Batch
HALTED: dict[str, Any] = {
    "statusCode": 412,
    "result": [
        {
            "errorCode": "BATCH_PROCESSING_HALTED",
            "message": "Batch processing halted per request because of an error in a previous request.",
        }
    ],
}


def batch(call: Call[CompositeOrg]) -> Response:
    """Run the requests in order; with `haltOnError` those after a failure answer 412."""
    body = call.request.json()
    requests = body.get("batchRequests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not requests:
        raise OrgError("JSON_PARSER_ERROR", "The body gives the requests under batchRequests.")
    if len(requests) > MAX_BATCH:
        raise OrgError("LIMIT_EXCEEDED", f"The request exceeds the limit of {MAX_BATCH} subrequests.")
    results: list[dict[str, Any]] = []
    failed = False
    for request in requests:
        result = HALTED if failed and body.get("haltOnError") is True else _result(call, request)
        failed = failed or result["statusCode"] >= 400
        results.append(result)
    return Response(200, {"hasErrors": failed, "results": results})


def _result(call: Call[CompositeOrg], request: Any) -> dict[str, Any]:
    if (
        not isinstance(request, dict)
        or not isinstance(request.get("method"), str)
        or not isinstance(request.get("url"), str)
    ):
        raise OrgError("JSON_PARSER_ERROR", "Each request of a batch gives method and url as text.")
    response = call.org.subrequest(
        call.session, request["method"], request["url"], call.request.headers, request.get("richInput")
    )
    return {"statusCode": response.status, "result": response.body}


ROUTES: list[Route[CompositeOrg]] = [("POST", r"/composite/batch/?", batch)]
