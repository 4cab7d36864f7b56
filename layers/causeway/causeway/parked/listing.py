"""List what was refused or waits, and request that it is sent again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from causeway.contract.message_writing import rfc3339
from causeway.errors import InvalidRequest
from causeway.parked.entries import Parked, ParkedPage, Redrive
from causeway.parked.ports import ParkedStore

PAGE = 100


def listed(
    store: ParkedStore,
    tenant: str,
    *,
    code: str | None = None,
    source: str | None = None,
    key: str | None = None,
    group: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return entries as the API answers them, and the token of the next page. Raises InvalidRequest for a token of another list."""
    try:
        page: ParkedPage = store.page(tenant, code=code, source=source, key=key, after=after, limit=limit, group=group)
    except ValueError as error:
        raise InvalidRequest("The next token is not one of this list's.", "Start the list again without it.") from error
    return [parked_json(entry) for entry in page.entries], page.next


def parked_json(entry: Parked) -> dict[str, Any]:
    """Return one entry as the API shows it: the change, or the body when it could not be parsed."""
    shown: dict[str, Any] = {
        "parked_id": entry.parked_id,
        "tenant": entry.tenant,
        "source": entry.source,
        "key": entry.key,
        "sync": entry.sync,
        "code": entry.code,
        "reason": entry.reason,
        "remedy": entry.remedy,
        "parked_at": rfc3339(entry.parked_at_ms),
        "retry_when": entry.retry_when,
    }
    if entry.code in ("invalid_message", "crashed"):
        return {**shown, "body": entry.body}
    return {**shown, "change": json.loads(entry.body)["changes"][0]}


def redrive(store: ParkedStore, requested: Redrive, new_id: Callable[[], str]) -> dict[str, Any]:
    """Note the request to try refused changes again; the schedule carries it out within a minute or so."""
    store.request_redrive(requested, new_id())
    return {
        "accepted": True,
        "tenant": requested.tenant,
        "code": requested.code,
        "source": requested.source,
        "key": requested.key,
        "group": requested.group,
        "parked_ids": list(requested.parked_ids),
    }
