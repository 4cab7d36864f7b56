"""Push messages as products send them (docs/messages.md): read, checked change by change, and refused with a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError, model_validator

from causeway.contract.changes import About, Change, Utterance
from causeway.contract.names import SOURCE, TENANT, Strict
from causeway.contract.reading.message_faults import described
from causeway.contract.reading.message_text import (
    BYTE_ORDER_MARK,
    LEFT_OUT,
    MessageJson,
    Unstorable,
    as_sent,
    refuse_faults,
    refuse_repeated,
)
from causeway.contract.reading.moments import moment_ms

UNREADABLE = "_unreadable"  # the tenant under which messages that name none are parked
MAX_CHANGES = 500
MAX_KEY = 256
LATEST_MS = 5 * 60_000  # how far ahead of its sending a change may claim to have happened
REMEDY = "Correct the product's message (docs/messages.md has the shape) and send it again."


def _storable_key(key: str) -> str:
    if LEFT_OUT in key:
        raise ValueError("holds a character that cannot be stored")
    return key


Key = Annotated[str, StringConstraints(min_length=1, max_length=MAX_KEY), AfterValidator(_storable_key)]


def _moment_ms(value: Any) -> int:
    at_ms = moment_ms(value) if isinstance(value, str) else None
    if at_ms is None:
        raise ValueError("a moment is RFC 3339 or ISO 8601 with a zone, such as 2026-11-20T10:00:00Z")
    return at_ms


Moment = Annotated[
    int,
    BeforeValidator(
        _moment_ms, json_schema_input_type=Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    ),
]


def _one(value: Any) -> Any:
    """Tell 1 from true, which Python takes for the same."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class UtteranceBody(Strict):
    """One message of a conversation."""

    at: Moment
    speaker: str = Field(max_length=256)
    text: str


class AboutBody(Strict):
    """Whom an activity concerns: a record of the product, or a person by email."""

    source: str | None = Field(default=None, pattern=SOURCE)
    key: Key | None = None
    email: str | None = Field(default=None, min_length=3, max_length=320)

    @model_validator(mode="after")
    def _names_one(self) -> AboutBody:
        by_key = self.source is not None and self.key is not None
        if by_key == (self.email is not None) or (self.source is None) != (self.key is None):
            raise ValueError("about is either source and key, or email")
        return self


class ChangeBody(Strict):
    """What a product says about one record at one moment."""

    key: Key
    occurred_at: Moment | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    conversation: list[UtteranceBody] | None = None
    about: AboutBody | None = None


class EnvelopeBody(Strict):
    """The message around the changes, which are checked one by one."""

    version: Annotated[Literal[1], BeforeValidator(_one)]
    tenant: str = Field(pattern=TENANT)
    source: str = Field(pattern=SOURCE)
    run: str | None = Field(default=None, max_length=128)
    urgent: bool = False
    changes: list[Any] = Field(min_length=1, max_length=MAX_CHANGES)


class PushMessage(EnvelopeBody):
    """The whole message, for its published JSON Schema."""

    changes: list[ChangeBody] = Field(min_length=1, max_length=MAX_CHANGES)


class Refused(NamedTuple):
    """A message, or one change of it, that breaks the contract: whose it is as far as that could be read, and why."""

    tenant: str
    reason: str
    body: str
    source: str | None = None
    key: str | None = None
    position: int = 0
    run: str | None = None
    code: str = "invalid_message"


class Message(NamedTuple):
    """One parsed message: the good changes, what was refused, and whether the changes may be gathered with later ones."""

    changes: tuple[Change, ...]
    refused: tuple[Refused, ...]
    may_wait: bool = True


def parse_message(body: str, sent_at_ms: int, first_sent: Sequence[int] = ()) -> Message:
    """
    Read one message; never raises. A missing `occurred_at` is the time of sending.

    A change that was kept and is sent again keeps the time of `first_sent`, per position (the last one for all others).
    """
    text = MessageJson(body)
    try:
        raw = text.load()
        refuse_repeated(raw)
    except Unstorable as error:
        return _refused_whole(body, UNREADABLE, f"The message breaks its contract: {error}.")
    except (ValueError, RecursionError) as error:
        return _refused_whole(body, UNREADABLE, f"The message is no JSON: {error}.")
    try:
        envelope = EnvelopeBody.model_validate(raw)
    except ValidationError as error:
        return _refused_whole(
            body, _named_tenant(raw), f"The message breaks its contract: {described(error)}.", _named_source(raw)
        )
    changes: list[Change] = []
    refused: list[Refused] = []
    for position, raw_change in enumerate(envelope.changes):
        try:
            if not text.is_whole:
                refuse_faults(raw_change)
            sent_ms = _sent_ms(sent_at_ms, first_sent, position)
            changes.append(_change(envelope, ChangeBody.model_validate(raw_change), sent_ms, position))
        except (ValidationError, OverflowError, RecursionError, Unstorable) as error:
            refused.append(_refused_change(envelope, raw_change, position, error))
    return Message(tuple(changes), tuple(refused), may_wait=not (envelope.urgent or refused))


def _sent_ms(sent_at_ms: int, first_sent: Sequence[int], position: int) -> int:
    """Return when a change was sent: its first time if known, at most the time of its message."""
    known = first_sent[min(position, len(first_sent) - 1)] if first_sent else 0
    return min(known, sent_at_ms) or sent_at_ms


def addressed(body: str) -> tuple[str | None, str | None]:
    """Return the tenant and source that a message names, as far as they can be read."""
    try:
        raw = json.loads(body.removeprefix(BYTE_ORDER_MARK))
    except (ValueError, RecursionError):
        return None, None
    return _named(raw, "tenant", TENANT), _named_source(raw)


def _change(envelope: EnvelopeBody, body: ChangeBody, sent_at_ms: int, position: int) -> Change:
    said_ms = sent_at_ms if body.occurred_at is None else body.occurred_at
    occurred_ms = min(said_ms, sent_at_ms + LATEST_MS)
    conversation = body.conversation
    return Change(
        tenant=envelope.tenant,
        source=envelope.source,
        key=body.key,
        occurred_at_ms=occurred_ms,
        sent_at_ms=sent_at_ms,
        position=position,
        fields=body.fields,
        conversation=None
        if conversation is None
        else tuple(Utterance(item.at, item.speaker, item.text) for item in conversation),
        about=About(body.about.source, body.about.key, body.about.email) if body.about else None,
        run=envelope.run,
        clamped=occurred_ms != said_ms,
    )


def _refused_whole(body: str, tenant: str, reason: str, source: str | None = None) -> Message:
    return Message((), (Refused(tenant, reason, body, source),))


def crashed_message(body: str, fault: str) -> Refused:
    """Return the refusal of a message that could not be read for a defect of Causeway; it may be sent again as it is."""
    tenant, source = addressed(body)
    reason = f"Causeway failed on this message ({fault}): a defect of Causeway. No other message is held back."
    return Refused(tenant or UNREADABLE, reason, body, source, code="crashed")


def _refused_change(envelope: EnvelopeBody, raw: Any, position: int, error: Exception) -> Refused:
    key = raw.get("key") if isinstance(raw, Mapping) else None
    whole = {**envelope.model_dump(exclude={"changes"}, exclude_none=True, exclude_defaults=True), "changes": [raw]}
    return Refused(
        envelope.tenant,
        f"The change breaks its contract: {_why(error)}.",
        json.dumps(whole, ensure_ascii=False, default=as_sent),
        envelope.source,
        _readable_key(key),
        position,
        envelope.run,
    )


def _readable_key(key: Any) -> str | None:
    """Return by which key a refused change is reported: a number as its text, None when there is nothing to go by."""
    text = json.dumps(key) if isinstance(key, (int, float)) else key
    return text if isinstance(text, str) and 0 < len(text) <= MAX_KEY else None


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return described(error)
    return str(error) if isinstance(error, Unstorable) else "a value is out of range"


def _named(raw: Any, name: str, pattern: str) -> str | None:
    value = raw.get(name) if isinstance(raw, Mapping) else None
    return value if isinstance(value, str) and re.fullmatch(pattern, value) else None


def _named_tenant(raw: Any) -> str:
    return _named(raw, "tenant", TENANT) or UNREADABLE


def _named_source(raw: Any) -> str | None:
    return _named(raw, "source", SOURCE)


class Delivery(NamedTuple):
    """
    One queue message as delivered: `redriven` when a person asked for its refused changes to be tried again.

    `first_sent` are the times at which its changes (the last one for all others) were sent before they were kept, `syncs` those
    for which they were refused: they are tried again for these alone. Without any it is for all. `receives` counts its deliveries.
    """

    message_id: str
    body: str
    sent_at_ms: int
    receipt: str = ""
    redriven: bool = False
    first_sent: tuple[int, ...] = ()
    syncs: tuple[str, ...] = ()
    receives: int = 1

    def concerns(self, position: int, sync: str) -> bool:
        """Whether the change at a position is to be settled for a sync."""
        return not self.syncs or sync == self.syncs[min(position, len(self.syncs) - 1)]
