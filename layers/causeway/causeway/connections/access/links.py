"""Signs and reads connect links. Pure: key, time and randomness are parameters."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from pydantic import Field

from causeway.connections.access.encoding import decoded, encoded, mac
from causeway.contract.names import Strict
from causeway.errors import RejectedError

LINK_LIFE_MS: Final = 15 * 60 * 1000
INVITE_LIFE_MS: Final = 7 * 24 * 3600 * 1000
_MAX_TOKEN: Final = 8192
_LINK_PURPOSE: Final = b"causeway connect link v1:"


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
    What a link carries; its holder can read it, so it contains no secret.

    `id` is its single-use mark; a link issued before its person's sessions were ended no longer works.
    `confirmed_org` is set only on the link of the button that confirms a change of org,
    `sign_in_again` on the one that has Salesforce ask for another user.
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
    issued_at_ms: int = 0


def signed_link(link: ConnectLink, key: bytes) -> str:
    """Return the link as a URL-safe text: payload and its HMAC-SHA256."""
    payload = json.dumps(asdict(link), separators=(",", ":"), sort_keys=True).encode()
    return f"{encoded(payload)}.{encoded(mac(key, _LINK_PURPOSE, payload))}"


def read_link(text: str, key: bytes, now_ms: int) -> ConnectLink:
    """Return the link that a text encodes; raise LinkRefused when this deployment did not sign it or it has expired."""
    payload_text, _, mac_text = text[:_MAX_TOKEN].partition(".")
    try:
        payload, signature = decoded(payload_text), decoded(mac_text)
    except ValueError as error:
        raise _invalid() from error
    if not hmac.compare_digest(signature, mac(key, _LINK_PURPOSE, payload)):
        raise _invalid()
    link = ConnectLink(**json.loads(payload))
    if link.expires_at_ms <= now_ms:
        raise LinkRefused(
            "This link has expired.",
            "Ask for a new one in the product: links live 15 minutes, invitations up to 7 days.",
        )
    return link


def used_link() -> LinkRefused:
    """Return the refusal of a link that was used before."""
    return LinkRefused("This link has been used already.", "Ask for a new one in the product: each link works once.")


def ended_link() -> LinkRefused:
    """Return the refusal of a link that an operator ended together with the person's sessions."""
    return LinkRefused("This link was ended.", "Ask for a new one in the product.")


def _invalid() -> LinkRefused:
    return LinkRefused(
        "This link is not valid: it was cut or changed on the way, or another installation made it.",
        "Copy the whole link, or ask for a new one in the product.",
    )
