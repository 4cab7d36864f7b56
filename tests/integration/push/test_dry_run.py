"""A dry run says what would happen and changes nothing: neither in the org nor in Causeway's memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from causeway.domain.connections import Status
from causeway.errors import InvalidRequest, NotConnected
from causeway.services.push_dry_run import DryRunPorts, dry_run

from tests.push_world import TENANT, World, change, contact_sync, world


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as made:
        yield made


def ports(w: World) -> DryRunPorts:
    made = w.ports()
    return DryRunPorts(made.connections, made.described, made.org, made.claims, made.synced, made.now_ms)


def test_it_shows_the_match_the_decisions_and_the_request(w: World) -> None:
    (record_id,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "Phone": "1"})
    told = dry_run(TENANT, contact_sync(), change(email="ada@example.com", last_name="Lovelace", phone="2"), ports(w))
    assert (told["result"], told["salesforce_id"], told["fields_written"]) == ("updated", record_id, ["Phone"])
    assert {item["field"]: item["action"] for item in told["fields"]} == {
        "LastName": "same",
        "Phone": "write",
        "Email": "same",
    }
    assert told["request"] == {
        "method": "PATCH",
        "sobject": "Contact",
        "id": record_id,
        "external_id_field": None,
        "values": {"Phone": "2"},
        "allow_duplicates": False,
        "run_assignment_rules": False,
    }
    assert told["candidates"] == [{"id": record_id, "matched_by": "email", "chosen": True}]


def test_it_writes_nothing_anywhere(w: World) -> None:
    told = dry_run(TENANT, contact_sync(), change(email="ada@example.com", last_name="Lovelace"), ports(w))
    assert (told["result"], told["request"]["method"]) == ("created", "POST")
    assert (w.records("Contact"), w.state.writes, w.outbound.sent, w.parked.entries) == ([], 0, [], {})


def test_it_says_why_nothing_would_be_written(w: World) -> None:
    told = dry_run(TENANT, contact_sync(), change(email="ada@example.com"), ports(w))
    assert (told["result"], told["code"], told["request"]) == ("rejected", "missing_required_field", None)


def test_it_knows_the_link_of_an_earlier_push(w: World) -> None:
    w.push(change("k1", last_name="Nameless"))
    told = dry_run(TENANT, contact_sync(), change("k1", phone="7"), ports(w))
    assert (told["result"], told["candidates"][0]["matched_by"]) == ("updated", "link")


def test_a_change_that_breaks_its_contract_is_refused(w: World) -> None:
    with pytest.raises(InvalidRequest, match="feilds: no such key is known here"):
        dry_run(TENANT, contact_sync(), {"key": "k1", "feilds": {}}, ports(w))


def test_without_a_connection_it_says_so(w: World) -> None:
    w.connections.set(TENANT, Status.DISCONNECTED, "deauthorized")
    with pytest.raises(NotConnected):
        dry_run(TENANT, contact_sync(), change(), ports(w))
