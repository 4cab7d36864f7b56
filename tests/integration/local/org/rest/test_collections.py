"""sObject Collections over HTTP (REST API guide, sObject Collections)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.org.rest_client import V66, OrgClient


def contacts(*people: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the body of a collection of contacts."""
    return {"records": [{"attributes": {"type": "Contact"}, **person} for person in people], **options}


def codes(body: list[dict[str, Any]]) -> list[list[str]]:
    return [[error["statusCode"] for error in result["errors"]] for result in body]


def test_each_record_has_its_own_result_in_request_order(org: OrgClient) -> None:
    """Source: REST API guide, sObject Collections: HTTP 200, one result per record, `statusCode` in errors."""
    answer = org.post("composite/sobjects", contacts({"LastName": "A"}, {"FirstName": "B"}, {"LastName": "C"}))
    assert answer.status == 200
    first, second, third = answer.body
    assert (first["success"], third["success"]) == (True, True)
    assert first["errors"] == []
    assert second == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [LastName]",
                "fields": ["LastName"],
            }
        ],
    }
    assert [row["Id"] for row in org.query("SELECT Id FROM Contact ORDER BY Id")] == [first["id"], third["id"]]


def test_all_or_none_rolls_the_good_ones_back(org: OrgClient) -> None:
    """Source: REST API guide, sObject Collections: ALL_OR_NONE_OPERATION_ROLLED_BACK and its sentence."""
    answer = org.post("composite/sobjects", contacts({"LastName": "A"}, {"FirstName": "B"}, allOrNone=True))
    assert codes(answer.body) == [["ALL_OR_NONE_OPERATION_ROLLED_BACK"], ["REQUIRED_FIELD_MISSING"]]
    assert answer.body[0]["errors"][0]["message"] == (
        "Record rolled back because not all records were valid and the request was using AllOrNone header"
    )
    assert org.query("SELECT Id FROM Contact") == []


def test_duplicates_are_each_their_records_failure(org: OrgClient) -> None:
    person = {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com"}
    answer = org.post("composite/sobjects", contacts(person, person))
    assert codes(answer.body) == [[], ["DUPLICATES_DETECTED"]]
    named = answer.body[1]["errors"][0]["duplicateResut"]["matchResults"][0]["matchRecords"][0]["record"]["Id"]
    assert named == answer.body[0]["id"]


def test_collections_may_leave_the_duplicates_unnamed(org: OrgClient) -> None:
    """Source: REST API guide, composite allOrNone, case 4: the sample error has statusCode, message and fields alone."""
    org.control("PATCH", "settings", {"duplicates_named_in_collections": False})
    person = {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com"}
    answer = org.post("composite/sobjects", contacts(person, person))
    assert answer.body[1]["errors"] == [
        {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}
    ]


def test_the_duplicate_header_holds_for_every_record(org: OrgClient) -> None:
    """Source: REST API guide, Duplicate Rule Header."""
    person = {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com"}
    answer = org.post("composite/sobjects", contacts(person, person), Sforce_Duplicate_Rule_Header="allowSave=true")
    assert [result["success"] for result in answer.body] == [True, True]


def test_update_takes_an_id_in_each_record(org: OrgClient) -> None:
    one = org.created("Contact", LastName="A")
    answer = org.patch(
        "composite/sobjects", contacts({"id": one, "Title": "CEO"}, {"Title": "CTO"}, {"Id": one, "LastName": ""})
    )
    assert answer.status == 200
    assert codes(answer.body) == [[], ["MISSING_ARGUMENT"], ["REQUIRED_FIELD_MISSING"]]
    assert answer.body[0] == {"id": one, "success": True, "errors": []}
    assert answer.body[2]["id"] == one


def test_an_id_of_something_else_is_its_records_failure(org: OrgClient) -> None:
    """Source: captured answers: MALFORMED_ID, id value of incorrect type; the Id is echoed."""
    account = org.created("Account", Name="Acme")
    answer = org.patch("composite/sobjects", contacts({"id": "ada", "Title": "A"}, {"id": account, "Title": "B"}))
    assert codes(answer.body) == [["MALFORMED_ID"], ["MALFORMED_ID"]]
    assert [result["id"] for result in answer.body] == ["ada", account]


def test_an_id_that_is_updated_again_too_often_fails_from_the_thirteenth_time_on(org: OrgClient) -> None:
    """Source: SOAP API guide, update(): of duplicate updates in one batch, the first 12 are processed, and its text."""
    one = org.created("Contact", LastName="A")
    answer = org.patch("composite/sobjects", contacts(*({"id": one, "Title": str(n)} for n in range(15))))
    assert [result["success"] for result in answer.body] == [True] * 13 + [False] * 2
    assert codes(answer.body)[13] == ["DUPLICATE_VALUE"]
    assert answer.body[13]["errors"][0]["message"] == (
        "Maximum number of duplicate updates in one batch (12 allowed). Attempt to update Id more than once in this "
        f"Api call: {one[:15]}"
    )
    assert org.get(f"sobjects/Contact/{one}").body["Title"] == "12"


def test_duplicate_updates_count_over_all_ids_of_a_call(org: OrgClient) -> None:
    """Source: help 000199611: more than 12 duplicate Ids in one call."""
    ids = [org.created("Contact", LastName=str(n)) for n in range(20)]
    answer = org.patch("composite/sobjects", contacts(*({"id": each, "Title": "x"} for each in [*ids, *ids])))
    assert [result["success"] for result in answer.body] == [True] * 32 + [False] * 8


def test_an_external_id_that_two_records_of_an_upsert_name_fails_them_both(keyed: OrgClient) -> None:
    """Source: community threads: DUPLICATE_VALUE, "Duplicate external id specified", for every row of the key."""
    people = ({"Ext__c": "a", "LastName": "A"}, {"Ext__c": "b", "LastName": "B"}, {"Ext__c": " A", "LastName": "C"})
    answer = keyed.patch("composite/sobjects/Contact/Ext__c", contacts(*people))
    assert codes(answer.body) == [["DUPLICATE_VALUE"], [], ["DUPLICATE_VALUE"]]
    assert answer.body[0]["errors"][0]["message"] == "Duplicate external id specified: a"
    assert [row["Name"] for row in keyed.query("SELECT Name FROM Contact")] == ["B"]


def test_a_record_without_its_type_fails_alone(org: OrgClient) -> None:
    """Source: captured answers: 200, and JSON_PARSER_ERROR for the record that has no attributes."""
    records = [
        {"LastName": "A"},
        {"attributes": {"type": "Contact"}, "LastName": "B"},
        {"attributes": {}, "LastName": "C"},
    ]
    answer = org.post("composite/sobjects", {"records": records})
    assert answer.status == 200
    assert codes(answer.body) == [["JSON_PARSER_ERROR"], [], ["JSON_PARSER_ERROR"]]
    assert codes(org.patch("composite/sobjects", {"records": [{"id": "003"}]}).body) == [["JSON_PARSER_ERROR"]]


def test_delete_takes_ids_in_the_address(org: OrgClient) -> None:
    one, account = org.created("Contact", LastName="A"), org.created("Account", Name="Acme")
    answer = org.delete(f"composite/sobjects?ids={one},{account},{one}")
    assert codes(answer.body) == [[], [], ["ENTITY_IS_DELETED"]]
    assert [result["id"] for result in answer.body] == [one, account, one]


@pytest.fixture
def keyed(org: OrgClient) -> OrgClient:
    """Give an org whose Contact has a unique and a plain external ID."""
    fields = [
        {"name": "Ext__c", "type": "string", "externalId": True, "unique": True},
        {"name": "Loose__c", "type": "string", "externalId": True},
    ]
    org.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": fields}]})
    return org


def test_an_upsert_that_is_undone_says_what_it_would_have_created(keyed: OrgClient) -> None:
    """Source: jsforce's live test of upsert with allOrNone: every record of it says created, that which failed too."""
    keyed.patch("composite/sobjects/Contact/Ext__c", contacts({"Ext__c": "old", "LastName": "A"}))
    records = (
        {"Ext__c": "old", "LastName": "B"},
        {"Ext__c": "k-1", "LastName": "C"},
        {"Ext__c": "k-2", "FirstName": "D"},
    )
    answer = keyed.patch("composite/sobjects/Contact/Ext__c", contacts(*records, allOrNone=True))
    assert [(result["success"], result["created"]) for result in answer.body] == [
        (False, False),
        (False, True),
        (False, True),
    ]


def test_upsert_says_what_it_created(keyed: OrgClient) -> None:
    """Source: REST API guide, upsert records using sObject Collections: `created` in each result; captured: failed ones too."""
    path = "composite/sobjects/Contact/Ext__c"
    first = keyed.patch(path, contacts({"Ext__c": "1", "LastName": "A"}, {"Ext__c": "2"}, {"LastName": "C"}))
    assert [result.get("created") for result in first.body] == [True, False, False]
    assert codes(first.body) == [[], ["REQUIRED_FIELD_MISSING"], ["MISSING_ARGUMENT"]]
    second = keyed.patch(path, contacts({"Ext__c": "1", "Title": "CEO"}))
    assert second.body == [{"id": first.body[0]["id"], "success": True, "errors": [], "created": False}]


def test_an_upsert_with_several_matches_is_that_records_failure(keyed: OrgClient) -> None:
    """Source: status codes of the REST API guide, captured answers: DUPLICATE_EXTERNAL_ID."""
    keyed.load("Contact", {"LastName": "A", "Loose__c": "L"}, {"LastName": "B", "Loose__c": "L"})
    answer = keyed.patch("composite/sobjects/Contact/Loose__c", contacts({"Loose__c": "L", "Title": "CEO"}))
    assert codes(answer.body) == [["DUPLICATE_EXTERNAL_ID"]]


@pytest.mark.parametrize("key", ["Id", "Email", "LastName", "Nope__c"])
def test_an_upsert_needs_a_real_external_id(org: OrgClient, key: str) -> None:
    """Source: REST API guide: "Only external ids are supported. Don't use record ids."; idLookup fields are unverified."""
    answer = org.patch(f"composite/sobjects/Contact/{key}", contacts({"LastName": "A", "Email": "a@example.com"}))
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_a_setting_lets_an_org_upsert_by_email(org: OrgClient) -> None:
    org.control("PATCH", "settings", {"upsert_by_id_lookup": True})
    answer = org.patch("composite/sobjects/Contact/Email", contacts({"LastName": "A", "Email": "a@example.com"}))
    assert answer.body[0]["created"] is True


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([{"attributes": {"type": "Contact"}, "LastName": str(n)} for n in range(201)], "EXCEEDED_ID_LIMIT"),
        ([{"attributes": {"type": "Nope"}, "LastName": "A"}], "INVALID_TYPE"),
        ([{"attributes": {"type": "Contact"}, "LastName": "A", "Nope__c": 1}], "INVALID_FIELD"),
        ([{"attributes": {"type": "Contact"}, "LastName": "A", "Birthdate": "x"}], "JSON_PARSER_ERROR"),
        ("nothing", "JSON_PARSER_ERROR"),
    ],
)
def test_a_fault_of_the_request_fails_it_whole(org: OrgClient, records: Any, code: str) -> None:
    """Source: REST API guide, sObject Collections: whole-request faults are a 400 array with errorCode."""
    good = {"attributes": {"type": "Contact"}, "LastName": "Good"}
    answer = org.post("composite/sobjects", {"records": [good, *records] if len(records) == 1 else records})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, code)
    assert org.query("SELECT Id FROM Contact") == []


def test_two_hundred_records_are_one_call(org: OrgClient) -> None:
    """Source: REST API guide: up to 200 records, one API call."""
    before = org.control("GET", "stats")["api_calls"]
    answer = org.post("composite/sobjects", contacts(*({"LastName": str(n)} for n in range(200))))
    assert sum(result["success"] for result in answer.body) == 200
    assert org.control("GET", "stats")["api_calls"] == before + 1


def test_types_may_be_mixed_in_ten_runs(org: OrgClient) -> None:
    """Source: REST API guide: chunks of consecutive records of one type, at most ten."""
    pair = [
        {"attributes": {"type": "Contact"}, "LastName": "A"},
        {"attributes": {"type": "Account"}, "Name": "Acme"},
    ]
    assert org.post("composite/sobjects", {"records": pair * 5}).status == 200
    answer = org.post("composite/sobjects", {"records": [*pair * 5, pair[0]]})
    assert (answer.status, len(org.query("SELECT Id FROM Account"))) == (400, 5)


def test_retrieve_answers_null_where_nothing_is(org: OrgClient) -> None:
    """Source: REST API guide, get records: null in the place of an inaccessible or unknown Id."""
    one, gone = org.created("Contact", LastName="A"), org.created("Contact", LastName="B")
    org.delete(f"sobjects/Contact/{gone}")
    expected = [
        {"attributes": {"type": "Contact", "url": f"{V66}/sobjects/Contact/{one}"}, "LastName": "A", "Id": one},
        None,
    ]
    assert org.get(f"composite/sobjects/Contact?ids={one},{gone}&fields=LastName,Id").body == expected
    body = {"ids": [one, gone], "fields": ["LastName", "Id"]}
    assert org.post("composite/sobjects/Contact", body).body == expected


def test_retrieve_refuses_a_bad_field_and_too_many_ids(org: OrgClient) -> None:
    """Source: REST API guide, get records with a request body: 400 for a bad field, 2,000 Ids at most."""
    one = org.created("Contact", LastName="A")
    assert org.get(f"composite/sobjects/Contact?ids={one}&fields=Nope").status == 400
    assert org.get("composite/sobjects/Contact?ids=003000000000000AAA&fields=Nope").status == 400
    assert org.post("composite/sobjects/Contact", {"ids": [one] * 2001, "fields": ["Id"]}).status == 400


def test_an_unknown_field_may_fail_its_record_alone(org: OrgClient) -> None:
    """Source: REST API guide, sObject Collections: whole request or per record, depending on version; connectors handle both."""
    org.control("PATCH", "settings", {"unknown_field_fails_collection": False})
    answer = org.post("composite/sobjects", contacts({"LastName": "A"}, {"LastName": "B", "Nope__c": 1}))
    assert (answer.status, codes(answer.body)) == (200, [[], ["INVALID_FIELD"]])


def test_older_versions_lack_what_came_later(org: OrgClient) -> None:
    """Source: REST API guide: collections since v42, their upsert since v46, the duplicate rule header since v52."""
    person = {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com"}
    assert org.post("/services/data/v41.0/composite/sobjects", contacts(person)).status == 404
    assert org.post("/services/data/v42.0/composite/sobjects", contacts(person)).status == 200
    assert org.patch("/services/data/v45.0/composite/sobjects/Contact/Ext__c", contacts(person)).status == 404
    header = {"Sforce_Duplicate_Rule_Header": "allowSave=true"}
    assert org.post("/services/data/v51.0/sobjects/Contact", person, **header).status == 400
    assert org.post("/services/data/v52.0/sobjects/Contact", person, **header).status == 201
