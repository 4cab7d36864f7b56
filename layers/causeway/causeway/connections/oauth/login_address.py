"""Turns what an admin typed into the address to sign in at, or says what to enter instead. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from causeway.connections.oauth.clouds import DEFAULT, LABEL, PARTITION, STANDARD, Cloud, cloud_of, served
from causeway.connections.oauth.hosts import MAX_LENGTH, listed_loopback, plain_host
from causeway.errors import InvalidRequest

_ORG: Final = re.compile(rf"{LABEL}{PARTITION}")
_WELCOME: Final = {
    "welcome"
}  # pages that only lead on to the login host (Salesforce Help, "Set the My Domain Login Policy")
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


@dataclass(frozen=True, slots=True)
class LoginAddress:
    """Where an admin signs in; `changed` means that it differs from what was typed and must be shown first."""

    origin: str
    changed: bool = False

    @property
    def host(self) -> str:
        """Return the host as shown to a person, with the port of a loopback address."""
        return self.origin.split("://", 1)[1]


def login_address(
    typed: str,
    environment: str = "production",
    loopback: tuple[str, ...] = (),
    clouds: tuple[str, ...] = DEFAULT,
) -> LoginAddress:
    """
    Return where to sign in for what an admin typed or pasted; an empty text means the environment's login host.

    Accepts a missing scheme, any path and query, upper case, Lightning and short forms of a My Domain, in the clouds that the
    deployment serves. A loopback address is accepted only where `loopback` lists the exact origin. Raises InvalidRequest with a
    sentence that says what to enter.
    """
    text = typed.strip()
    usual = next(iter(served(clouds)), STANDARD)
    if not text:
        return LoginAddress(_login(usual, environment))
    listed = listed_loopback(text, loopback)
    if listed:
        return LoginAddress(listed)
    host = _typed_host(text, usual)
    cloud = cloud_of(host)
    if cloud is None:
        raise _refused(f"{host} is not a Salesforce address.", _enter(usual))
    if cloud not in served(clouds):
        raise _not_served(host, cloud)
    if host in cloud.login_hosts:
        return LoginAddress(f"https://{host}")
    return _org_address(host, cloud, environment)


def _login(cloud: Cloud, environment: str) -> str:
    return cloud.sandbox_login if environment == "sandbox" else cloud.production_login


def _org_address(host: str, cloud: Cloud, environment: str) -> LoginAddress:
    """Return the My Domain that a host of the cloud is, or stands for; raise InvalidRequest for any other host."""
    name = host.split(".", 1)[0]
    if host in (f"{each}.{cloud.base}" for each in _WELCOME):
        return LoginAddress(_login(cloud, environment), changed=True)
    is_my_domain = cloud.is_my_domain(host) and name not in _RESERVED
    if is_my_domain and not _INSTANCE.fullmatch(name):
        return LoginAddress(f"https://{host}")
    return LoginAddress(f"https://{_my_domain_of(host, cloud)}", changed=True)


def _typed_host(text: str, usual: Cloud) -> str:
    """Return the host of what was typed; raise InvalidRequest that says what is wrong with it."""
    if not text.isascii() or not text.isprintable() or len(text) > MAX_LENGTH:
        raise _refused("The address contains characters that no Salesforce address has.", _enter(usual))
    scheme, mark, rest = text.partition("://")
    if mark and scheme.lower() == "http":
        raise _refused("The address begins with http://, which is not encrypted.", "Enter it with https:// or without.")
    if mark and scheme.lower() != "https":
        raise _refused("The address is not a web address of Salesforce.", _enter(usual))
    authority = re.split(r"[/?#]", rest if mark else text, maxsplit=1)[0]
    if "@" in authority:
        raise _refused("The address contains a user name or an @ sign.", _enter(usual))
    if ":" in authority or "[" in authority:
        raise _refused("The address contains a port or a colon.", "Enter it without: " + _enter(usual)[6:])
    if re.fullmatch(r"(?:0x)?[0-9a-f]*(?:\.(?:0x)?[0-9a-f]*)*", authority.lower()) and re.search(r"\d", authority):
        raise _refused("The address is an IP address.", _enter(usual))
    host = plain_host(f"https://{authority}", "https://")
    if not host:
        raise _refused("The address contains characters that no Salesforce address has.", _enter(usual))
    return host


def _my_domain_of(host: str, cloud: Cloud) -> str:
    """Return the My Domain of a Lightning or short host; raise InvalidRequest for any other host."""
    named = next((host.removesuffix(f".{each}") for each in cloud.lightning if host.endswith(f".{each}")), "")
    if not named and any(host == each or host.endswith(f".{each}") for each in cloud.pages):
        raise _refused(f"{host} is a page of Salesforce that no app can sign in at.", _find(cloud))
    if cloud.setup and host.endswith(f".my.{cloud.setup}"):
        own = host.removesuffix(cloud.setup) + cloud.base
        raise _refused(f"{host} is the address of Salesforce's Setup pages.", f"Enter {own} instead.")
    named = named or host.removesuffix(f".my.{cloud.base}").removesuffix(f".{cloud.base}")
    if _ORG.fullmatch(named) and _INSTANCE.fullmatch(named.split(".", 1)[0]):
        raise _refused(f"{host} is the address of a Salesforce instance, not of your org.", _find(cloud))
    if host.endswith(f".my.{cloud.base}") or not _ORG.fullmatch(named) or named.split(".", 1)[0] in _RESERVED:
        raise _refused(f"{host} is a page of Salesforce, not the address of an org.", _find(cloud))
    return f"{named}.my.{cloud.base}"


def _not_served(host: str, cloud: Cloud) -> InvalidRequest:
    return _refused(
        f"{host} is an address of {cloud.title}, which this connector is not set up for.",
        f"Ask whoever runs the connector to add {cloud.name} to the deployment's parameter SalesforceClouds; "
        "the product's support can tell you who that is.",
    )


def _find(cloud: Cloud) -> str:
    return (
        f"Enter your My Domain, such as acme.my.{cloud.base}: in Salesforce open Setup, search for My Domain "
        "and copy the Current My Domain URL."
    )


def _enter(cloud: Cloud) -> str:
    production, sandbox = cloud.login_hosts
    return f"Enter {production}, {sandbox} for a sandbox, or your My Domain such as acme.my.{cloud.base}."


def _refused(message: str, remedy: str) -> InvalidRequest:
    return InvalidRequest(message, remedy, fields=("salesforce_url",))
