"""Parked changes and runs through the API, over the stores that push writes."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from typing import Any

import pytest
from causeway.contract.outcomes import Outcome, Result

from tests.support.api.events import browser_event
from tests.support.api.stack import ApiStack, an_api_stack
from tests.support.parked.entries import a_parked_entry, a_waiting_entry
from tests.support.push.history import note_push


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        yield running


def test_parked_changes_are_listed_with_reason_remedy_and_what_was_sent(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(tenant="one")])
    status, answer = stack.backend("GET", "parked", tenant="one")
    assert (status, answer["next"]) == (200, None)
    assert answer["parked"] == [
        {
            "parked_id": "r001",
            "tenant": "one",
            "source": "lead",
            "key": "lead-1",
            "sync": "lead-lead",
            "code": "missing_required_field",
            "reason": "A Lead needs Company.",
            "remedy": "Send it.",
            "parked_at": "2030-03-17T17:46:40.000Z",
            "retry_when": None,
            "change": {"key": "lead-1", "fields": {"email": "ada@example.com"}},
            "body": None,
        }
    ]


def test_a_body_that_could_not_be_parsed_is_shown_as_it_came(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(tenant="odd", body="{not json", code="invalid_message")])
    (entry,) = stack.backend("GET", "parked", tenant="odd")[1]["parked"]
    assert (entry["change"], entry["body"]) == (None, "{not json")


def test_parked_changes_are_found_by_reason_and_by_record(stack: ApiStack) -> None:
    entries = [a_parked_entry(number, tenant="many") for number in range(4)]
    stack.use.parked.put([*entries, a_parked_entry(9, tenant="many", code="shared_email")])
    by_code = stack.backend("GET", "parked", tenant="many", code="shared_email")[1]["parked"]
    by_record = stack.backend("GET", "parked", tenant="many", source="lead", key="lead-2")[1]["parked"]
    assert [entry["key"] for entry in by_code] == ["lead-9"]
    assert [entry["key"] for entry in by_record] == ["lead-2"]


def test_lists_go_on_page_by_page(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(number, tenant="pages") for number in range(7)])
    found, token = [], None
    while True:
        query = {"limit": "3"} | ({"next": token} if token else {})
        _, answer = stack.backend("GET", "parked", tenant="pages", **query)
        found += [entry["key"] for entry in answer["parked"]]
        token = answer["next"]
        if token is None:
            break
    assert found == [f"lead-{number}" for number in range(7)]


def test_a_next_token_serves_its_own_tenant_and_list_alone(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(number, tenant="owner") for number in range(3)])
    token = stack.backend("GET", "parked", tenant="owner", limit="1")[1]["next"]
    assert stack.backend("GET", "parked", tenant="owner", limit="1", next=token)[0] == 200
    for tenant, path, query in (
        ("thief", "parked", {}),
        ("owner", "runs", {}),
        ("owner", "parked", {"code": "missing_required_field"}),
    ):
        assert stack.backend("GET", path, tenant=tenant, next=token, **query)[0] == 400
    tampered = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    assert stack.backend("GET", "parked", tenant="owner", next=tampered)[0] == 400


def test_another_tenants_parked_changes_are_not_there(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(tenant="mine")])
    assert stack.backend("GET", "parked", tenant="yours")[1]["parked"] == []
    assert stack.backend("GET", "parked", tenant="yours", source="lead", key="lead-1")[1]["parked"] == []
    assert stack.backend("GET", "parked", tenant="yours", code="missing_required_field")[1]["parked"] == []


def test_what_waits_is_counted_with_the_connection(stack: ApiStack) -> None:
    waiting = [a_parked_entry(n, tenant="held", parked_id=f"w{n}", retry_when="connected") for n in range(3)]
    old = a_parked_entry(9, tenant="held", parked_id="w9", retry_when="connected", parked_at_ms=1_000)
    stack.use.parked.put([*waiting, old, a_parked_entry(tenant="held")])
    assert stack.backend("GET", "connection", tenant="held")[1]["waiting"] == 3
    assert stack.backend("GET", "connection", tenant="other")[1]["waiting"] == 0


def test_what_waits_together_is_listed_change_by_change(stack: ApiStack) -> None:
    stack.use.parked.put([a_waiting_entry(number, "packs") for number in range(7)])
    stack.use.parked.put([a_waiting_entry(number, "packs") for number in range(7, 9)])
    stack.use.parked.put([a_parked_entry(0, tenant="packs"), a_parked_entry(8, tenant="packs", code="shared_email")])
    for query, expected in (
        ({}, ["lead-0", "lead-8", *(f"lead-{number}" for number in range(9))]),
        ({"source": "lead"}, ["lead-0", "lead-8", *(f"lead-{number}" for number in range(9))]),
        ({"code": "quota_spent"}, [f"lead-{number}" for number in range(9)]),
        ({"source": "lead", "key": "lead-8"}, ["lead-8", "lead-8"]),
        ({"source": "lead", "key": "lead-3"}, ["lead-3"]),
        ({"source": "lead", "key": "lead-9"}, []),
        ({"source": "case"}, []),
    ):
        found, token = [], None
        while True:
            _, answer = stack.backend(
                "GET", "parked", tenant="packs", limit="2", **query, **({"next": token} if token else {})
            )
            assert len(answer["parked"]) <= 2
            found += answer["parked"]
            token = answer["next"]
            if token is None:
                break
        assert [entry["key"] for entry in found] == expected, query
        assert [entry["change"]["key"] for entry in found] == expected
        assert len({entry["parked_id"] for entry in found}) == len(expected)


def test_a_batch_too_large_for_an_item_lies_in_the_bucket(stack: ApiStack) -> None:
    chance = random.Random(1)
    noise = ["".join(chance.choices(string.ascii_letters, k=1_000)) for _ in range(300)]
    stack.use.parked.put([a_waiting_entry(number, "large", body=body) for number, body in enumerate(noise)])
    page = stack.use.parked.page("large", waiting=True, limit=1)
    assert [entry.body for entry in page.entries] == noise
    stack.use.parked.drop("large", [entry.parked_id for entry in page.entries])
    assert stack.use.parked.page("large").entries == ()


def test_what_waits_is_read_and_forgotten_in_whole_batches(stack: ApiStack) -> None:
    store = stack.use.parked
    store.put([a_waiting_entry(number, "whole") for number in range(5)])
    store.put([a_waiting_entry(number, "whole") for number in range(5, 8)])
    page = store.page("whole", waiting=True, limit=2)
    assert [entry.key for entry in page.entries] == [f"lead-{number}" for number in range(5)]
    store.drop("whole", [entry.parked_id for entry in page.entries[:4]])
    assert store.count_waiting("whole") == 8
    store.drop("whole", [entry.parked_id for entry in page.entries])
    assert store.count_waiting("whole") == 3
    rest = store.page("whole", waiting=True, limit=2, after=page.next)
    assert [entry.key for entry in rest.entries] == ["lead-5", "lead-6", "lead-7"]


def test_a_batch_that_goes_between_two_pages_takes_nothing_else_with_it(stack: ApiStack) -> None:
    store = stack.use.parked
    store.put([a_waiting_entry(number, "going") for number in range(4)])
    store.put([a_waiting_entry(number, "going") for number in range(4, 7)])
    page = store.page("going", limit=2)
    store.drop("going", [entry.parked_id for entry in store.page("going", waiting=True, limit=1).entries])
    rest = store.page("going", after=page.next)
    assert [entry.key for entry in rest.entries] == ["lead-4", "lead-5", "lead-6"]


def test_refused_changes_are_found_without_those_that_wait(stack: ApiStack) -> None:
    store = stack.use.parked
    store.put([a_waiting_entry(number, "apart", code="missing_required_field") for number in range(2)])
    store.put([a_parked_entry(1, tenant="apart"), a_parked_entry(2, tenant="apart", code="shared_email")])
    lists: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["lead-1", "lead-2"]),
        ({"code": "missing_required_field"}, ["lead-1"]),
        ({"source": "lead", "key": "lead-1"}, ["lead-1"]),
    ]
    for query, expected in lists:
        assert [entry.key for entry in store.page("apart", waiting=False, **query).entries] == expected


def test_redriving_is_taken_for_the_schedule(stack: ApiStack) -> None:
    assert stack.backend("POST", "parked/redrive", {"code": "shared_email"}, tenant="again")[0] == 202
    assert ("again", "shared_email") in [(redrive.tenant, redrive.code) for _, redrive in stack.use.parked.redrives()]
    assert stack.backend("POST", "parked/redrive", {"cod": "shared_email"}, tenant="again")[0] == 400


def test_what_named_no_tenant_is_shown_to_operators_alone(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(tenant="_unreadable", body="???", code="invalid_message")])
    status, answer = stack.backend("GET", "parked", tenant=None)
    assert (status, [entry["body"] for entry in answer["parked"]]) == (200, ["???"])
    for role, expected in (("viewer", 403), ("integrator", 403), ("manager", 403), ("operator", 200)):
        event = browser_event("GET", "parked", role=role, query={"tenant": "_unreadable"})
        assert stack._answered(event)[0] == expected


def test_runs_show_counts_calls_and_each_failing_record(stack: ApiStack) -> None:
    outcomes = [
        Outcome("lead-1", Result.CREATED, "lead-lead", "Lead"),
        Outcome("lead-2", Result.REJECTED, "lead-lead", "Lead", "shared_email", "Too many.", remedy="Clean up."),
    ]
    note_push(stack.use.runs, "runner", "20261120T100000-push-interaction:quiz", "interaction:quiz", outcomes, 2)
    _, answer = stack.backend("GET", "runs", tenant="runner")
    (run,) = answer["runs"]
    assert (run["kind"], run["status"], run["api_calls"]) == ("push", "completed", 2)
    assert run["counts"] == {"read": 2, "created": 1, "rejected": 1}
    status, detail = stack.backend("GET", f"runs/{run['id'].replace(':', '%3A')}", tenant="runner")
    assert status == 200
    assert detail["failures"] == [
        {"key": "lead-2", "sync": "lead-lead", "code": "shared_email", "reason": "Too many.", "remedy": "Clean up."}
    ]
    assert stack.backend("GET", f"runs/{run['id']}", tenant="other")[0] == 404
