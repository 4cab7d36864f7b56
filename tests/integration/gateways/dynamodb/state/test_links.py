"""What pushes remember of records, as pulls read it."""

from __future__ import annotations

from typing import Any

from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.gateways.dynamodb.state.links import LinkTable
from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import decide_field
from causeway.push.memory.hashes import value_hash
from causeway.push.memory.links import RememberedKey, link_record

from tests.support.pull.factories import a_pull, an_id

ORG, LEASE_MS = "00D000000000001EAA", 60_000


def test_a_key_is_given_only_to_the_syncs_own_source(client: Any) -> None:
    claims = ClaimTable(client, "state", "w1", lambda: 5_000, LEASE_MS)
    entity = Entity()
    link_record(entity, RememberedKey("memory", "lead", "lead-1"), "Contact", an_id(1))
    decide_field(entity, an_id(1), "LastName", (1, 1, 1), "Lovelace")
    claims.acquire("acme", ["h1"])
    claims.own("acme", ORG, {an_id(1): "h1"})
    claims.complete("acme", {"h1": (1, entity.text())})
    table = LinkTable(client, "state")
    found = table.of_records(a_pull(), ORG, "acme", [an_id(1), an_id(2)])
    assert found.keys() == {an_id(1)}
    assert (found[an_id(1)].key, found[an_id(1)].written_at_ms) == ("lead-1", 5_000)
    assert found[an_id(1)].written == {"LastName": value_hash("Lovelace")}
    other = table.of_records(a_pull(source="quiz"), ORG, "acme", [an_id(1)])
    assert other[an_id(1)].key is None
