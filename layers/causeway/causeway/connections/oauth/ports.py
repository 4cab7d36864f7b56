"""What connecting in a browser needs from outside, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from causeway.connections.oauth.clouds import DEFAULT
from causeway.connections.pages.html import Page
from causeway.errors import CausewayError


class Markers(Protocol):
    """Single-use marks: see gateways/dynamodb/config/markers.py."""

    def spend(self, link: str, expires_at_ms: int) -> bool: ...
    def is_spent(self, link: str) -> bool: ...
    def are_links_ended(self, tenant: str, user: str, issued_at_ms: int) -> bool: ...
    def keep_state(self, state: str, values: Mapping[str, Any], expires_at_ms: int) -> bool: ...
    def take_state(self, state: str, now_ms: int) -> Mapping[str, Any] | None: ...


class Broker(Protocol):
    """The token broker: see gateways/aws/broker.py."""

    def ask(self, action: str, tenant: str, **request: Any) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ConnectPorts:
    """What connecting needs; `new_secret` returns 256 random bits as URL-safe text, `findings` checks permissions
    afterwards; `product` is the name that the pages ask for."""

    markers: Markers
    broker: Broker
    link_key: bytes
    public_url: str
    now_ms: Callable[[], int]
    new_secret: Callable[[], str]
    findings: Callable[[str], Sequence[Mapping[str, Any]]] = lambda tenant: ()
    loopback: tuple[str, ...] = ()
    clouds: tuple[str, ...] = DEFAULT
    return_urls: tuple[str, ...] = ()
    product: str | None = None

    @property
    def redirect_uri(self) -> str:
        """Return the callback address: a constant of the deployment, never taken from a request."""
        return f"{self.public_url}/oauth/callback"


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the browser goes next (303), and the cookies to set or drop."""

    location: str
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, and the cookies to set with it."""

    page: Page
    cookies: tuple[str, ...] = ()


def problem_of(answer: Mapping[str, Any]) -> CausewayError:
    """Return the problem in a broker's answer that a person must solve."""
    return CausewayError(str(answer.get("message", "")), str(answer.get("remedy", "")))
