"""Parked changes by reason: thousands of equal refusals are one line, which can be opened, exported and sent again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from causeway.gateways.dynamodb.items import to_item
from causeway.parked.entries import Parked, Redrive

from tests.support.api.factories import PARKED_TABLE
from tests.support.api.stack import ApiStack, an_api_stack
from tests.support.parked.entries import a_parked_entry, a_waiting_entry


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        yield running


def groups(stack: ApiStack, tenant: str) -> list[dict[str, Any]]:
    status, answer = stack.backend("GET", "parked/groups", tenant=tenant)
    assert (status, answer["is_complete"]) == (200, True)
    assert answer["total"] == sum(group["count"] for group in answer["groups"])
    found: list[dict[str, Any]] = answer["groups"]
    return found


def test_equal_refusals_are_one_group_with_a_count_and_an_explanation(stack: ApiStack) -> None:
    entries = [
        a_parked_entry(
            number, tenant="shop", reason=f"'{number}' is no Rating.", parked_at_ms=1_900_000_000_000 + number
        )
        for number in range(30)
    ]
    stack.use.parked.put([*entries, a_parked_entry(99, tenant="shop", code="shared_email", reason="Fifty share it.")])
    most, least = groups(stack, "shop")
    assert most == {
        "group": most["group"],
        "code": "missing_required_field",
        "source": "lead",
        "sync": "lead-lead",
        "reason": "… is no Rating.",
        "example": "'29' is no Rating.",
        "remedy": "Send it.",
        "count": 30,
        "first_parked_at": "2030-03-17T17:46:40Z",
        "last_parked_at": "2030-03-17T17:46:40.029Z",
        "retry_when": None,
        "place": {"page": "sync", "sync": "lead-lead", "group": None},
    }
    assert (least["code"], least["count"], least["reason"]) == ("shared_email", 1, "Fifty share it.")


def test_another_sync_or_source_or_tenant_is_another_group(stack: ApiStack) -> None:
    mine = [a_parked_entry(1, tenant="a"), a_parked_entry(2, tenant="a", sync="lead-contact")]
    stack.use.parked.put([*mine, a_parked_entry(3, tenant="a", source="visit"), a_parked_entry(4, tenant="b")])
    assert [group["count"] for group in groups(stack, "a")] == [1, 1, 1]
    assert [group["count"] for group in groups(stack, "b")] == [1]
    assert groups(stack, "c") == []


def test_the_entries_of_a_group_come_page_by_page_and_only_to_their_tenant(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(number, tenant="pages") for number in range(7)])
    stack.use.parked.put([a_parked_entry(9, tenant="pages", code="shared_email")])
    (group, _), found, token = groups(stack, "pages"), [], None
    while True:
        query = {"group": group["group"], "limit": "3"} | ({"next": token} if token else {})
        _, answer = stack.backend("GET", "parked", tenant="pages", **query)
        found += [entry["key"] for entry in answer["parked"]]
        token = answer["next"]
        if token is None:
            break
    assert found == [f"lead-{number}" for number in range(7)]
    assert stack.backend("GET", "parked", tenant="other", group=group["group"])[1]["parked"] == []


def test_what_waits_is_counted_change_by_change(stack: ApiStack) -> None:
    stack.use.parked.put([a_waiting_entry(number, "waits") for number in range(40)])
    (group,) = groups(stack, "waits")
    assert (group["count"], group["retry_when"]) == (40, "quota")
    assert group["place"]["page"] == "connection"
    answer = stack.backend("GET", "parked", tenant="waits", group=group["group"], limit="200")[1]
    assert len(answer["parked"]) == 40


def test_what_is_kept_too_long_or_settled_is_not_counted(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(1, tenant="gone", parked_at_ms=1_000), a_parked_entry(2, tenant="gone")])
    assert [group["count"] for group in groups(stack, "gone")] == [1]
    stack.use.parked.drop("gone", ["r002"])
    assert groups(stack, "gone") == []


def test_entries_of_older_versions_are_counted_too(stack: ApiStack) -> None:
    entries = [a_parked_entry(number, tenant="older") for number in range(5)]
    stack.use.parked.put(entries)
    client = stack.use.parked._client
    for entry in entries:
        client.update_item(
            TableName=PARKED_TABLE,
            Key=to_item({"pk": "T#older", "sk": entry.parked_id}),
            UpdateExpression="REMOVE group_pk, group_sk",
        )
    assert [group["count"] for group in groups(stack, "older")] == [5]
    stack.use.parked.put([a_parked_entry(8, tenant="older")])
    assert [group["count"] for group in groups(stack, "older")] == [6]


def test_a_group_or_a_selection_is_sent_again(stack: ApiStack) -> None:
    stack.use.parked.put([a_parked_entry(number, tenant="again") for number in range(3)])
    stack.use.parked.put([a_parked_entry(7, tenant="again", code="shared_email"), a_waiting_entry(8, "again")])
    group = next(group for group in groups(stack, "again") if group["count"] == 3)["group"]
    for body, keys in (
        ({"group": group}, ["lead-0", "lead-1", "lead-2"]),
        ({"parked_ids": ["r001", "r007", "nowhere"]}, ["lead-1", "lead-7"]),
    ):
        status, answer = stack.backend("POST", "parked/redrive", body, tenant="again")
        assert (status, answer["group"], answer["parked_ids"]) == (202, body.get("group"), body.get("parked_ids", []))
        assert requested(stack, "again") == keys


def requested(stack: ApiStack, tenant: str) -> list[str]:
    """Return the keys that the one request of a tenant names, as the schedule reads them, and forget it."""
    ((redrive_id, redrive),) = [(each, found) for each, found in stack.use.parked.redrives() if found.tenant == tenant]
    stack.use.parked.fulfil(redrive_id, redrive)
    return sorted(entry.key or "" for entry in entries_of(stack, redrive))


def entries_of(stack: ApiStack, redrive: Redrive) -> list[Parked]:
    from causeway.parked.redriving import page_of

    return list(page_of(stack.use.parked, redrive).entries)


@pytest.mark.parametrize(
    "body", [{"group": "AAAAAAAAAAAA", "code": "x"}, {"parked_ids": ["r1"], "source": "lead"}, {"group": "short"}]
)
def test_two_selections_at_once_are_refused(stack: ApiStack, body: dict[str, Any]) -> None:
    assert stack.backend("POST", "parked/redrive", body, tenant="again")[0] == 400


def test_parked_changes_are_exported_as_csv_part_by_part(stack: ApiStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("causeway.api.routes.parked.MAX_EXPORTED", 4)
    late = {"changes": [{"key": "lead-5", "fields": {"email": "ada@example.com", "shoe_size": 38}}]}
    stack.use.parked.put([a_parked_entry(number, tenant="csv") for number in range(5)])
    stack.use.parked.put([a_parked_entry(5, tenant="csv", body=json.dumps(late))])
    first = stack.answer("GET", "parked/export", tenant="csv")
    assert first["headers"]["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in first["headers"]["Content-Disposition"]
    second = stack.answer("GET", "parked/export", tenant="csv", next=first["headers"]["X-Next"])
    assert "X-Next" not in second["headers"]
    heads = {part["body"].splitlines()[0] for part in (first, second)}
    assert len(heads) == 1, "parts are put together: each has the same columns"
    rows = [row for part in (first, second) for row in csv.DictReader(io.StringIO(part["body"].removeprefix("\ufeff")))]
    assert [row["key"] for row in rows] == [f"lead-{number}" for number in range(6)]
    assert {row["email"] for row in rows} == {"ada@example.com"}
    assert [row["other_fields"] for row in rows] == [""] * 5 + ['{"shoe_size": 38}']
    assert len(stack.answer("GET", "parked/export", tenant="nobody")["body"].splitlines()) == 1


def test_five_thousand_parked_changes_are_grouped_by_few_reads(stack: ApiStack) -> None:
    entries = [
        a_parked_entry(number, tenant="many", code=f"code_{number % 7}", reason=f"{number} is wrong.")
        for number in range(5_000)
    ]
    stack.use.parked.put(entries)
    groups(stack, "many")
    calls: list[str] = []
    client = stack.use.parked._client
    client.meta.events.register(
        "before-call.dynamodb.*", lambda model, **_: calls.append(model.name), unique_id="count"
    )
    found = groups(stack, "many")
    client.meta.events.unregister("before-call.dynamodb.*", unique_id="count")
    assert sum(group["count"] for group in found) == 5_000
    assert (len(found), sorted(set(calls))) == (7, ["BatchGetItem", "GetItem", "Query"])
    assert len(calls) <= 6  # moto counts whole items into a page, DynamoDB keys alone
    assert json.dumps(found)
