"""What Salesforce's answer about one record means for a push, by the rules that all share (salesforce/answers/)."""

from __future__ import annotations

import re

from causeway.salesforce.answers.meanings import Blames, Meaning
from causeway.salesforce.answers.reading import RULES, codes, rule_of
from causeway.salesforce.calls import Save, SaveError

# The record changed after it was read: read it again and decide anew.
STALE = frozenset(rule.code for rule in RULES if rule.changed)
# The value of the fields that the error names cannot be saved, the rest of the record can.
DROPPABLE = codes(blames=frozenset({Blames.VALUE, Blames.REFERENCE}))
# One of the lookups leads nowhere; these mostly do not say which.
REFERENCES = codes(blames=frozenset({Blames.REFERENCE}))
# A field is gone or closed: its describe is outdated.
OUTDATED_DESCRIBE = frozenset(rule.code for rule in RULES if rule.outdated)
_PASSING = frozenset({Meaning.OUTAGE, Meaning.LOCKED, Meaning.QUOTA})
# INVALID_FIELD and INVALID_FIELD_FOR_INSERT_UPDATE name their fields in the text, mostly there alone.
_UNKNOWN_COLUMN = r"No such column '(\w+)'"
_CLOSED_FIELDS = r"Unable to create/update fields: ([\w, ]+?)\."


def is_passing(error: SaveError) -> bool:
    """Return whether the record may be saved unchanged a moment later: it is tried again alone."""
    rule = rule_of(0, error.code, error.message)
    return rule.meaning in _PASSING or rule.passes


def is_too_many(error: SaveError) -> bool:
    """Return whether the record may be saved among fewer others: a limit of the org's automation was exceeded."""
    rule = rule_of(0, error.code, error.message)
    return rule.meaning is Meaning.SMALLER and not rule.passes


def is_locked(error: SaveError) -> bool:
    """Return whether another transaction, or another record of the same call, held a record that the save locks."""
    return rule_of(0, error.code, error.message).meaning is Meaning.LOCKED


def blamed_fields(save: Save, error: SaveError) -> list[str]:
    """Return the sent fields that an error names."""
    named = error.fields or tuple(re.findall(_UNKNOWN_COLUMN, error.message)) or _closed_fields(error.message)
    sent = {name.lower(): name for name in save.values}
    return [sent[name.lower()] for name in named if name.lower() in sent]


def _closed_fields(message: str) -> tuple[str, ...]:
    return tuple(name.strip() for names in re.findall(_CLOSED_FIELDS, message) for name in names.split(","))
