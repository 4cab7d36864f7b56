"""Salesforce record Ids: shape, checksum, key prefix (reference: SOAP API guide, ID field type)."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)
_CHECKSUM_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

KEY_PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "User": "005",
    "Group": "00G",
    "Opportunity": "006",
    "Task": "00T",
    "Event": "00U",
    "RecordType": "012",
    "Organization": "00D",
    "Campaign": "701",
    "CampaignMember": "00v",
    "Case": "500",
}


def to18(record_id: str) -> str:
    """Return the case-safe 18-character form of a valid Id of 15 or 18 characters."""
    short = record_id[:15]
    return short + "".join(_checksum_letter(short[start : start + 5]) for start in (0, 5, 10))


def _checksum_letter(group: str) -> str:
    return _CHECKSUM_LETTERS[sum(1 << place for place, letter in enumerate(group) if "A" <= letter <= "Z")]


def valid_id(text: object, *prefixes: str) -> str | None:
    """
    Return the 18-character Id, or None when `text` is no Id (shape, checksum) or begins with none of `prefixes`.

    One malformed Id fails a whole SOQL query, so nothing else may enter one.
    """
    if not isinstance(text, str) or not _SHAPE.fullmatch(text := text.strip()):
        return None
    full = to18(text)
    if len(text) == 18 and full != text:
        return None
    return full if not prefixes or full.startswith(prefixes) else None


def prefixes_of(sobjects: tuple[str, ...]) -> tuple[str, ...]:
    """Return the key prefixes of `sobjects`, or none when one of them is not a well-known sObject (then any prefix may be right)."""
    known = tuple(KEY_PREFIXES[name] for name in sobjects if name in KEY_PREFIXES)
    return known if len(known) == len(sobjects) else ()
