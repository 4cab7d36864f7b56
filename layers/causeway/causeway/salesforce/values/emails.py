"""E-mail addresses as an org without internationalized email accepts them."""

from __future__ import annotations

import re

# Before the @: letters, digits and !#$%&'*+-/=?^_`{|}~ with single dots between them; after it: labels of letters, digits
# and inner hyphens (Salesforce Help, Guidelines for Email Fields).
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
    re.ASCII,
)
MAX_EMAIL_LENGTH = 80  # Contact.Email and Lead.Email
MAX_LOCAL_PART = 64


def accepted_email(text: object) -> str | None:
    """Return the address trimmed and in its own case, or None when an org without internationalized email refuses it."""
    if not isinstance(text, str):
        return None
    address = text.strip()
    if len(address.partition("@")[0]) > MAX_LOCAL_PART or not _ADDRESS.fullmatch(address):
        return None
    return address


def normalized_email(text: object) -> str | None:
    """Return an address trimmed and in lower case, or None when it cannot be a match key."""
    address = accepted_email(text)
    return address.lower() if address and len(address) <= MAX_EMAIL_LENGTH else None
