"""Governor limits that an org's own triggers and flows exceed (setting `automation`), as collections and jobs meet them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.org.rest_client import OrgClient


def people(count: int, **values: Any) -> list[dict[str, Any]]:
    return [{"attributes": {"type": "Contact"}, "LastName": f"P{n}", **values} for n in range(count)]


def save(org: OrgClient, records: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = org.post("composite/sobjects", {"records": records, **options}).body
    return results


def automate(org: OrgClient, **rules: Any) -> None:
    org.control("PATCH", "settings", {"automation": rules})


def failed(results: list[dict[str, Any]]) -> list[int]:
    return [place for place, result in enumerate(results) if not result["success"]]


def test_a_chunk_beyond_what_triggers_bear_fails_as_a_whole(org: OrgClient) -> None:
    """Source: Apex guide, governor limits: a LimitException cannot be handled; texts as clients report them."""
    automate(org, Contact={"records": 40})
    results = save(org, people(41))
    assert failed(results) == list(range(41))
    assert results[0] == {
        "success": False,
        "errors": [
            {
                "statusCode": "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                "message": "ContactTrigger: System.LimitException: Apex CPU time limit exceeded",
                "fields": [],
            }
        ],
    }
    assert org.query("SELECT Id FROM Contact") == []


def test_half_of_the_chunk_is_saved(org: OrgClient) -> None:
    automate(org, Contact={"records": 40})
    assert failed(save(org, people(40))) == []


def test_only_the_chunk_of_that_sobject_fails(org: OrgClient) -> None:
    """Source: REST API guide, sObject Collections: records are split into chunks of consecutive records of one type."""
    automate(org, contact={"records": 2})
    account = {"attributes": {"type": "Account"}, "Name": "Acme"}
    assert failed(save(org, [*people(3), account, *people(2)])) == [0, 1, 2]


def test_records_that_are_refused_before_the_triggers_keep_their_own_error(org: OrgClient) -> None:
    automate(org, Contact={"records": 1})
    results = save(org, [*people(2), {"attributes": {"type": "Contact"}, "FirstName": "Ada"}])
    codes = [result["errors"][0]["statusCode"] for result in results]
    assert codes == ["CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"] * 2 + ["REQUIRED_FIELD_MISSING"]


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("CPU", "Apex CPU time limit exceeded"),
        ("SOQL", "Too many SOQL queries: 101"),
        ("DML", "Too many DML rows: 10001"),
        ("HEAP", "Apex heap size too large: 6291457"),
    ],
)
def test_each_limit_has_its_text(org: OrgClient, limit: str, text: str) -> None:
    """Source: Apex guide, execution governors and limits: 100 queries, 10,000 rows, 6 MB of heap."""
    automate(org, Contact={"records": 1, "error": limit, "trigger": "Rollups"})
    assert save(org, people(2))[0]["errors"][0]["message"] == f"Rollups: System.LimitException: {text}"


def test_a_record_that_exceeds_a_limit_alone_fails_alone_and_takes_its_chunk_with_it(org: OrgClient) -> None:
    automate(org, Contact={"where": {"Department": "^heavy$"}})
    assert failed(save(org, [*people(2), *people(1, Department="heavy")])) == [0, 1, 2]
    assert failed(save(org, people(1, Department="heavy"))) == [0]
    assert failed(save(org, people(2))) == []


def test_a_single_record_resource_meets_the_limit_too(org: OrgClient) -> None:
    automate(org, Contact={"where": {"Department": "^heavy$"}})
    answer = org.post("sobjects/Contact", {"LastName": "Doe", "Department": "heavy"})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")


def test_siblings_lock_each_other_out_and_the_others_are_saved(org: OrgClient) -> None:
    """Source: record locking cheat sheet: saving a contact locks its account."""
    automate(org, Contact={"siblings": 2})
    crowded, quiet = org.created("Account", Name="Acme"), org.created("Account", Name="Byron")
    results = save(org, [*people(3, AccountId=crowded), *people(2, AccountId=quiet), *people(1)])
    assert failed(results) == [0, 1, 2]
    assert results[0]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert crowded in results[0]["errors"][0]["message"]
    assert len(org.query("SELECT Id FROM Contact")) == 3


def test_all_or_none_names_the_limit_and_saves_nothing(org: OrgClient) -> None:
    automate(org, Contact={"records": 1})
    account = {"attributes": {"type": "Account"}, "Name": "Acme"}
    results = save(org, [account, *people(2)], allOrNone=True)
    codes = [result["errors"][0]["statusCode"] for result in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", *["CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"] * 2]


def test_a_collection_within_a_composite_meets_the_limit(org: OrgClient) -> None:
    automate(org, Contact={"records": 1})
    part = {
        "method": "POST",
        "url": "/services/data/v66.0/composite/sobjects",
        "referenceId": "a",
        "body": {"records": people(2)},
    }
    answer = org.post("composite", {"compositeRequest": [part]})
    assert failed(answer.body["compositeResponse"][0]["body"]) == [0, 1]


def test_updates_and_upserts_meet_the_limit_and_updates_keep_their_ids(org: OrgClient) -> None:
    ids = [result["id"] for result in save(org, people(2))]
    automate(org, Contact={"records": 1})
    updates = [{"attributes": {"type": "Contact"}, "id": each, "Title": "Dr"} for each in ids]
    results = org.patch("composite/sobjects", {"records": updates}).body
    assert [result["id"] for result in results] == ids
    assert failed(results) == [0, 1]
    assert org.query("SELECT Id FROM Contact WHERE Title = 'Dr'") == []


@pytest.mark.parametrize(
    "rules", [{"Contact": {"recrods": 1}}, {"Contact": {"error": "HEAT"}}, {"Contact": {"where": {"Title": "("}}}]
)
def test_a_rule_that_makes_no_sense_is_refused(org: OrgClient, rules: dict[str, Any]) -> None:
    answer = org.send("PATCH", "/_control/settings", {"automation": rules})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_FIELD")
