"""sObject Tree: records with their children in one create, all or none (REST API guide, sObject Tree)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...data.rules.save_results import RecordError
from ...data.storage.visibility import sobject_of
from ...schema.sobjects import SObjectType
from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from .. import facts
from ..ports import DataOrg
from ..sobjects.save_headers import save_options

MAX_RECORDS = 200  # D REST API guide, sObject Tree
MAX_TYPES = 5  # D
MAX_LEVELS = 5  # D


class _Failed(Exception):
    """Some record failed: reference and errors of each."""

    def __init__(self, failures: dict[str, list[RecordError]]) -> None:
        super().__init__()
        self.failures = failures


def tree(call: Call[DataOrg], sobject: str) -> Response:
    """Create the trees: 201 with an Id per reference, or 400 with the failures and nothing saved."""
    kind = sobject_of(call.org.store.view(call.session), sobject)
    body = call.request.json()
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list):
        raise OrgError("JSON_PARSER_ERROR", "The body gives the records as a list of objects.")
    try:
        _check(records)
        saved = _TreeSave(call).save(kind, records)
    except _Failed as failed:
        results = [
            {"referenceId": name, "errors": [error.in_collection() for error in errors]}
            for name, errors in failed.failures.items()
        ]
        return Response(400, {"hasErrors": True, "results": results})
    results = [{"referenceId": name, "id": record_id} for name, record_id in saved.items()]
    return Response(201, {"hasErrors": False, "results": results})


class _TreeSave:
    """Saves the records of one request, and keeps Ids and failures by reference."""

    def __init__(self, call: Call[DataOrg]) -> None:
        self._call = call
        self._options = save_options(call)
        self._saved: dict[str, str] = {}
        self._failures: dict[str, list[RecordError]] = {}

    def save(self, kind: SObjectType, records: list[dict[str, Any]]) -> dict[str, str]:
        """Save the trees; raise _Failed, with nothing saved, when a record fails."""
        with self._call.org.store.transaction(self._call.session):
            for record in records:
                self._create(kind, record, {})
            if self._failures:
                raise _Failed(self._failures)
        return self._saved

    def _create(self, kind: SObjectType, record: dict[str, Any], parent: dict[str, str]) -> None:
        """Create one record under its parent, then its children under it."""
        children = dict(_children(record))
        values = {name: value for name, value in record.items() if name not in children}
        result = self._call.org.store.create(self._call.session, kind.name, values | parent, self._options)
        reference = record["attributes"]["referenceId"]
        if not result.success or result.id is None:
            self._failures[reference] = result.failures
            return
        self._saved[reference] = result.id
        for name, nested in children.items():
            child_kind, key = self._child(kind, name)
            for each in nested:
                self._create(child_kind, each, {key: result.id})

    def _child(self, kind: SObjectType, name: str) -> tuple[SObjectType, str]:
        child = kind.child(name)
        child_kind = self._call.org.store.view(self._call.session).schema.sobject(child[0]) if child else None
        if child is None or child_kind is None:
            raise OrgError("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
        return child_kind, child[1]


def _children(record: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for name, value in record.items():
        if isinstance(value, dict) and isinstance(value.get("records"), list):
            yield name, value["records"]


def _check(records: list[Any]) -> None:
    """Raise when the trees are too large, too deep or of too many types, or when a reference is missing or repeated."""
    types: set[str] = set()
    references: set[str] = set()
    level, depth = records, 0
    while level:
        depth += 1
        for record in level:
            types.add(_type_of(record))
            _note_reference(record["attributes"]["referenceId"], references)
        level = [child for record in level for _, nested in _children(record) for child in nested]
    if len(references) > MAX_RECORDS or len(types) > MAX_TYPES or depth > MAX_LEVELS:
        limits = f"A tree has at most {MAX_RECORDS} records, {MAX_TYPES} types and {MAX_LEVELS} levels."
        raise OrgError("LIMIT_EXCEEDED", limits)


def _type_of(record: Any) -> str:
    attributes = record.get("attributes") if isinstance(record, dict) else None
    given = attributes if isinstance(attributes, dict) else {}
    if not all(given.get(name) and isinstance(given[name], str) for name in ("type", "referenceId")):
        raise OrgError("INVALID_INPUT", "Each record of a tree names its type and referenceId in its attributes.")
    return str(given["type"]).lower()


def _note_reference(reference: str, known: set[str]) -> None:
    if reference in known:
        raise _Failed({reference: [RecordError(*facts.REPEATED_TREE_REFERENCE)]})
    known.add(reference)


ROUTES: list[Route[DataOrg]] = [("POST", r"/composite/tree/(?P<sobject>\w+)/?", tree)]
