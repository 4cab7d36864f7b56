"""What lookups need from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from causeway.connections.connection import Connection
from causeway.push.memory.claims.answers import Seen
from causeway.salesforce.calls import Lookup, Row
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.sync import Sync


class Connections(Protocol):
    """Stored connections: see gateways/dynamodb/config/connections.py."""

    def get(self, tenant: str) -> Connection: ...


class Syncs(Protocol):
    """Stored syncs: see gateways/dynamodb/config/syncs.py."""

    def list(self, tenant: str) -> Sequence[Sync]: ...


class Memory(Protocol):
    """Where entities are kept: see gateways/dynamodb/state/claims.py; a look claims nothing."""

    def look(self, tenant: str, identifiers: Iterable[str]) -> Mapping[str, Seen]: ...


class Org(Protocol):
    """The reading calls to one org (gateways/salesforce/composite.py)."""

    @property
    def api_calls(self) -> int: ...
    def read(self, lookups: Sequence[Lookup], timeout_s: float) -> list[list[Row]]: ...


class Answers(Protocol):
    """
    Kept answers (gateways/dynamodb/lookup_answers.py).

    `get` returns an answer and when it was read (epoch ms). `take` counts one call in a window, and returns False once as many are
    taken as `most` was for the first of them.
    """

    def get(self, tenant: str, question: str) -> tuple[Mapping[str, Any], int] | None: ...
    def put(self, tenant: str, question: str, answer: Mapping[str, Any], at_ms: int, keep_s: int) -> None: ...
    def take(self, tenant: str, window: str, most: int, until_s: int) -> bool: ...


class Place(NamedTuple):
    """By what a tenant's identifiers are made: the org, and what the keys of each source may stand for."""

    org_id: str
    kinds: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class LookupPorts:
    """
    Everything a lookup reads.

    `described_again` asks the org, past what is cached. `described`, it and `org` raise NotFound, NotConnected, ReconnectionRequired
    or a RetryableError. `at_once` makes calls side by side and returns each result, or the exception in its place.
    `places` are those where the tenants' identifiers were last, as far as this execution environment knows.
    """

    connections: Connections
    syncs: Syncs
    memory: Memory
    described: Callable[[str, str], SObjectDescribe]
    described_again: Callable[[str, str], SObjectDescribe]
    is_described: Callable[[str, str], bool]
    org: Callable[[str], Org]
    answers: Answers
    now_ms: Callable[[], int]
    at_once: Callable[[Sequence[Callable[[], Any]]], Sequence[Any]]
    quota_share_percent: int = 80
    places: dict[str, Place] = field(default_factory=dict)
