"""Cut changes into push messages: at most 500 changes and 1 MiB each, in bytes as sent. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, to_jsonable_python

from causeway_client.errors import Fault, InvalidChanges
from causeway_client.generated.push import Change, PushMessage

MAX_CHANGES = 500  # docs/messages.md
MAX_BYTES = 1_048_576  # SQS limit: of one message, and of all entries of one SendMessageBatch
MAX_ENTRIES = 10  # SQS limit: entries of one SendMessageBatch

# SQS refuses these in a body, and UTF-8 has no half of a surrogate pair; in JSON they may stand as an escape.
_ESCAPED = re.compile("[\ud800-\udfff\ufffe\uffff]")
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

type GivenChange = Change | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CutMessage:
    """One push message: its body, its size in bytes, and the changes in it as they are sent."""

    body: str
    size: int
    changes: tuple[dict[str, Any], ...]


def cut(
    tenant: str, source: str, changes: Iterable[GivenChange], run: str | None = None, *, urgent: bool = False
) -> list[CutMessage]:
    """
    Return the messages that carry the changes in their order; a change stays whole.

    Raises InvalidChanges when a change breaks the contract or is larger than a message may be, and ValueError for a tenant,
    source or run that no message may name.
    """
    opening = _opening(tenant, source, run, urgent=urgent)
    room = MAX_BYTES - len((opening + "]}").encode())
    texts: list[tuple[dict[str, Any], str, int]] = []
    faults: list[Fault] = []
    for position, given in enumerate(changes):
        try:
            change = _as_sent(given)
            text = _text(change)
        except (ValidationError, PydanticSerializationError, ValueError) as error:
            faults.append(Fault(position, _key_of(given), _reason(error)))
            continue
        size = len(text.encode())
        if size > room:
            faults.append(Fault(position, _key_of(given), f"it is {size:,} bytes long, and a message takes {room:,}"))
        texts.append((change, text, size))
    if faults:
        raise InvalidChanges(faults)
    return [_message(opening, part) for part in _parts(texts, room)]


def entries(messages: Sequence[CutMessage]) -> Iterator[list[CutMessage]]:
    """Yield the messages in groups that one SendMessageBatch takes."""
    group: list[CutMessage] = []
    for message in messages:
        if group and (len(group) == MAX_ENTRIES or sum(each.size for each in group) + message.size > MAX_BYTES):
            yield group
            group = []
        group.append(message)
    if group:
        yield group


def _opening(tenant: str, source: str, run: str | None, *, urgent: bool) -> str:
    head: dict[str, Any] = {"version": 1, "tenant": tenant, "source": source} | ({} if run is None else {"run": run})
    head |= {"urgent": True} if urgent else {}
    try:
        PushMessage.model_validate({**head, "changes": [{"key": "any"}]})
    except ValidationError as error:
        raise ValueError(f"No message may say this: {_reason(error)}.") from None
    return _text(head)[:-1] + ',"changes":['


def _as_sent(given: GivenChange) -> dict[str, Any]:
    """Return a change as JSON: what is not set is left out, what a field sets to null stays."""
    change = given if isinstance(given, Change) else Change.model_validate(given)
    dumped = change.model_dump(exclude_unset=True)
    set_values = {name: value for name, value in dumped.items() if value is not None}
    sent: dict[str, Any] = to_jsonable_python(set_values, inf_nan_mode="constants")  # a NaN is refused, not made a null
    return sent


def _text(value: Any) -> str:
    text = _encoder.encode(value)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) if _ESCAPED.search(text) else text


def _parts(texts: list[tuple[dict[str, Any], str, int]], room: int) -> Iterator[list[tuple[dict[str, Any], str, int]]]:
    part: list[tuple[dict[str, Any], str, int]] = []
    used = 0
    for each in texts:
        size = each[2] + (1 if part else 0)  # a comma before all but the first
        if part and (len(part) == MAX_CHANGES or used + size > room):
            yield part
            part, used, size = [], 0, each[2]
        part.append(each)
        used += size
    if part:
        yield part


def _message(opening: str, part: list[tuple[dict[str, Any], str, int]]) -> CutMessage:
    body = opening + ",".join(text for _, text, _ in part) + "]}"
    return CutMessage(body, len(body.encode()), tuple(change for change, _, _ in part))


def _key_of(given: GivenChange) -> str | None:
    key = given.key if isinstance(given, Change) else given.get("key") if isinstance(given, Mapping) else None
    return key if isinstance(key, str) else None


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {first['msg']}" if place else first["msg"]
    return f"it is no JSON: {error}"
