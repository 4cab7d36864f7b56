"""Turns what an admin typed into the address to sign in at, or says what to enter instead. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from causeway.connections.oauth.hosts import (
    LABEL,
    LOGIN_HOSTS,
    MAX_LENGTH,
    MY_DOMAIN,
    PARTITION,
    PRODUCTION_LOGIN,
    SANDBOX_LOGIN,
    listed_loopback,
    plain_host,
)
from causeway.errors import InvalidRequest

_LIGHTNING: Final = re.compile(rf"({LABEL}{PARTITION})\.lightning\.force\.com")
_SHORT: Final = re.compile(rf"({LABEL}{PARTITION})\.salesforce\.com")
_INSTANCE: Final = re.compile(
    r"(?:na|eu|ap|cs|um|gs|us|usa|ca|can|br|bra|uk|gbr|de|deu|fr|fra|it|ita|ch|che|se|swe|es|esp|ind|jp|jpn|kr|kor|sg|sgp"
    r"|au|aus|il|isr|ae|are|id|idn|hyperforce)\d{1,4}[a-z]?(?:-api)?"
)
# Salesforce's own sites: no org has one of these names as its My Domain.
_RESERVED: Final = {
    *("www", "my", "login", "test", "help", "developer", "developers", "trailhead", "trust", "status", "appexchange"),
    *(
        "partners",
        "setup",
        "admin",
        "api",
        "sandbox",
        "develop",
        "scratch",
        "demo",
        "patch",
        "stage",
        "pc",
        "lightning",
    ),
}

_FIND: Final = (
    "Enter your My Domain, such as acme.my.salesforce.com: in Salesforce open Setup, search for My Domain "
    "and copy the Current My Domain URL."
)
_ENTER: Final = (
    "Enter login.salesforce.com, test.salesforce.com for a sandbox, or your My Domain such as acme.my.salesforce.com."
)


@dataclass(frozen=True, slots=True)
class LoginAddress:
    """Where an admin signs in; `changed` means that it differs from what was typed and must be shown first."""

    origin: str
    changed: bool = False

    @property
    def host(self) -> str:
        """Return the host as shown to a person, with the port of a loopback address."""
        return self.origin.split("://", 1)[1]


def login_address(typed: str, environment: str = "production", loopback: tuple[str, ...] = ()) -> LoginAddress:
    """
    Return where to sign in for what an admin typed or pasted; an empty text means the environment's login host.

    Accepts a missing scheme, any path and query, upper case, Lightning and short forms of a My Domain. Loopback http is
    accepted only where `loopback` lists the exact origin. Raises InvalidRequest with a sentence that says what to enter.
    """
    text = typed.strip()
    if not text:
        return LoginAddress(SANDBOX_LOGIN if environment == "sandbox" else PRODUCTION_LOGIN)
    listed = listed_loopback(text, loopback)
    if listed:
        return LoginAddress(listed)
    host = _typed_host(text)
    if host in LOGIN_HOSTS or (MY_DOMAIN.fullmatch(host) and not _is_reserved(host)):
        if _INSTANCE.fullmatch(host.split(".", 1)[0]):
            raise _refused(f"{host} is the address of a Salesforce instance, not of your org.", _FIND)
        return LoginAddress(f"https://{host}")
    return LoginAddress(f"https://{_my_domain_of(host)}", changed=True)


def _typed_host(text: str) -> str:
    """Return the host of what was typed; raise InvalidRequest that says what is wrong with it."""
    if not text.isascii() or not text.isprintable() or len(text) > MAX_LENGTH:
        raise _refused("The address contains characters that no Salesforce address has.", _ENTER)
    scheme, mark, rest = text.partition("://")
    if mark and scheme.lower() == "http":
        raise _refused("The address begins with http://, which is not encrypted.", "Enter it with https:// or without.")
    if mark and scheme.lower() != "https":
        raise _refused("The address is not a web address of Salesforce.", _ENTER)
    authority = re.split(r"[/?#]", rest if mark else text, maxsplit=1)[0]
    if "@" in authority:
        raise _refused("The address contains a user name or an @ sign.", _ENTER)
    if ":" in authority or "[" in authority:
        raise _refused("The address contains a port or a colon.", "Enter it without: " + _ENTER[6:])
    if re.fullmatch(r"(?:0x)?[0-9a-f]*(?:\.(?:0x)?[0-9a-f]*)*", authority.lower()) and re.search(r"\d", authority):
        raise _refused("The address is an IP address.", _ENTER)
    host = plain_host(f"https://{authority}", "https://")
    if not host:
        raise _refused("The address contains characters that no Salesforce address has.", _ENTER)
    return host


def _my_domain_of(host: str) -> str:
    """Return the My Domain of a Lightning or short host; raise InvalidRequest for any other host."""
    lightning = _LIGHTNING.fullmatch(host)
    if host.endswith((".force.com", ".site.com", ".salesforce-sites.com")) and not lightning:
        raise _refused(f"{host} is a page of Salesforce that no app can sign in at.", _FIND)
    found = lightning or _SHORT.fullmatch(host)
    if found and _INSTANCE.fullmatch(found[1].split(".", 1)[0]):
        raise _refused(f"{host} is the address of a Salesforce instance, not of your org.", _FIND)
    if found and not _is_reserved(host):
        return f"{found[1]}.my.salesforce.com"
    if host.endswith(".my.salesforce-setup.com"):
        setup = host.removesuffix("-setup.com") + ".com"
        raise _refused(f"{host} is the address of Salesforce's Setup pages.", f"Enter {setup} instead.")
    if host == "salesforce.com" or host.endswith(".salesforce.com"):
        raise _refused(f"{host} is a page of Salesforce, not the address of an org.", _FIND)
    raise _refused(f"{host} is not a Salesforce address.", _ENTER)


def _is_reserved(host: str) -> bool:
    return host.split(".", 1)[0] in _RESERVED


def _refused(message: str, remedy: str) -> InvalidRequest:
    return InvalidRequest(message, remedy, fields=("salesforce_url",))
