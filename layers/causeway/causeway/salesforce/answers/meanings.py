"""The few things that an answer of Salesforce can mean, and the rule that gives one of them to a code. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Meaning(StrEnum):
    """What the sender of a request does next."""

    SESSION = "session"
    """The access token has ended: the request is sent again with a new one."""
    OUTAGE = "outage"
    """It passes by itself, and nothing was applied."""
    UNSURE = "unsure"
    """It passes by itself, and the request may have been applied."""
    LOCKED = "locked"
    """Another transaction is in the way for a moment."""
    QUOTA = "quota"
    """The org's daily API quota is spent."""
    PERSON = "person"
    """It waits until a person has changed something."""
    GONE = "gone"
    """The grant has ended for good: a person must connect again."""
    SMALLER = "smaller"
    """Salesforce takes the same request in smaller parts only."""
    REFUSED = "refused"
    """It never succeeds unchanged: the record, the field or the sync has to change."""
    OURS = "ours"
    """The request itself is wrong, which is a fault of the connector."""
    UNKNOWN = "unknown"
    """It is in no table: treated as passing a few times, then as a refusal that quotes Salesforce."""


class Blames(StrEnum):
    """What a refusal is about, as far as its code says."""

    REQUEST = "request"
    VALUE = "value"
    """The value of a field that the answer may name; the record can be saved without it."""
    REFERENCE = "reference"
    """A value that refers to a record which does not exist, or is hidden or of another kind."""
    RECORD = "record"


class Rule(NamedTuple):
    """
    One row of the table: what a code means; `words` (lower case) tell rules of one code apart by the message.

    `passes` is for SMALLER: unchanged, it may succeed as well. `changed` says that the record is no longer what was read,
    `outdated` that the describe is. `own_code` is Causeway's word for it where it has one. `retry_after_s` is the shortest useful wait.
    """

    code: str
    meaning: Meaning
    sentence: str
    remedy: str = ""
    words: str = ""
    blames: Blames = Blames.REQUEST
    passes: bool = False
    changed: bool = False
    outdated: bool = False
    own_code: str = ""
    retry_after_s: float | None = None
