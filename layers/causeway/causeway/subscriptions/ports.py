"""What subscriptions need from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from causeway.subscriptions.notices import Notice
from causeway.subscriptions.subscription import Subscription


class Pending(NamedTuple):
    """A notice that waits for delivery, and where it is stored."""

    place: str
    notice: Notice


class Store(Protocol):
    """
    Subscriptions and their notices (gateways/dynamodb/subscriptions.py).

    `claim` takes a subscription's lease, None while another holds it or it is gone. `save` writes under that lease and returns whether
    it was still held. `add` keeps a notice once per id, or counts it into its digest. `sent` moves one to what can be replayed.
    """

    def list(self, tenant: str) -> Sequence[Subscription]: ...
    def get(self, tenant: str, subscription: str) -> Subscription | None: ...
    def put(self, subscription: Subscription) -> None: ...
    def delete(self, tenant: str, subscription: str) -> None: ...
    def claim(self, tenant: str, subscription: str, until_ms: int, now_ms: int) -> Subscription | None: ...
    def save(self, subscription: Subscription, *, until_ms: int) -> None: ...
    def add(self, subscription: str, notice: Notice) -> None: ...
    def pending(self, subscription: str, upto_ms: int, limit: int) -> Sequence[Pending]: ...
    def next_at_ms(self, subscription: str) -> int | None: ...
    def sent(self, subscription: str, pending: Pending, at_ms: int) -> None: ...
    def replay(self, subscription: str, since_ms: int, now_ms: int) -> int: ...


class Answer(NamedTuple):
    """What a receiver answered: its HTTP status (0: none came), and why not in a sentence."""

    status: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class SubscriptionPorts:
    """
    Everything that subscriptions use.

    `post` sends a body to a URL with headers, without following redirects; `mail` publishes a text for one subscription; `invite`
    asks an address to confirm its mail and returns a name for it, by which `uninvite` ends it. `later` has a subscription delivered
    after some seconds. `mail_operators` mails subject and text to whoever runs the deployment.
    """

    store: Store
    key: Callable[[], bytes]
    post: Callable[[str, Mapping[str, str], str], Answer]
    mail: Callable[[str, str, str], Answer]
    mail_operators: Callable[[str, str], Answer]
    invite: Callable[[str, str], str]
    uninvite: Callable[[str], None]
    later: Callable[[str, str, int], None]
    publish: Callable[[str, Mapping[str, Any]], None]
    now_ms: Callable[[], int]
    new_id: Callable[[], str]
    loopback: tuple[str, ...] = ()
