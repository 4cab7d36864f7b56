"""sObject Tree: records with their children in one create, all or none (REST API guide, sObject Tree)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.org.call import Call, Route
from local.org.messages import OrgError, Response
from local.org.request_options import save_options
from local.org.save_results import SaveOptions, SaveResult
from local.org.saving import sobject_of
from local.org.schema import SObjectType

MAX_RECORDS = 200  # D REST API guide, sObject Tree
MAX_TYPES = 5
MAX_LEVELS = 5


class _Failed(Exception):
    """Some record of the tree failed; the failures by reference."""

    def __init__(self, failures: dict[str, SaveResult]) -> None:
        super().__init__()
        self.failures = failures


def tree(call: Call, sobject: str) -> Response:
    """Create the trees: 201 with an Id per reference, or 400 with the failures and nothing saved."""
    kind = sobject_of(call.org.store.view(call.session), sobject)
    body = call.request.json()
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list):
        raise OrgError("JSON_PARSER_ERROR", "The body gives the records as a list of objects.")
    _check(records)
    options = replace(save_options(call), reject_request_faults=False)
    saved: dict[str, str] = {}
    try:
        with call.org.store.transaction(call.session):
            failures: dict[str, SaveResult] = {}
            for record in records:
                _create(call, kind, record, {}, options, saved, failures)
            if failures:
                raise _Failed(failures)
    except _Failed as failed:
        results = [{"referenceId": name, "errors": each.errors} for name, each in failed.failures.items()]
        return Response(400, {"hasErrors": True, "results": results})
    results = [{"referenceId": name, "id": record_id} for name, record_id in saved.items()]
    return Response(201, {"hasErrors": False, "results": results})


def _create(
    call: Call,
    kind: SObjectType,
    record: dict[str, Any],
    parent: dict[str, str],
    options: SaveOptions,
    saved: dict[str, str],
    failures: dict[str, SaveResult],
) -> None:
    """Create one record under its parent, then its children under it."""
    children = {name: value for name, value in record.items() if isinstance(value, dict) and "records" in value}
    values = {name: value for name, value in record.items() if name not in children}
    reference = record["attributes"]["referenceId"]
    result = call.org.store.create(call.session, kind.name, values | parent, options)
    if not result.success or result.id is None:
        failures[reference] = result
        return
    saved[reference] = result.id
    for name, nested in children.items():
        child = kind.child(name)
        child_kind = call.org.store.view(call.session).schema.sobject(child[0]) if child else None
        if child is None or child_kind is None:
            raise OrgError("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
        for each in nested["records"]:
            _create(call, child_kind, each, {child[1]: result.id}, options, saved, failures)


def _check(records: list[Any]) -> None:
    """Raise when the trees are too large, too deep, of too many types, or name a reference twice or not at all."""
    types: set[str] = set()
    references: set[str] = set()
    level, depth = records, 0
    while level:
        depth += 1
        below: list[Any] = []
        for record in level:
            attributes = record.get("attributes") if isinstance(record, dict) else None
            reference = attributes.get("referenceId") if isinstance(attributes, dict) else None
            if not reference or reference in references:
                raise OrgError("INVALID_INPUT", f"Each record needs a reference ID of its own; {reference!r} is not.")
            references.add(reference)
            types.add(str(attributes.get("type") if attributes else ""))
            for value in record.values():
                if isinstance(value, dict) and isinstance(value.get("records"), list):
                    below += value["records"]
        level = below
    if len(references) > MAX_RECORDS or len(types) > MAX_TYPES or depth > MAX_LEVELS:
        raise OrgError(
            "LIMIT_EXCEEDED", f"A tree has at most {MAX_RECORDS} records, {MAX_TYPES} types and {MAX_LEVELS} levels."
        )


ROUTES: list[Route] = [("POST", r"/composite/tree/(?P<sobject>\w+)/?", tree)]
