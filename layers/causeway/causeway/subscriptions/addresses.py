"""Which addresses webhooks may go to: https on the public internet, by name, on port 443. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from causeway.errors import InvalidRequest

MAX_LENGTH = 2_048
MAX_NAME, MAX_LABEL = 253, 63  # RFC 1035: characters of a name, and of each part between its dots
_LOCAL = (".local", ".internal", ".localhost", ".home.arpa", ".lan", ".corp")


def is_listed(url: str, loopback: Sequence[str]) -> bool:
    """Return whether a URL is at one of these origins of this machine (a simulated receiver), which are not checked."""
    return any(url == origin or url.startswith(f"{origin}/") for origin in loopback)


def checked_url(url: str, loopback: tuple[str, ...] = ()) -> str:
    """Return a URL to which events may be posted; raise InvalidRequest with what to enter instead."""
    if is_listed(url, loopback):
        return url
    fault = _fault(url)
    if fault:
        raise InvalidRequest(
            f"Events cannot be sent to this address: {fault}.", "Enter an https URL on a public host.", fields=("url",)
        )
    return url


def _fault(url: str) -> str:
    if len(url) > MAX_LENGTH or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return "it has characters that an address cannot have, or too many"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "it is no address"
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme != "https":
        return "it must begin with https://"
    if parts.username or parts.password or "@" in parts.netloc:
        return "it must not hold a user name or password"
    if port not in (None, 443):
        return "only port 443 is allowed"
    if not host or "." not in host or host.endswith(_LOCAL) or _is_number(host):
        return "its host must be a public name, not an IP address or a local one"
    if len(host) > MAX_NAME or any(not 0 < len(label) <= MAX_LABEL for label in host.split(".")):
        return f"each part of its host's name, between the dots, must have 1 to {MAX_LABEL} characters"
    return ""


def _is_number(host: str) -> bool:
    """Return whether a host is an IP address in any writing: no top-level domain begins with a digit or has a colon."""
    return ":" in host or host.rpartition(".")[2][:1].isdigit()


def is_public(address: str) -> bool:
    """Return whether an IP address that a name leads to is on the public internet, also where IPv6 wraps an IPv4 address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or _nat64(found)
        if wrapped is not None:
            return is_public(str(wrapped))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _nat64(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address in one of the prefix 64:ff9b::/96 (RFC 6052)."""
    if found in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return None
