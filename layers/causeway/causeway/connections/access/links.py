"""Connect links: what one carries, how it is signed and read back. Pure: key, clock and randomness are given."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from pydantic import Field

from causeway.contract.names import Strict
from causeway.errors import RejectedError

LINK_LIFE_MS: Final = 15 * 60 * 1000
INVITE_LIFE_MS: Final = 7 * 24 * 3600 * 1000
_MAX_TOKEN: Final = 8192
# One key signs several kinds of things: the purpose keeps one from passing for another.
_LINK_PURPOSE: Final = b"causeway connect link v1:"
_PKCE_PURPOSE: Final = b"causeway pkce verifier v1:"


class LinkRefused(RejectedError):
    """A connect link that is forged, expired or used."""

    code = "link_refused"


class ConnectLinkRequest(Strict):
    """What a backend asks a connect link for; the link is bound to the person, whose role must allow connecting."""

    user: str = Field(min_length=1, max_length=256)
    role: Literal["integrator", "manager", "operator"]
    salesforce_url: str | None = Field(default=None, max_length=2048)
    environment: Literal["production", "sandbox"] = "production"
    name: str | None = Field(default=None, min_length=1, max_length=80)
    return_url: str | None = Field(default=None, max_length=2048)
    invite: bool = False


@dataclass(frozen=True, slots=True)
class ConnectLink:
    """
    What a link carries; it is readable by its holder, so there is no secret in it.

    `id` is its single-use mark. `confirmed_org` is set only on the link behind the button that confirms a change of org,
    `sign_in_again` on the one that asks Salesforce for another user than the one signed in.
    """

    id: str
    tenant: str
    user: str
    role: str
    expires_at_ms: int
    login_origin: str = ""
    environment: str = "production"
    name: str = ""
    return_url: str = ""
    confirmed_org: str = ""
    sign_in_again: bool = False


def signed_link(link: ConnectLink, key: bytes) -> str:
    """Return the link as a URL-safe text: payload and its HMAC-SHA256."""
    payload = json.dumps(asdict(link), separators=(",", ":"), sort_keys=True).encode()
    return f"{encoded(payload)}.{encoded(_mac(key, _LINK_PURPOSE, payload))}"


def read_link(text: str, key: bytes, now_ms: int) -> ConnectLink:
    """Return the link behind a text; raise LinkRefused when this deployment did not sign it or it is too old."""
    payload_text, _, mac_text = text[:_MAX_TOKEN].partition(".")
    try:
        payload, mac = decoded(payload_text), decoded(mac_text)
    except ValueError as error:
        raise _invalid() from error
    if not hmac.compare_digest(mac, _mac(key, _LINK_PURPOSE, payload)):
        raise _invalid()
    link = ConnectLink(**json.loads(payload))
    if link.expires_at_ms <= now_ms:
        raise LinkRefused(
            "This link has expired.",
            "Ask for a new one in the product: links live 15 minutes, invitations up to 7 days.",
        )
    return link


def used_link() -> LinkRefused:
    """Return the refusal of a link that was spent before."""
    return LinkRefused("This link has been used already.", "Ask for a new one in the product: each link works once.")


def pkce_verifier(state: str, key: bytes) -> str:
    """Return the code verifier of a state: 256 bits that only this deployment can derive, so that none is stored (RFC 7636)."""
    return encoded(_mac(key, _PKCE_PURPOSE, state.encode()))


def pkce_challenge(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 §4.2)."""
    return encoded(hashlib.sha256(verifier.encode()).digest())


def digest(secret: str) -> str:
    """Return the form in which states, cookies, link marks and sessions are stored: a SHA-256 that gives nothing away."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in a time that tells nothing about where two texts differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes of canonical base64url; raise ValueError for any other text."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encoded(data) != text:
        raise ValueError("not canonical base64url")
    return data


def _mac(key: bytes, purpose: bytes, payload: bytes) -> bytes:
    return hmac.new(key, purpose + payload, hashlib.sha256).digest()


def _invalid() -> LinkRefused:
    return LinkRefused(
        "This link is not valid: it was cut or changed on the way, or another installation made it.",
        "Copy the whole link, or ask for a new one in the product.",
    )
