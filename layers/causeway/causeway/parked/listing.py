"""List what was refused or waits, and request that it is sent again."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import replace
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


def redrive(store: ParkedStore, requested: Redrive, now_ms: int, new_id: Callable[[], str]) -> dict[str, Any]:
    """Note the request to try refused changes again; the schedule carries it out within a minute or so."""
    requested = replace(requested, requested_at_ms=now_ms)
    total = store.count_refused(requested)
    redrive_id = new_id()
    store.request_redrive(replace(requested, total=total, left=total), redrive_id)
    return {"accepted": True, "redrive_id": redrive_id, "total": total, **_selection(requested)}


def redrives(store: ParkedStore, tenant: str) -> list[dict[str, Any]]:
    """Return a tenant's requests to redrive, newest first, each with how far it is: those under way are counted anew."""
    return [_redrive_json(redrive_id, each, store) for redrive_id, each in store.redrives_of(tenant)[:PAGE]]


def _redrive_json(redrive_id: str, redrive: Redrive, store: ParkedStore) -> dict[str, Any]:
    if not redrive.ended_at_ms:
        redrive = replace(redrive, left=store.count_refused(redrive))
    return {
        "redrive_id": redrive_id.partition("#")[2],
        **_selection(redrive),
        "status": _status(redrive),
        "requested_at": rfc3339(redrive.requested_at_ms),
        "ended_at": rfc3339(redrive.ended_at_ms) if redrive.ended_at_ms else None,
        "total": redrive.total,
        "sent": redrive.sent,
        "passed_over": redrive.passed_over,
        "left": redrive.left,
        "percent": redrive.percent,
    }


def _status(redrive: Redrive) -> str:
    if redrive.ended_at_ms:
        return "completed" if redrive.is_settled else "unsettled"
    if redrive.all_sent_at_ms:
        return "settling"
    return "sending" if redrive.sent else "waiting"


def _selection(redrive: Redrive) -> dict[str, Any]:
    return {
        "tenant": redrive.tenant,
        "code": redrive.code,
        "source": redrive.source,
        "key": redrive.key,
        "group": redrive.group,
        "parked_ids": list(redrive.parked_ids),
    }
