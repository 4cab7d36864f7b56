"""Which hosts a deployment talks to: one check for what an admin types and for every address Salesforce returns. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from causeway.errors import CausewayError, InvalidRequest

PRODUCTION_LOGIN: Final = "https://login.salesforce.com"
SANDBOX_LOGIN: Final = "https://test.salesforce.com"
_LOGIN_HOSTS: Final = {"login.salesforce.com", "test.salesforce.com"}
_MAX_LENGTH: Final = 2048

# My Domain login URL formats, enhanced domains (Salesforce Help, "My Domain URL Formats").
_PARTITION: Final = r"(?:\.(?:sandbox|develop|scratch|trailblaze|demo|patch|stage|pc))*"
_LABEL: Final = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MY_DOMAIN: Final = re.compile(rf"{_LABEL}{_PARTITION}\.my\.salesforce\.com")
_LIGHTNING: Final = re.compile(rf"({_LABEL}{_PARTITION})\.lightning\.force\.com")
_SHORT: Final = re.compile(rf"({_LABEL}{_PARTITION})\.salesforce\.com")
_INSTANCE: Final = re.compile(
    r"(?:na|eu|ap|cs|um|gs|us|usa|ca|can|br|bra|uk|gbr|de|deu|fr|fra|it|ita|ch|che|se|swe|es|esp|ind|jp|jpn|kr|kor|sg|sgp"
    r"|au|aus|il|isr|ae|are|id|idn|hyperforce)\d{1,4}[a-z]?(?:-api)?"
)
# Salesforce's own sites: no org has one of these as its My Domain.
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


class UntrustedAddress(CausewayError):
    """Salesforce, or somebody in its name, returned an address outside its domains: nothing is sent there."""

    code = "untrusted_address"


@dataclass(frozen=True, slots=True)
class LoginAddress:
    """Where an admin signs in; `changed` says that it is not what was typed and must be shown before going on."""

    origin: str
    changed: bool = False

    @property
    def host(self) -> str:
        """Return what a person reads: the host, with the port of a loopback address."""
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
    listed = _listed_loopback(text, loopback)
    if listed:
        return LoginAddress(listed)
    host = _typed_host(text)
    if host in _LOGIN_HOSTS or (_MY_DOMAIN.fullmatch(host) and not _is_reserved(host)):
        if _INSTANCE.fullmatch(host.split(".", 1)[0]):
            raise _refused(f"{host} is the address of a Salesforce instance, not of your org.", _FIND)
        return LoginAddress(f"https://{host}")
    return LoginAddress(f"https://{_my_domain_of(host)}", changed=True)


def trusted_origin(address: str, loopback: tuple[str, ...] = ()) -> str:
    """
    Return the origin of an address that Salesforce returned (`instance_url`, `id`, a Bulk or next-records location).

    Raises UntrustedAddress unless it is https on login., test. or a My Domain without port and user-info, or exactly a
    listed loopback origin.
    """
    listed = _listed_loopback(address, loopback)
    if listed:
        return listed
    host = _plain_host(address, "https://")
    if host in _LOGIN_HOSTS or (host and _MY_DOMAIN.fullmatch(host)):
        return f"https://{host}"
    raise UntrustedAddress("Salesforce's answer names an address outside its domains.", "Nothing was sent there.")


def trusted_path(address: str, instance_url: str) -> str:
    """
    Return the path of a location that the org returned: relative, or absolute on the very same origin.

    Raises UntrustedAddress for another origin, for anything outside `/services/` and for dot segments.
    """
    path = address.removeprefix(instance_url) if address.startswith(f"{instance_url}/") else address
    plain = path.isascii() and path.isprintable() and not any(sign in path for sign in " \\\"'<>@")
    segments = path.split("?", 1)[0].lower().replace("%2e", ".").replace("%2f", "/").split("/")
    if not plain or not path.startswith("/services/") or len(path) > _MAX_LENGTH:
        raise UntrustedAddress("The org's answer names a location outside its API.", "Nothing was read from there.")
    if ".." in segments or "." in segments or "" in segments[1:-1]:
        raise UntrustedAddress("The org's answer names a location outside its API.", "Nothing was read from there.")
    return path


def is_sandbox_host(origin: str) -> bool:
    """Return whether an origin belongs to sandboxes and scratch orgs, whose identity host is test.salesforce.com."""
    host = origin.split("://", 1)[-1]
    return host == "test.salesforce.com" or ".sandbox." in host or ".scratch." in host


def _listed_loopback(address: str, loopback: tuple[str, ...]) -> str:
    for origin in loopback:
        if address == origin or address.startswith((f"{origin}/", f"{origin}?")):
            return origin
    return ""


def _plain_host(address: str, scheme: str) -> str:
    """Return the lower-case host of an address, or "" when anything about it is unusual (port, user-info, escapes, …)."""
    if not address.isascii() or not address.isprintable() or len(address) > _MAX_LENGTH:
        return ""
    if any(sign in address for sign in " \\\"'<>") or not address.lower().startswith(scheme):
        return ""
    authority = re.split(r"[/?#]", address[len(scheme) :], maxsplit=1)[0]
    return authority.lower() if re.fullmatch(r"[A-Za-z0-9.-]{1,253}", authority) else ""


def _typed_host(text: str) -> str:
    """Return the host of what was typed; raise the sentence that fits what is wrong with it."""
    if not text.isascii() or not text.isprintable() or len(text) > _MAX_LENGTH:
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
    host = _plain_host(f"https://{authority}", "https://")
    if not host:
        raise _refused("The address contains characters that no Salesforce address has.", _ENTER)
    return host


def _my_domain_of(host: str) -> str:
    """Return the My Domain behind a Lightning or short host; raise the sentence for every other one."""
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


def is_allowed_return(url: str, allowed: tuple[str, ...]) -> bool:
    """
    Return whether a return URL may be redirected to: exact origin, and a path at or below an allowed one.

    `allowed` are absolute URLs; `https://app.example/settings` allows itself and `https://app.example/settings/…`. Paths that a
    server might read as another one are refused: dot segments, and escaped slashes, backslashes and percent signs.
    """
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in " \\\"'<>"):
        return False
    asked = urlsplit(url)
    path = asked.path.lower().replace("%2e", ".")
    if asked.username or asked.password or re.search(r"%(?:25|2f|5c)|(?:^|/)\.{1,2}(?:[/;]|$)", path):
        return False
    return any(_covers(urlsplit(each), asked.scheme, asked.netloc, asked.path) for each in allowed)


def _covers(allowed: SplitResult, scheme: str, netloc: str, path: str) -> bool:

    if (allowed.scheme, allowed.netloc.lower()) != (scheme, netloc.lower()):
        return False
    prefix = allowed.path.rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/")
