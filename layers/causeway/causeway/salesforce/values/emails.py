"""E-mail addresses as people send them, and as an org without internationalized email accepts them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

from causeway.salesforce.values.texts import INVISIBLE

# Before the @: letters, digits and !#$%&'*+-/=?^_`{|}~ with single dots between them; after it: labels of letters, digits
# and inner hyphens (Salesforce Help, Guidelines for Email Fields).
_LOCAL, _LABEL = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-", r"A-Za-z0-9"
_ADDRESS = re.compile(
    rf"[{_LOCAL}]+(?:\.[{_LOCAL}]+)*@(?:[{_LABEL}](?:[{_LABEL}-]{{0,61}}[{_LABEL}])?\.)+[{_LABEL}](?:[{_LABEL}-]{{0,61}}[{_LABEL}])?",
    re.ASCII,
)
# The same with letters of any script (RFC 6531): somebody's address, though only orgs with internationalized email store it.
_INTERNATIONAL = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?"
)
MAX_EMAIL_LENGTH = 80  # Contact.Email and Lead.Email
MAX_LOCAL_PART = 64
MAX_SENT = 1_000  # longer texts are no address, whatever stands around it

_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]+)>[^<>@]*", re.DOTALL)
_COMMENT = re.compile(r"\s*\([^()@]*\)\s*$")
_QUOTES = "\"'“”‘’«»`"


@lru_cache(maxsize=4096)
def cleaned_email(text: str) -> str:
    """
    Return the address that a text holds, in its own case, without what people and programs leave around it.

    Removed are invisible characters, white space around, `mailto:` with its parameters, a display name, comments, quotes
    and final punctuation; full-width letters become plain ones. What is no address afterwards is returned as far as it got.
    """
    if len(text) > MAX_SENT:
        return text.strip()
    address = _trimmed(INVISIBLE.sub("", _plain_width(unicodedata.normalize("NFC", text))))
    if found := _IN_BRACKETS.fullmatch(address):
        address = _trimmed(found[1])
    if address[:7].lower() == "mailto:":
        address = _trimmed(unquote(address[7:].partition("?")[0]))
    return _trimmed(_trimmed(_COMMENT.sub("", address)).rstrip(".,;:"))


def _trimmed(text: str) -> str:
    return text.strip().strip(_QUOTES).strip()


def _plain_width(text: str) -> str:
    """Return full-width forms of ASCII as ASCII, as East Asian keyboards send them."""
    if text.isascii():
        return text
    return "".join(chr(ord(letter) - 0xFEE0) if "！" <= letter <= "～" else letter for letter in text)


def accepted_email(text: object) -> str | None:
    """Return the cleaned address in its own case, or None when an org without internationalized email refuses it."""
    if not isinstance(text, str):
        return None
    address = cleaned_email(text)
    if len(address.partition("@")[0]) > MAX_LOCAL_PART or not _ADDRESS.fullmatch(address):
        return None
    return address


def normalized_email(text: object) -> str | None:
    """
    Return an address cleaned and in lower case, or None when it cannot be a match key.

    An internationalized address identifies its person, too, though most orgs do not store it.
    """
    if not isinstance(text, str):
        return None
    address = cleaned_email(text)
    fits = len(address) <= MAX_EMAIL_LENGTH and len(address.partition("@")[0]) <= MAX_LOCAL_PART
    return address.lower() if fits and (_ADDRESS if address.isascii() else _INTERNATIONAL).fullmatch(address) else None


def was_cleaned(text: str) -> bool:
    """Return whether more than white space around the address had to be removed."""
    return cleaned_email(text) != text.strip()


def email_fault(text: object) -> str:
    """Return what keeps a text from being an address, as the rest of a sentence: which character, and where."""
    if not isinstance(text, str):
        return "it is no text"
    address = cleaned_email(text)
    if "@" not in address:
        return f"it has no @; {_character_fault(address, address) or 'it is no address'}"
    if address.count("@") > 1:
        return "it has more than one @; send one address"
    local, _, domain = address.partition("@")
    if not local or len(local) > MAX_LOCAL_PART:
        return f"there must be 1 to {MAX_LOCAL_PART} characters before the @"
    if len(address) > MAX_EMAIL_LENGTH:
        return f"it has {len(address)} characters, and Salesforce stores {MAX_EMAIL_LENGTH}"
    return _character_fault(address, local) or _domain_fault(domain)


def _character_fault(address: str, local: str) -> str:
    for place, letter in enumerate(address, 1):
        allowed = r"[\w!#$%&'*+/=?^`{|}~.-]" if place <= len(local) else r"[\w.@-]"
        if not re.fullmatch(allowed, letter):
            shown = "a space" if letter.isspace() else f"the character {letter!r}"
            return f"{shown} at place {place} cannot be part of an address"
    return ""


def _domain_fault(domain: str) -> str:
    if "." not in domain:
        return f"the part after the @ ({domain or 'nothing'}) has no dot, so it is no domain"
    return "dots and hyphens may only stand between letters and digits"
