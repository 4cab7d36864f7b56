"""Access to an org: read each time, decrypted once, renewed once for all callers, and an event when the quota runs low."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from causeway.connections.connection import Status, Usage
from causeway.connections.oauth.flow import TokenEndpointUnavailable
from causeway.connections.tokens.deauthorizing import deauthorize
from causeway.errors import NotConnected, OrgUnavailable, ReconnectionRequired
from causeway.gateways.aws.access_tokens import StoredAccess
from causeway.gateways.aws.token_encryption import EncryptionUnavailable
from causeway.salesforce.access import Access

from tests.support.connections.broker_world import World, a_world
from tests.support.connections.fakes import DirectBroker


@dataclass
class Published:
    """Keeps what was published."""

    events: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def __call__(self, kind: str, detail: Mapping[str, Any]) -> None:
        self.events.append((kind, detail))


def an_access(world: World, published: Published | None = None) -> StoredAccess:
    ports = world.ports
    return StoredAccess(
        world.connections, world.encryption, DirectBroker(ports), ports.now_ms, ports.sleep, published or Published()
    )


def test_a_token_is_decrypted_once_per_version() -> None:
    world = a_world()
    stored = an_access(world)
    first = stored.access("acme")
    world.encryption.down = True
    assert stored.access("acme") == first


def test_a_token_that_this_role_may_not_open_is_renewed() -> None:
    """It was sealed before purposes came; the broker seals the next one for readers of access tokens."""
    world = a_world()
    world.change(replace(world.record, sealed_token=b"acme||00D!sealed-long-ago"))
    assert an_access(world).access("acme").token_version == 2
    assert len(world.endpoint.asked("refresh")) == 1


def test_a_token_is_not_renewed_because_the_encryption_is_down() -> None:
    world = a_world()
    world.encryption.down = True
    with pytest.raises(EncryptionUnavailable):
        an_access(world).access("acme")
    assert not world.endpoint.asked("refresh")


def test_a_renewed_access_is_newer_and_what_every_other_caller_gets_too() -> None:
    world = a_world()
    one, other = an_access(world), an_access(world)
    stale = one.access("acme")
    renewed = one.renewed(stale)
    assert (renewed.token_version, renewed.access_token != stale.access_token) == (2, True)
    assert other.renewed(stale) == renewed
    assert len(world.endpoint.asked("refresh")) == 1


def test_deauthorizing_is_noticed_at_the_next_call() -> None:
    world = a_world()
    stored = an_access(world)
    stale = stored.access("acme")
    deauthorize("acme", world.ports)
    with pytest.raises(NotConnected, match="ended here by an admin"):
        stored.access("acme")
    with pytest.raises(NotConnected):
        stored.renewed(stale)


def test_a_lost_connection_says_why() -> None:
    world = a_world()
    world.endpoint.alive = False
    stored = an_access(world)
    with pytest.raises(ReconnectionRequired) as lost:
        stored.renewed(stored.access("acme"))
    assert (lost.value.cause, "Reconnect" in lost.value.remedy) == ("grant_ended", True)


def test_while_another_refresh_hangs_the_caller_waits_20_seconds_and_gives_the_work_back() -> None:
    world = a_world()
    stored = an_access(world)
    stale = stored.access("acme")
    world.change(replace(world.record, fence=1, lease_owner="another", lease_until_ms=world.now_ms + 90_000))
    with pytest.raises(OrgUnavailable) as later:
        stored.renewed(stale)
    assert later.value.retry_after_s == 30
    assert 20 <= sum(world.slept_s) <= 24


def test_when_salesforce_takes_no_token_request_nobody_waits_for_another_refresh() -> None:
    world = a_world()
    stored = an_access(world)
    world.endpoint.script = [TokenEndpointUnavailable("503")]
    with pytest.raises(OrgUnavailable):
        stored.renewed(stored.access("acme"))
    assert world.slept_s == []


def test_a_connection_without_a_token_gets_one() -> None:
    world = a_world()
    world.change(replace(world.record, sealed_token=b""))
    assert an_access(world).access("acme").token_version == 2


@pytest.mark.parametrize("status", [Status.PENDING, Status.DISCONNECTED])
def test_no_other_status_gives_access(status: Status) -> None:
    world = a_world()
    world.change(replace(world.record, connection=replace(world.connection, status=status)))
    with pytest.raises(NotConnected):
        an_access(world).access("acme")


def test_passing_80_percent_of_the_quota_is_published_once() -> None:
    world, published = a_world(), Published()
    stored = an_access(world, published)
    for at, used in enumerate((10, 79, 80, 95, 60, 81)):
        stored.note_usage("acme", Usage(used, 100, at))
    assert [(kind, detail["used"]) for kind, detail in published.events] == [
        ("quota.threshold", 80),
        ("quota.threshold", 81),
    ]


def test_an_access_never_shows_its_token() -> None:
    access = an_access(a_world()).access("acme")
    assert isinstance(access, Access)
    assert access.access_token not in repr(access) + str(access)
