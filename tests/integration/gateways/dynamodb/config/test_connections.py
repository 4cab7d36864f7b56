"""ConnectionTable and its fake keep one contract: changes only against the epoch and fence last read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from causeway.connections.connection import Connection, Status, Usage
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.gateways.dynamodb.config.connections import ConnectionTable
from moto import mock_aws

from tests.support.connections.factories import CONFIG_TABLE, NOW_MS, a_config_table, a_connection, a_record
from tests.support.connections.fakes import MemoryConnections

type Connections = ConnectionTable | MemoryConnections


@pytest.fixture(params=["dynamodb", "memory"])
def connections(request: pytest.FixtureRequest) -> Iterator[Connections]:
    if request.param == "memory":
        yield MemoryConnections()
        return
    with mock_aws():
        yield ConnectionTable(a_config_table(), CONFIG_TABLE)


def a_stored(connections: Connections, record: ConnectionRecord | None = None) -> ConnectionRecord:
    record = record or a_record()
    assert connections.save(connections.record(record.tenant), record)
    return record


def test_a_tenant_that_never_connected_is_disconnected_at_epoch_0(connections: Connections) -> None:
    assert connections.get("acme") == Connection("acme", status=Status.DISCONNECTED, epoch=0)


def test_a_saved_connection_reads_back_whole(connections: Connections) -> None:
    assert connections.record("acme") != (stored := a_stored(connections))
    assert connections.record("acme") == stored


def test_a_lease_is_taken_by_one_of_two_who_saw_the_same_fence(connections: Connections) -> None:
    seen = a_stored(connections)
    assert connections.save(seen, replace(seen, fence=1, lease_owner="first", lease_until_ms=NOW_MS + 9))
    assert not connections.save(seen, replace(seen, fence=1, lease_owner="second", lease_until_ms=NOW_MS + 9))
    assert connections.record("acme").lease_owner == "first"


def test_nothing_is_saved_under_an_epoch_that_has_passed(connections: Connections) -> None:
    seen = a_stored(connections)
    ended = replace(seen, connection=replace(seen.connection, status=Status.DISCONNECTED, epoch=2), sealed_token=b"")
    assert connections.save(seen, ended)
    assert not connections.save(seen, replace(seen, sealed_token=b"newer"))
    assert connections.record("acme").sealed_token == b""


def test_a_save_leaves_what_it_does_not_change_to_others(connections: Connections) -> None:
    seen = a_stored(connections)
    assert connections.save(seen, replace(seen, due_at_ms=5))
    assert connections.save(seen, replace(seen, announced_epoch=9))
    stored = connections.record("acme")
    assert (stored.due_at_ms, stored.announced_epoch) == (5, 9)


def test_usage_is_kept_newest_and_never_creates_a_connection(connections: Connections) -> None:
    connections.note_usage("acme", Usage(1, 100, NOW_MS))
    assert connections.get("acme").usage is None
    seen = a_stored(connections)
    assert connections.note_usage("acme", Usage(20, 100, NOW_MS + 1)) is None
    assert connections.note_usage("acme", Usage(10, 100, NOW_MS)) == Usage(10, 100, NOW_MS)
    assert connections.save(seen, replace(seen, failures=1))
    assert connections.note_usage("acme", Usage(30, 100, NOW_MS + 2)) == Usage(20, 100, NOW_MS + 1)
    assert connections.get("acme").usage == Usage(30, 100, NOW_MS + 2)


def test_due_names_the_connections_whose_time_has_come(connections: Connections) -> None:
    a_stored(connections, a_record(a_connection(tenant="early"), due_at_ms=NOW_MS))
    a_stored(connections, a_record(a_connection(tenant="late"), due_at_ms=NOW_MS + 1))
    assert list(connections.due(NOW_MS)) == ["early"]


def test_history_is_newest_first_and_noting_twice_changes_nothing(connections: Connections) -> None:
    first = a_connection()
    second = a_connection(status=Status.RECONNECTION_REQUIRED, cause="grant_ended", since_ms=NOW_MS + 5, epoch=2)
    for connection in (first, second, second):
        connections.note_status(connection)
    assert [(entry["status"], entry["cause"]) for entry in connections.history("acme")] == [
        ("reconnection_required", "grant_ended"),
        ("connected", ""),
    ]


def test_a_write_whose_answer_was_lost_counts_as_ours_when_the_sdk_repeats_it() -> None:
    with mock_aws():
        table = ConnectionTable(a_config_table(), CONFIG_TABLE)
        seen = a_stored(table)
        lease = replace(seen, fence=1, lease_owner="mine", lease_until_ms=NOW_MS + 90_000)
        assert table.save(seen, lease)
        assert table.save(seen, lease)
        assert not table.save(seen, replace(lease, lease_owner="another's"))


def test_pages_name_every_connection_once() -> None:
    with mock_aws():
        table = ConnectionTable(a_config_table(), CONFIG_TABLE)
        for number in range(23):
            a_stored(table, a_record(a_connection(tenant=f"t{number}")))
        found, after = table.page(None, 10)
        while after:
            more, after = table.page(after, 10)
            found += more
    assert sorted(each.tenant for each in found) == sorted(f"t{number}" for number in range(23))


def test_what_an_org_bears_is_kept_with_its_connection_and_not_for_another_org(connections: Connections) -> None:
    connections.note_record_sizes("acme", "00D1", {"Contact": 40})  # nobody is connected
    before = connections.record("acme")
    assert before.connection == Connection("acme")
    connected = replace(before.connection, status=Status.CONNECTED, epoch=1, org_id="00D1")
    assert connections.save(before, replace(before, connection=connected))
    connections.note_record_sizes("acme", "00D1", {"Contact": 40})
    connections.note_record_sizes("acme", "00D2", {"Contact": 1})
    assert connections.get("acme").record_sizes == {"Contact": 40}
    known = connections.record("acme")
    assert connections.save(known, replace(known, connection=replace(known.connection, epoch=2, org_id="00D2")))
    assert connections.get("acme").record_sizes == {}
