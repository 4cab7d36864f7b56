"""Syncs in ConfigTable: revisions, isolation between tenants, and writes that meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.errors import Conflict, NotFound
from causeway.gateways.dynamodb.config.pull_shards import pull_shard
from causeway.gateways.dynamodb.config.syncs import SyncTable
from causeway.syncs.sync import Problem
from moto import mock_aws

from tests.support.api.factories import CONFIG_TABLE, a_config_table, a_sync


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield a_config_table()


@pytest.fixture
def table(client: Any) -> SyncTable:
    return SyncTable(client, CONFIG_TABLE)


def test_a_saved_sync_reads_back_with_its_first_revision(table: SyncTable) -> None:
    saved = table.put("acme", a_sync(), expected_revision=None)
    assert saved == a_sync(revision=1)
    assert table.get("acme", "lead-contact") == saved


def test_each_change_of_the_rules_is_a_new_revision(table: SyncTable) -> None:
    table.put("acme", a_sync(), expected_revision=None)
    changed = table.put("acme", a_sync(position=5), expected_revision=1)
    assert (changed.revision, changed.position) == (2, 5)


def test_a_change_against_an_old_revision_is_refused_and_changes_nothing(table: SyncTable) -> None:
    table.put("acme", a_sync(), expected_revision=None)
    table.put("acme", a_sync(position=5), expected_revision=1)
    with pytest.raises(Conflict):
        table.put("acme", a_sync(position=9), expected_revision=1)
    stored = table.get("acme", "lead-contact")
    assert stored is not None
    assert stored.position == 5


def test_a_second_sync_of_the_same_id_is_refused(table: SyncTable) -> None:
    table.put("acme", a_sync(), expected_revision=None)
    with pytest.raises(Conflict):
        table.put("acme", a_sync(position=2), expected_revision=None)


def test_a_write_that_the_sdk_repeats_after_a_lost_answer_succeeds(table: SyncTable) -> None:
    table.put("acme", a_sync(), expected_revision=None)
    first = table.put("acme", a_sync(position=5), expected_revision=1)
    assert table.put("acme", a_sync(position=5), expected_revision=1) == first


def test_syncs_of_a_source_come_by_position(table: SyncTable) -> None:
    table.put("acme", a_sync(id="second", position=2), expected_revision=None)
    table.put("acme", a_sync(id="zfirst", position=1), expected_revision=None)
    table.put("acme", a_sync(id="other", source="deal"), expected_revision=None)
    assert [sync.id for sync in table.of_source("acme", "lead")] == ["zfirst", "second"]
    assert len(table.list("acme")) == 3


def test_another_tenants_syncs_are_never_seen(table: SyncTable) -> None:
    table.put("acme", a_sync(), expected_revision=None)
    assert table.list("acm") == []
    assert table.get("other", "lead-contact") is None
    with pytest.raises(NotFound):
        table.delete("other", "lead-contact")


def test_a_sync_made_again_after_its_deletion_goes_on_counting_revisions(table: SyncTable) -> None:
    table.put("acme", a_sync(), expected_revision=None)
    table.delete("acme", "lead-contact")
    assert table.get("acme", "lead-contact") is None
    assert table.list("acme") == []
    assert table.put("acme", a_sync(), expected_revision=None).revision == 2


def test_a_deleted_sync_cannot_be_deleted_or_changed_again(table: SyncTable) -> None:
    table.put("acme", a_sync(), expected_revision=None)
    table.delete("acme", "lead-contact")
    with pytest.raises(NotFound):
        table.delete("acme", "lead-contact")
    with pytest.raises(Conflict):
        table.put("acme", a_sync(), expected_revision=1)


def test_problems_show_on_a_sync_without_a_new_revision(table: SyncTable) -> None:
    saved = table.put("acme", a_sync(), expected_revision=None)
    problem = Problem(level="warning", code="field_gone", message="Title is gone.", field="Title")
    table.note_problems("acme", saved, (problem,))
    stored = table.get("acme", "lead-contact")
    assert stored is not None
    assert (stored.revision, stored.problems) == (1, (problem,))


def test_problems_found_under_old_rules_never_overwrite_new_rules(table: SyncTable) -> None:
    saved = table.put("acme", a_sync(), expected_revision=None)
    table.put("acme", a_sync(position=7), expected_revision=1)
    table.note_problems("acme", saved, (Problem(level="error", code="x", message="y"),))
    stored = table.get("acme", "lead-contact")
    assert stored is not None
    assert (stored.position, stored.problems) == (7, ())


def test_a_pull_is_found_by_when_it_is_due_until_it_is_saved_otherwise(table: SyncTable, client: Any) -> None:
    key = {"pk": {"S": "T#acme"}, "sk": {"S": "SYNC#lead-contact"}}
    table.put("acme", a_sync(), expected_revision=None, due_at_ms=5000)
    item = client.get_item(TableName=CONFIG_TABLE, Key=key)["Item"]
    assert (item["due_at"], item["due_shard"]["S"]) == ({"N": "5000"}, pull_shard("acme", "lead-contact"))
    table.put("acme", a_sync(position=2), expected_revision=1)
    assert "due_at" not in client.get_item(TableName=CONFIG_TABLE, Key=key)["Item"]


def test_noting_problems_leaves_the_schedule_alone(table: SyncTable, client: Any) -> None:
    saved = table.put("acme", a_sync(), expected_revision=None, due_at_ms=5000)
    table.note_problems("acme", saved, (Problem(level="warning", code="x", message="y"),))
    key = {"pk": {"S": "T#acme"}, "sk": {"S": "SYNC#lead-contact"}}
    assert client.get_item(TableName=CONFIG_TABLE, Key=key)["Item"]["due_at"] == {"N": "5000"}
