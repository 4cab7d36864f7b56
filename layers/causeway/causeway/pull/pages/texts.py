"""Pulled records as text: fingerprints, moments, records and the pages that carry them (docs/pull.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from causeway.errors import OutcomeUnknown
from causeway.pull.pages.fingerprints import FINGERPRINT_BYTES, as_published
from causeway.pull.pages.kinds import Kind
from causeway.salesforce.values.dates import epoch_ms
from causeway.syncs.sync import Sync

_NOT_FOR_SQS = {b"\xef\xbf\xbe": b"\\ufffe", b"\xef\xbf\xbf": b"\\uffff"}  # characters that SQS refuses unescaped


def gone_record(
    record_id: str,
    stamp: str,
    key: str | None,
    kind: Kind,
    survivor: str | None = None,
    converted: dict[str, str | None] | None = None,
) -> dict[str, Any]:
    """Return what the product receives of a record that no longer exists."""
    return {
        "kind": kind,
        "salesforce_id": record_id,
        "key": key,
        "system_modstamp": stamp,
        "values": {},
        "data": {},
        "signals": [],
        "merged_into": survivor,
        "converted": converted,
    }


def content_fingerprint(content: Sequence[Any]) -> bytes:
    """Return the fingerprint of a row's version, its content and its stamp, however it was read (see fingerprints.py)."""
    digest = blake2b(orjson.dumps(content), digest_size=FINGERPRINT_BYTES).digest()
    return as_published(digest) if digest[-1] & 1 else digest


@lru_cache(maxsize=8_192)
def stamp_ms(text: str | None) -> int:
    """Return the epoch ms of a datetime as REST (`+0000`) or Bulk (`Z`) writes it; raises OutcomeUnknown for what is none."""
    found = epoch_ms(text) if isinstance(text, str) else None
    if found is None:
        raise incomplete_row()
    return found // 1000 * 1000


def incomplete_row() -> OutcomeUnknown:
    """Return the error for a row that lacks what the query asked for: something on the way changed the answer."""
    return OutcomeUnknown("The org answered a query with records that lack what was asked for.", "It is asked again.")


def record_text(record: Mapping[str, Any]) -> bytes:
    """Return the record as compact JSON in UTF-8 that an SQS message may carry."""
    text = orjson.dumps(record)
    if text.isascii():
        return text
    for refused, escaped in _NOT_FOR_SQS.items():
        text = text.replace(refused, escaped)
    return text


def page_id(tenant: str, org_id: str, sync: str, cut: int) -> str:
    """Return the id to de-duplicate a page by: that of the sync's `cut`th page from this org, whatever run it belongs to."""
    text = "\x1f".join((tenant, org_id, sync, str(cut)))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def page_text(
    sync: Sync,
    tenant: str,
    run: str,
    number: int,
    identity: str,
    last: bool,
    records: Sequence[bytes],
    shared: Sequence[bytes] | None = None,
) -> bytes:
    """Return the message that carries these records (docs/pull.md); `shared`: of version 2, the data that they name by its place."""
    head = {
        "version": 1 if shared is None else 2,
        "type": "records",
        "tenant": tenant,
        "source": sync.source,
        "sync": sync.id,
        "sobject": sync.sobject,
        "run": run,
        "page": number,
        "page_id": identity,
        "last": last,
    }
    data = b"" if shared is None else b',"data":[%b]' % b",".join(shared)
    return b"".join((orjson.dumps(head)[:-1], data, b',"records":[', b",".join(records), b"]}"))
