"""Checks every address that Salesforce returns against the hosts that are Salesforce's own. Pure."""

from __future__ import annotations

import re
from typing import Final

from causeway.connections.oauth.clouds import CLOUDS, DEFAULT, served
from causeway.errors import CausewayError

MAX_LENGTH: Final = 2048


class UntrustedAddress(CausewayError):
    """An answer names an address outside Salesforce's domains: nothing is sent there."""

    code = "untrusted_address"


def trusted_origin(address: str, loopback: tuple[str, ...] = (), clouds: tuple[str, ...] = DEFAULT) -> str:
    """
    Return the origin of an address that Salesforce returned (`instance_url`, `id`, a Bulk or next-records location).

    Raises UntrustedAddress unless it is https on a login host or My Domain of a served cloud, without port and user-info, or
    exactly a listed loopback origin.
    """
    listed = listed_loopback(address, loopback)
    if listed:
        return listed
    host = plain_host(address, "https://")
    if host and any(host in cloud.login_hosts or cloud.is_my_domain(host) for cloud in served(clouds)):
        return f"https://{host}"
    raise UntrustedAddress("Salesforce's answer names an address outside its domains.", "Nothing was sent there.")


def trusted_path(address: str, instance_url: str) -> str:
    """
    Return the path of a location that the org returned: relative, or absolute on the same origin.

    Raises UntrustedAddress for another origin, for anything outside `/services/` and for dot segments.
    """
    path = address.removeprefix(instance_url) if address.startswith(f"{instance_url}/") else address
    plain = path.isascii() and path.isprintable() and not any(sign in path for sign in " \\\"'<>@")
    segments = path.split("?", 1)[0].lower().replace("%2e", ".").replace("%2f", "/").split("/")
    if not plain or not path.startswith("/services/") or len(path) > MAX_LENGTH:
        raise UntrustedAddress("The org's answer names a location outside its API.", "Nothing was read from there.")
    if ".." in segments or "." in segments or "" in segments[1:-1]:
        raise UntrustedAddress("The org's answer names a location outside its API.", "Nothing was read from there.")
    return path


def is_sandbox_host(origin: str) -> bool:
    """Return whether an origin belongs to sandboxes and scratch orgs, whose identity host is the sandboxes' login host."""
    host = origin.split("://", 1)[-1]
    return origin in (cloud.sandbox_login for cloud in CLOUDS.values()) or ".sandbox." in host or ".scratch." in host


def is_login_host(origin: str) -> bool:
    """Return whether an origin is a login host for all orgs, and no org's own."""
    return any(origin in (cloud.production_login, cloud.sandbox_login) for cloud in CLOUDS.values())


def listed_loopback(address: str, loopback: tuple[str, ...]) -> str:
    """Return the listed loopback origin that an address is at, or ""."""
    for origin in loopback:
        if address == origin or address.startswith((f"{origin}/", f"{origin}?")):
            return origin
    return ""


def plain_host(address: str, scheme: str) -> str:
    """Return the lower-case host of an address, or "" when anything about it is unusual (port, user-info, escapes, …)."""
    if not address.isascii() or not address.isprintable() or len(address) > MAX_LENGTH:
        return ""
    if any(sign in address for sign in " \\\"'<>") or not address.lower().startswith(scheme):
        return ""
    authority = re.split(r"[/?#]", address[len(scheme) :], maxsplit=1)[0]
    return authority.lower() if re.fullmatch(r"[A-Za-z0-9.-]{1,253}", authority) else ""
