"""A worker dies after the org saved what it sent and before anything was remembered: nobody is there twice afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from causeway.contract.message_writing import rfc3339
from causeway.push.memory.identifiers import key_identifier
from causeway.salesforce.calls import Collection, Saved

from tests.support.push.memory import LossyClaims
from tests.support.push.world import CountedCalls, World, change, contact_sync, sync, world

LEASE_OVER_MS = 800_000
CALLS = sync("calls", "Task", ("subject", "Subject"), ("notes", "Description"), source="call")


class Killed(BaseException):
    """The worker's process is gone."""


class DiesAfterWriting(CountedCalls):
    """Calls to the org whose sender dies as soon as the first write is applied."""

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        super().save(collections, timeout_s)
        raise Killed


class DiesBeforeWriting(CountedCalls):
    """Calls to the org whose sender dies before the first write is sent."""

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        raise Killed


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync(), CALLS) as made:
        made.control("POST", "clock", {"now": rfc3339(made.now)})
        yield made


def killed_while_sending(
    w: World, *changes: Mapping[str, Any], source: str = "lead", dies: type[CountedCalls] = DiesAfterWriting
) -> Any:
    """Deliver the changes to a worker that dies with its first write, and let its leases run out."""
    message = w.message(*changes, source=source)
    calls = dies(w.org, w)
    with pytest.raises(Killed):
        w.deliver(message, org=lambda tenant: calls)
    w.now += LEASE_OVER_MS
    return message


def test_a_person_without_an_e_mail_is_not_created_a_second_time(w: World) -> None:
    message = killed_while_sending(w, change("k1", last_name="Nobody", phone="1"))
    assert w.deliver(message).redelivered == {}
    (contact,) = w.records("Contact")
    assert (contact["LastName"], contact["Phone"]) == ("Nobody", "1")


def test_a_person_whose_e_mail_the_org_refuses_is_not_created_a_second_time(w: World) -> None:
    message = killed_while_sending(w, change("k1", last_name="Wójcik", email="stanisław.wójcik@example.com"))
    assert w.deliver(message).redelivered == {}
    assert len(w.records("Contact")) == 1


def test_a_later_change_without_the_e_mail_finds_the_record_made_with_it(w: World) -> None:
    killed_while_sending(w, change("k1", last_name="Lovelace", email="ada@example.com"))
    w.push(change("k1", last_name="Lovelace", phone="2"))
    (contact,) = w.records("Contact")
    assert (contact["Email"], contact["Phone"]) == ("ada@example.com", "2")


def test_two_people_of_one_name_stay_two(w: World) -> None:
    message = killed_while_sending(w, change("k1", last_name="Smith"), change("k2", last_name="Smith"))
    assert w.deliver(message).redelivered == {}
    w.push(change("k1", phone="1"), change("k2", phone="2"))
    assert sorted(contact["Phone"] for contact in w.records("Contact")) == ["1", "2"]


def test_an_activity_is_not_created_a_second_time(w: World) -> None:
    message = killed_while_sending(w, change("call-1", subject="Called about the offer"), source="call")
    assert w.deliver(message).redelivered == {}
    assert [task["Subject"] for task in w.records("Task")] == ["Called about the offer"]


def test_a_record_that_somebody_else_made_alike_before_is_not_taken(w: World) -> None:
    w.push(change("k0", last_name="Nobody"))
    message = killed_while_sending(w, change("k1", last_name="Nobody"))
    assert w.deliver(message).redelivered == {}
    assert len(w.records("Contact")) == 2


def test_somebody_of_the_same_name_whom_another_made_meanwhile_is_not_taken_for_the_lost_record(w: World) -> None:
    message = killed_while_sending(w, change("k1", last_name="Smith", phone="1"), dies=DiesBeforeWriting)
    w.load("Contact", {"LastName": "Smith", "Phone": "9"})
    assert w.deliver(message).redelivered == {}
    assert sorted(contact["Phone"] for contact in w.records("Contact")) == ["1", "9"]


def test_a_record_that_is_deleted_is_not_taken_for_the_lost_one(w: World) -> None:
    (gone,) = w.load("Contact", {"LastName": "Smith"})
    w.org.request("DELETE", f"sobjects/Contact/{gone}")
    message = killed_while_sending(w, change("k1", last_name="Smith"))
    assert w.deliver(message).redelivered == {}
    ((made,), (outcome,)) = w.records("Contact"), w.outcomes()
    assert (outcome["result"], outcome["salesforce_id"]) == ("unchanged", made["Id"])


def test_who_owns_the_lost_record_is_asked_until_there_is_an_answer(w: World) -> None:
    message = killed_while_sending(w, change("k1", last_name="Smith"))
    assert w.deliver(message, claims=LossyClaims(w.state, w.clock, owners=False)).redelivered
    assert w.deliver(message).redelivered == {}
    assert len(w.records("Contact")) == 1


def test_the_lost_record_is_not_changed_before_it_is_remembered(w: World) -> None:
    killed_while_sending(w, change("k1", last_name="Smith", phone="1"))
    later = w.message(change("k1", last_name="Smith", phone="2"))
    entity = key_identifier(w.access.org_id, "lead", "k1")
    assert w.deliver(later, claims=LossyClaims(w.state, w.clock, entity)).redelivered
    w.now += LEASE_OVER_MS
    assert w.deliver(later).redelivered == {}
    assert [contact["Phone"] for contact in w.records("Contact")] == ["2"]


def test_two_people_who_once_shared_an_address_are_not_created_a_second_time(w: World) -> None:
    refused = w.push(change("k1", email="office@example.com"), change("k2", email="office@example.com"))
    assert {item["code"] for item in refused} == {"missing_required_field"}
    message = killed_while_sending(w, change("k1", last_name="One"), change("k2", last_name="Two"))
    while redelivered := w.deliver(message).redelivered:
        w.now = max(w.now + 1_000, *redelivered.values())
    names = {contact["Id"]: contact["LastName"] for contact in w.records("Contact")}
    found = {item["key"]: names[item["salesforce_id"]] for item in w.outcomes() if item["salesforce_id"]}
    assert (sorted(names.values()), found) == (["One", "Two"], {"k1": "One", "k2": "Two"})
