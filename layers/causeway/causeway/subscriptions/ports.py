"""What subscriptions need from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from causeway.subscriptions.notices import Notice
from causeway.subscriptions.subscription import Subscription

_NOT_OF_THE_REQUEST = frozenset({401, 403, 404, 407, 408, 425, 429})  # HTTP statuses


class Tries(NamedTuple):
    """How often a notice was refused, and when it is to be tried again."""

    number: int = 0
    next_ms: int = 0


class Pending(NamedTuple):
    """A notice that waits for delivery, where it is stored, and how often it was refused."""

    place: str
    notice: Notice
    tries: Tries = Tries()


class Store(Protocol):
    """
    Subscriptions (gateways/dynamodb/subscriptions/table.py).

    `change` writes what differs between two states of one as a person asks for it, and returns False when another person was faster or
    it is gone. `claim` takes a subscription's lease until a time; None when it is gone, or when another worker holds it, which learns of
    it. `keep` and `release` write how deliveries stand under that lease. `keep` returns whether it is still held and no person changed
    anything meanwhile. `release` ends the lease, and returns whether another worker came meanwhile: there may be more to deliver.
    """

    def list(self, tenant: str) -> Sequence[Subscription]: ...
    def get(self, tenant: str, subscription: str) -> Subscription | None: ...
    def create(self, subscription: Subscription) -> None: ...
    def change(self, before: Subscription, after: Subscription) -> bool: ...
    def delete(self, tenant: str, subscription: str) -> None: ...
    def claim(self, tenant: str, subscription: str, until_ms: int, now_ms: int) -> Subscription | None: ...
    def keep(self, subscription: Subscription, until_ms: int) -> bool: ...
    def release(self, subscription: Subscription, until_ms: int) -> bool: ...


class Notices(Protocol):
    """
    What subscriptions are told (gateways/dynamodb/subscriptions/notices.py).

    `add` keeps a notice once per event, or counts it into its digest. `pending` returns what waits behind a place, oldest first. `sent`
    moves one to what can be replayed, `put_off` keeps how often it was refused, `refuse` gives it up, counted and with the reason.
    `replay` lets what was sent since a moment wait again, and all that was given up, and returns how many.
    """

    def add(self, subscription: str, notice: Notice) -> None: ...
    def pending(self, subscription: str, behind: str, limit: int) -> Sequence[Pending]: ...
    def sent(self, subscription: str, pending: Pending, at_ms: int) -> None: ...
    def put_off(self, subscription: str, pending: Pending, tries: Tries) -> None: ...
    def refuse(self, subscription: Subscription, pending: Pending, why: str, at_ms: int) -> None: ...
    def replay(self, subscription: str, since_ms: int, now_ms: int) -> int: ...


class Answer(NamedTuple):
    """What a receiver answered: its HTTP status (0: none came), and why not in a sentence."""

    status: int
    why: str = ""

    @property
    def is_refusal(self) -> bool:
        """Whether it refuses the very request that was sent, as a 4xx does that says nothing of the sender, the address or the time."""
        return 400 <= self.status < 500 and self.status not in _NOT_OF_THE_REQUEST


@dataclass(frozen=True, slots=True)
class SubscriptionPorts:
    """
    Everything that subscriptions use.

    `post` sends a body to a URL with headers, without following redirects; `mail` publishes a text for one subscription; `invite`
    asks an address to confirm its mail and returns a name for it, by which `uninvite` ends it. `later` has a subscription delivered
    after some seconds. `mail_operators` mails subject and text to whoever runs the deployment.
    """

    store: Store
    notices: Notices
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
