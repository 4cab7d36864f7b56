"""sObject Collections: up to 200 records in one call, each with its own result (REST API guide, sObject Collections)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

from ...data.rules.save_results import RecordError, SaveOptions, SaveResult
from ...data.saving.chunks import (
    RepeatedUpdates,
    Save,
    external_key,
    repeated_key_error,
    repeated_keys,
    save_chunk,
)
from ...data.saving.external_ids import upsert_key
from ...data.storage.visibility import sobject_of
from ...schema.ids import normalized
from ...schema.sobjects import FieldType, SObjectType
from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from .. import facts
from ..ports import DataOrg
from ..sobjects.rows import record_json
from ..sobjects.save_headers import check_version, save_options

MAX_RECORDS = 200  # D REST API guide, sObject Collections
MAX_RETRIEVED = 2000  # D REST API guide, Get Records with a Request Body
MAX_CHUNKS = 10  # D REST API guide: chunks of consecutive records of one type

type Saves = Sequence[tuple[SObjectType | None, Save]]
"""What saves each record, with its sObject (None: not known), in the order of the request."""


class _RolledBack(Exception):
    """A record failed and the request said allOrNone."""


def create(call: Call[DataOrg]) -> Response:
    """Insert up to 200 records of up to ten runs of types; 200 with the results in request order."""
    records, options = _records(call)
    types = _types(call, records)
    store = call.org.store
    saves: Saves = [
        (kind, partial(store.create, call.session, kind.name, record, options) if kind else _without_type)
        for kind, record in zip(types, records, strict=True)
    ]
    return _answer(call, _run(call, saves, options))


def update(call: Call[DataOrg]) -> Response:
    """Change up to 200 records, each named by its `id`."""
    records, options = _records(call)
    types = _types(call, records)
    repeats = RepeatedUpdates()
    saves: Saves = [
        (kind, _update(call, kind, dict(record), options, repeats)) for kind, record in zip(types, records, strict=True)
    ]
    return _answer(call, _run(call, saves, options))


def upsert(call: Call[DataOrg], sobject: str, key: str) -> Response:
    """Create or update up to 200 records of one type by an external ID field in their bodies."""
    check_version(call, facts.COLLECTION_UPSERT_SINCE)
    kind = sobject_of(call.org.store.view(call.session), sobject)
    records, options = _records(call)
    types = _types(call, records)
    if not any(types):  # captured: such records fail one by one, whatever the key is
        return _answer(call, _run(call, [(None, _without_type) for _ in records], options), upsert=True)
    field = upsert_key(kind, key, by_id_lookup=call.org.settings.upsert_by_id_lookup)
    wrong = next((each for each in types if each is not None and each.name != kind.name), None)
    if wrong is not None:
        raise OrgError("INVALID_TYPE", f"All records must be of type {kind.name}; one is a {wrong.name}.")
    if field.name == "Id":
        return _answer(call, _run(call, _upserts_by_id(call, kind, types, records, options), options), upsert=True)
    repeated = repeated_keys(field, records)
    saves: Saves = [
        (each, _upsert(call, kind, field, record, options, repeated) if each else _without_type)
        for each, record in zip(types, records, strict=True)
    ]
    return _answer(call, _run(call, saves, options), upsert=True)


def delete(call: Call[DataOrg]) -> Response:
    """Delete up to 200 records named by `ids`."""
    ids = [each for each in call.request.query.get("ids", "").split(",") if each]
    if not ids:
        raise OrgError("MALFORMED_ID", "The ids parameter names the records to delete.")
    _check_count(len(ids), MAX_RECORDS)
    options = save_options(call, all_or_none=call.request.query.get("allOrNone", "").lower() == "true")
    saves = [_delete(call, record_id, options) for record_id in ids]
    return _answer(call, _run(call, saves, options))


def retrieve(call: Call[DataOrg], sobject: str) -> Response:
    """Return records by `ids` and `fields`, null in the place of one that is not there."""
    query = call.request.query
    return _retrieved(call, sobject, query.get("ids", "").split(","), query.get("fields", "").split(","))


def retrieve_by_body(call: Call[DataOrg], sobject: str) -> Response:
    """Return up to 2,000 records by `{"ids": [...], "fields": [...]}`."""
    body = call.request.json()
    if not isinstance(body, dict):
        raise OrgError("JSON_PARSER_ERROR", "The body is an object that gives ids and fields.")
    return _retrieved(call, sobject, _texts(body, "ids"), _texts(body, "fields"))


def _texts(body: dict[str, Any], name: str) -> list[str]:
    given = body.get(name)
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise OrgError("JSON_PARSER_ERROR", f"The body gives {name} as a list of texts.")
    return given


def _retrieved(call: Call[DataOrg], sobject: str, ids: Iterable[str], fields: Iterable[str]) -> Response:
    view = call.org.store.view(call.session)
    kind = sobject_of(view, sobject)
    wanted = list(ids)
    _check_count(len(wanted), MAX_RETRIEVED)
    names = ",".join(fields)
    if not names:
        raise OrgError("INVALID_FIELD", "The fields parameter names the fields to read.")
    rows = [view.row(each) if kind.owns(each) else None for each in wanted]
    record_json(call, kind, {"Id": ""}, names)
    return Response(200, [None if row is None else record_json(call, kind, row, names) for row in rows])


def _records(call: Call[DataOrg]) -> tuple[list[dict[str, Any]], SaveOptions]:
    check_version(call, facts.COLLECTIONS_SINCE)
    body = call.request.json()
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise OrgError("JSON_PARSER_ERROR", "The body gives the records as a list of objects.")
    _check_count(len(records), MAX_RECORDS)
    fails_all = call.org.settings.unknown_field_fails_collection
    return records, save_options(call, all_or_none=body.get("allOrNone") is True, reject_request_faults=fails_all)


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise OrgError(facts.TOO_MANY_RECORDS[0], facts.TOO_MANY_RECORDS[1].format(most=most))


def _types(call: Call[DataOrg], records: list[dict[str, Any]]) -> list[SObjectType | None]:
    """Return each record's sObject, None where it names none; raise for an unknown type, and for more than ten runs of types."""
    view = call.org.store.view(call.session)
    types: list[SObjectType | None] = []
    chunks = 0
    for record in records:
        attributes = record.get("attributes")
        name = attributes.get("type") if isinstance(attributes, dict) else None
        if not isinstance(name, str):
            types.append(None)
            continue
        kind = view.schema.sobject(name)
        if kind is None:
            message = f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the "
            raise OrgError("INVALID_TYPE", message + "'__c' after the entity name.")
        chunks += not types or types[-1] is not kind
        types.append(kind)
    if chunks > MAX_CHUNKS:
        raise OrgError("INVALID_INPUT", f"Cannot have more than {MAX_CHUNKS} chunks in a single operation.")
    return types


def _answer(call: Call[DataOrg], results: list[SaveResult], *, upsert: bool = False) -> Response:
    named = call.org.settings.duplicates_named_in_collections
    return Response(200, [result.as_json(upsert=upsert, named=named) for result in results])


def _run(call: Call[DataOrg], saves: Saves, options: SaveOptions) -> list[SaveResult]:
    """Save chunk by chunk; with allOrNone one failure undoes all, and the others fail as rolled back."""
    results: list[SaveResult] = []
    try:
        with call.org.store.transaction(call.session):
            for kind, chunk in _chunks(saves):
                results.extend(save_chunk(call.org.store, call.session, kind, chunk))
            if options.all_or_none and not all(result.success for result in results):
                raise _RolledBack
    except _RolledBack:
        return [_undone(result) for result in results]
    return results


def _chunks(saves: Saves) -> Iterator[tuple[SObjectType | None, list[Save]]]:
    """Yield the runs of consecutive records of one sObject."""
    for _, run in groupby(saves, key=lambda each: each[0].name if each[0] else ""):
        chunk = list(run)
        yield chunk[0][0], [save for _, save in chunk]


def _undone(result: SaveResult) -> SaveResult:
    """Return what an allOrNone call that fails answers of a record; an upsert says which records it would have created."""
    if result.success:
        return SaveResult(created=result.created, failures=[RecordError(*facts.ROLLED_BACK)])
    return replace(result, created=result.id is None and facts.UNDONE_UPSERT_IS_CREATED)


def _without_type() -> SaveResult:
    return SaveResult(failures=[RecordError(*facts.RECORD_WITHOUT_TYPE)])


def _upserts_by_id(
    call: Call[DataOrg],
    kind: SObjectType,
    types: list[SObjectType | None],
    records: list[dict[str, Any]],
    options: SaveOptions,
) -> Saves:
    """Return the saves of an upsert by Id: a record with one is changed, one without is created."""
    repeats = RepeatedUpdates()
    saves: list[tuple[SObjectType | None, Save]] = []
    for each, record in zip(types, records, strict=True):
        values = {name: value for name, value in record.items() if name.lower() != "id"}
        if each is None or any(value for name, value in record.items() if name.lower() == "id"):
            saves.append((each, _update(call, each, dict(record), options, repeats)))
        else:
            saves.append((each, partial(call.org.store.create, call.session, kind.name, values, options)))
    return saves


def _upsert(
    call: Call[DataOrg],
    kind: SObjectType,
    field: FieldType,
    record: dict[str, Any],
    options: SaveOptions,
    repeated: set[str],
) -> Save:
    if external_key(field, record) in repeated:
        return lambda: SaveResult(failures=[repeated_key_error(field, record)])
    return partial(call.org.store.upsert, call.session, kind.name, field.name, record, options)


def _update(
    call: Call[DataOrg],
    kind: SObjectType | None,
    record: dict[str, Any],
    options: SaveOptions,
    repeats: RepeatedUpdates,
) -> Save:
    given = next((record.pop(name) for name in list(record) if name.lower() == "id"), None)
    full = (normalized(given) or given) if isinstance(given, str) else ""
    refusal = repeats.refusal(full) if full else None

    def save() -> SaveResult:
        if kind is None:
            return _without_type()
        if not isinstance(given, str) or not given:
            return SaveResult(failures=[RecordError("MISSING_ARGUMENT", "Id not specified in an update call")])
        if refusal is not None:
            return SaveResult(full, failures=[refusal])
        result = call.org.store.update(call.session, kind.name, given, record, options)
        result.id = result.id and full
        return result

    return save


def _delete(call: Call[DataOrg], record_id: str, options: SaveOptions) -> tuple[SObjectType | None, Save]:
    full = normalized(record_id)
    kind = call.org.store.view(call.session).schema.of_id(full) if full else None

    def save() -> SaveResult:
        if kind is None:
            code, message = facts.MALFORMED_DELETED_ID
            return SaveResult(failures=[RecordError(code, message.format(id=record_id))])
        result = call.org.store.delete(call.session, kind.name, record_id, options)
        result.id = result.id and full
        return result

    return kind, save


_TYPE = r"/composite/sobjects/(?P<sobject>\w+)"
ROUTES: list[Route[DataOrg]] = [
    ("POST", r"/composite/sobjects/?", create),
    ("PATCH", r"/composite/sobjects/?", update),
    ("DELETE", r"/composite/sobjects/?", delete),
    ("PATCH", rf"{_TYPE}/(?P<key>\w+)/?", upsert),
    ("GET", rf"{_TYPE}/?", retrieve),
    ("POST", rf"{_TYPE}/?", retrieve_by_body),
]
