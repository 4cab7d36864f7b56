"""Which addresses webhooks may go to: https on the public internet, by name, on port 443. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from causeway.connections.oauth.hosts import listed_loopback
from causeway.errors import InvalidRequest

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_LENGTH = 2_048
MAX_NAME, MAX_LABEL = 253, 63  # RFC 1035: characters of a name, and of each part between its dots
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
# IANA's special-purpose registries, as far as Python's `is_global` lets them pass: protocol assignments, 6to4 relays, documentation.
_SPECIAL_4 = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
_SPECIAL_6 = (ipaddress.IPv6Network("2001::/23"), ipaddress.IPv6Network("3fff::/20"))
_LOCAL = (".local", ".internal", ".localhost", ".home.arpa", ".lan", ".corp")


def checked_url(url: str, loopback: tuple[str, ...] = ()) -> str:
    """Return a URL to which events may be posted; raise InvalidRequest with what to enter instead."""
    if listed_loopback(url, loopback):
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
    """
    Return whether an IP address that a name leads to is on the public internet, also where IPv6 wraps an IPv4 address.

    Of IPv6 only 2000::/3 is given out for that (IANA, Internet Protocol Version 6 Address Space).
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not found.is_multicast and not found.is_reserved and not _is_in(found, _SPECIAL_4)
    wrapped = _wrapped(found)
    if wrapped is not None:
        return is_public(str(wrapped))
    return found in _GLOBAL_6 and found.is_global and not _is_in(found, _SPECIAL_6)


def _is_in(found: Address, networks: Iterable[Network]) -> bool:
    return any(found in network for network in networks)


def _wrapped(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that is reached by an IPv6 address: mapped, 6to4 (RFC 3056), NAT64 (RFC 6052)."""
    if found in _NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour
