"""What the syncs' use cases need from outside: where syncs are kept, the org's describes, and the product's fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.field_paths import Related
from causeway.syncs.discovery.product_fields import ProductField
from causeway.syncs.sync import Problem, Sync


class SyncStore(Protocol):
    """Where syncs are kept; `put` raises Conflict unless the revision is the expected one (None: there is none yet)."""

    def list(self, tenant: str) -> Sequence[Sync]: ...
    def get(self, tenant: str, sync_id: str) -> Sync | None: ...
    def put(self, tenant: str, sync: Sync, *, expected_revision: int | None, due_at_ms: int | None = None) -> Sync: ...
    def note_problems(self, tenant: str, sync: Sync, problems: tuple[Problem, ...]) -> None: ...
    def delete(self, tenant: str, sync_id: str) -> None: ...


class Describes(Protocol):
    """
    The org's describes; raises NotFound, NotConnected, ReconnectionRequired or a RetryableError.

    `described_now` asks the org whatever is cached; `known_at_ms` says when the describe given last was known to be true (epoch ms).
    """

    def described(self, tenant: str, sobject: str) -> SObjectDescribe: ...
    def described_now(self, tenant: str, sobject: str) -> SObjectDescribe: ...
    def known_at_ms(self, tenant: str, sobject: str) -> int: ...


class PullCheck(Protocol):
    """What a run would meet that reads for a sync: from its describe, and from asking the org (pull/save_check.py)."""

    def __call__(self, tenant: str, sync: Sync, describe: SObjectDescribe, related: Related) -> Sequence[Problem]: ...


class ProductFields(Protocol):
    """The product's own fields per source."""

    def get(self, tenant: str, source: str) -> Sequence[ProductField]: ...
