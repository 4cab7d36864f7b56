"""Single records over HTTP: statuses, bodies and error shapes (REST API guide, sObject Rows)."""

from __future__ import annotations

import pytest

from tests.support.org.rest_client import V66, OrgClient, in_path

UNKNOWN = "0038M0000016Wv8QAE"


def test_create_answers_201_with_id_and_location(org: OrgClient) -> None:
    """Source: REST API guide, create a record."""
    answer = org.post("sobjects/Contact", {"LastName": "Lovelace"})
    assert answer.status == 201
    record_id = answer.body["id"]
    assert answer.body == {"id": record_id, "success": True, "errors": []}
    assert len(record_id) == 18
    assert answer.headers["Location"] == f"{V66}/sobjects/Contact/{record_id}"


def test_errors_are_an_array_with_error_code(org: OrgClient) -> None:
    """Source: REST API guide, status codes and error responses: `errorCode` here, `statusCode` in collections."""
    answer = org.post("sobjects/Contact", {"FirstName": "Ada"})
    assert answer.status == 400
    assert answer.body == [
        {
            "message": "Required fields are missing: [LastName]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["LastName"],
        }
    ]


def test_read_gives_every_field_with_attributes(org: OrgClient) -> None:
    """Source: REST API guide, sObject Rows: attributes, nulls included."""
    contact = org.created("Contact", LastName="Lovelace")
    body = org.get(f"sobjects/Contact/{contact}").body
    assert body["attributes"] == {"type": "Contact", "url": f"{V66}/sobjects/Contact/{contact}"}
    assert (body["LastName"], body["Email"], body["IsDeleted"]) == ("Lovelace", None, False)
    assert body["SystemModstamp"].endswith(".000+0000")


def test_read_gives_the_fields_asked_for(org: OrgClient) -> None:
    contact = org.created("Contact", LastName="Lovelace")
    body = org.get(f"sobjects/Contact/{contact[:15]}?fields=lastname,Email").body
    assert set(body) == {"attributes", "LastName", "Email"}
    answer = org.get(f"sobjects/Contact/{contact}?fields=Nope")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_update_and_delete_answer_204_without_a_body(org: OrgClient) -> None:
    contact = org.created("Contact", LastName="Lovelace")
    answer = org.patch(f"sobjects/Contact/{contact}", {"Title": "CEO"})
    assert (answer.status, answer.body) == (204, None)
    assert org.get(f"sobjects/Contact/{contact}").body["Title"] == "CEO"
    assert org.delete(f"sobjects/Contact/{contact}").status == 204


def test_a_post_may_stand_for_a_patch(org: OrgClient) -> None:
    """Source: REST API guide: `_HttpMethod=PATCH` for clients that cannot send PATCH."""
    contact = org.created("Contact", LastName="Lovelace")
    assert org.post(f"sobjects/Contact/{contact}?_HttpMethod=PATCH", {"Title": "CEO"}).status == 204
    assert org.get(f"sobjects/Contact/{contact}").body["Title"] == "CEO"


def test_unknown_and_deleted_records_are_404_each_with_its_code(org: OrgClient) -> None:
    """Source: status codes of the REST API guide, captured answers: NOT_FOUND, ENTITY_IS_DELETED, INVALID_CROSS_REFERENCE_KEY."""
    contact = org.created("Contact", LastName="Lovelace")
    org.delete(f"sobjects/Contact/{contact}")
    seen = {
        "read": org.get(f"sobjects/Contact/{UNKNOWN}"),
        "change": org.patch(f"sobjects/Contact/{UNKNOWN}", {"Title": "CEO"}),
        "deleted": org.get(f"sobjects/Contact/{contact}"),
        "change deleted": org.patch(f"sobjects/Contact/{contact}", {"Title": "CEO"}),
        "sobject": org.get(f"sobjects/Nothing__c/{UNKNOWN}"),
        "no id": org.get("sobjects/Contact/ada"),
    }
    assert {name: answer.status for name, answer in seen.items()} == dict.fromkeys(seen, 404)
    assert {name: answer.body[0]["errorCode"] for name, answer in seen.items()} == {
        "read": "NOT_FOUND",
        "change": "INVALID_CROSS_REFERENCE_KEY",
        "deleted": "ENTITY_IS_DELETED",
        "change deleted": "ENTITY_IS_DELETED",
        "sobject": "NOT_FOUND",
        "no id": "NOT_FOUND",
    }


def test_what_looks_like_an_id_but_is_none_is_malformed(org: OrgClient) -> None:
    """Source: captured answers: 400 MALFORMED_ID "malformed id ..."."""
    answer = org.get("sobjects/Contact/0038M0000016Wv8QAX")
    assert (answer.status, answer.body[0]["message"]) == (400, "malformed id 0038M0000016Wv8QAX")


def test_the_id_is_not_part_of_a_body(org: OrgClient) -> None:
    """Source: status codes of the REST API guide, captured answers: "The Id field should not be specified in the sobject data."."""
    contact = org.created("Contact", LastName="Lovelace")
    answer = org.patch(f"sobjects/Contact/{contact}", {"Id": contact})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_a_body_that_is_no_json_is_a_parser_error(org: OrgClient) -> None:
    answer = org.post("sobjects/Contact", b"{")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert org.post("sobjects/Contact", [1]).body[0]["errorCode"] == "JSON_PARSER_ERROR"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"LastName": x}', "Unexpected character ('x' (code 120)) at [line:1, column:14]"),
        (b'{"LastName":\n', "Unexpected end-of-input at [line:2, column:1]"),
        (b'{"LastName": "\xe9"}', "Invalid UTF-8: the body is not text in that encoding."),
        (b'{"LastName": NaN}', "Unexpected character: the body is not JSON that can be read."),
    ],
)
def test_a_parser_error_says_what_was_met_where(org: OrgClient, body: bytes, message: str) -> None:
    """Source: remembered wording ("Unexpected character ..."); JSON knows no NaN (RFC 8259, section 6)."""
    answer = org.post("sobjects/Contact", body)
    assert answer.body == [{"errorCode": "JSON_PARSER_ERROR", "message": message}]


def test_a_duplicate_answers_400_and_is_saved_with_the_header(org: OrgClient) -> None:
    """Source: REST API guide, Duplicate Rule Header; captured body with `duplicateResut`."""
    known = org.created("Contact", FirstName="Ada", LastName="Lovelace", Email="ada@example.com")
    person = {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ADA@example.com"}
    answer = org.post("sobjects/Contact", person)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "DUPLICATES_DETECTED")
    result = answer.body[0]["duplicateResut"]["matchResults"][0]
    assert result["matchRecords"][0]["record"]["Id"] == known
    header = "allowSave=true; includeRecordDetails=true"
    assert org.post("sobjects/Contact", person, Sforce_Duplicate_Rule_Header=header).status == 201


@pytest.fixture
def keyed(org: OrgClient) -> OrgClient:
    """Give an org whose Project__c has a unique and a plain external ID."""
    fields = [
        {"name": "Ext__c", "type": "string", "length": 80, "externalId": True, "unique": True},
        {"name": "Loose__c", "type": "string", "length": 80, "externalId": True},
    ]
    org.control("POST", "schema", {"sobjects": [{"name": "Project__c", "label": "Project", "fields": fields}]})
    return org


def test_upsert_creates_with_201_and_updates_with_200(keyed: OrgClient) -> None:
    """Source: REST API guide, upsert by external ID, v46 and later."""
    first = keyed.patch("sobjects/Project__c/Ext__c/A-1", {"Name": "One"})
    second = keyed.patch("sobjects/Project__c/Ext__c/a-1", {"Name": "Two"})
    assert (first.status, first.body["created"]) == (201, True)
    assert (second.status, second.body) == (
        200,
        {"id": first.body["id"], "success": True, "errors": [], "created": False},
    )
    row = keyed.get("sobjects/Project__c/Ext__c/A-1?fields=Name,Ext__c").body
    assert (row["Name"], row["Ext__c"]) == ("Two", "A-1")


def test_upsert_before_v46_updates_with_204(keyed: OrgClient) -> None:
    """Source: REST API guide, upsert: up to v45 an update answers 204."""
    path = "/services/data/v45.0/sobjects/Project__c/Ext__c/A-1"
    assert keyed.patch(path, {"Name": "One"}).status == 201
    answer = keyed.patch(path, {"Name": "Two"})
    assert (answer.status, answer.body) == (204, None)


def test_several_matches_answer_300_with_their_urls(keyed: OrgClient) -> None:
    """Source: REST API guide, upsert: 300 Multiple Choices; the body is an array of URLs (jsforce's test)."""
    ids = keyed.load("Project__c", {"Name": "One", "Loose__c": "L"}, {"Name": "Two", "Loose__c": "L"})
    answer = keyed.patch("sobjects/Project__c/Loose__c/L", {"Name": "Three"})
    assert answer.status == 300
    assert answer.body == [f"{V66}/sobjects/Project__c/{each}" for each in ids]
    assert keyed.get("sobjects/Project__c/Loose__c/L").status == 300


def test_update_only_answers_404_when_there_is_none(keyed: OrgClient) -> None:
    """Source: REST API guide, upsert: updateOnly=true."""
    assert keyed.patch("sobjects/Project__c/Ext__c/A-9?updateOnly=true", {"Name": "One"}).status == 404
    assert keyed.get("sobjects/Project__c/Ext__c/A-9").status == 404


def test_a_field_that_is_no_external_id_answers_404(keyed: OrgClient) -> None:
    """Source: REST API guide, sObject Rows: "Provided external ID field does not exist or is not accessible: X"."""
    answer = keyed.patch("sobjects/Project__c/Name2__c/x", {"Name": "One"})
    assert answer.status == 404
    assert answer.body[0]["message"] == "Provided external ID field does not exist or is not accessible: Name2__c"


def test_the_key_is_not_part_of_the_body(keyed: OrgClient) -> None:
    answer = keyed.patch("sobjects/Project__c/Ext__c/A-1", {"Ext__c": "A-1", "Name": "One"})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_a_key_is_percent_encoded_in_the_path(keyed: OrgClient) -> None:
    value = "A 1+é&?"
    assert keyed.patch(f"sobjects/Project__c/Ext__c/{in_path(value)}", {"Name": "One"}).status == 201
    assert keyed.query("SELECT Ext__c FROM Project__c")[0]["Ext__c"] == value


def test_a_contact_may_be_upserted_by_email_through_the_path(org: OrgClient) -> None:
    """Source: REST API guide, sObject Rows: idLookup fields of standard objects are keys: Contact.Email."""
    address = in_path("ada@example.com")
    assert org.patch(f"sobjects/Contact/Email/{address}", {"LastName": "Lovelace"}).status == 201
    assert org.patch(f"sobjects/Contact/Email/{address}", {"Title": "CEO"}).status == 200


def test_rows_answer_304_and_412_by_their_stamp(org: OrgClient) -> None:
    """Source: REST API guide, Conditional Request Headers."""
    contact = org.created("Contact", LastName="Lovelace")
    later, earlier = "Fri, 01 Jan 2100 00:00:00 GMT", "Thu, 01 Jan 2015 00:00:00 GMT"
    assert org.get(f"sobjects/Contact/{contact}", If_Modified_Since=later).status == 304
    assert org.get(f"sobjects/Contact/{contact}", If_Modified_Since=earlier).status == 200
    assert org.patch(f"sobjects/Contact/{contact}", {"Title": "C"}, If_Unmodified_Since=earlier).status == 412
    assert org.get(f"sobjects/Contact/{contact}").body["Title"] is None


def test_record_counts(org: OrgClient) -> None:
    """Source: REST API guide, Record Count."""
    org.created("Contact", LastName="Lovelace")
    answer = org.get("limits/recordCount?sObjects=Contact,Lead")
    assert answer.body == {"sObjects": [{"count": 1, "name": "Contact"}, {"count": 0, "name": "Lead"}]}


def test_loaded_rows_may_become_visible_later_than_their_stamp(org: OrgClient) -> None:
    """Source: Object Reference, system fields: rows appear behind an advanced cursor, up to ten minutes late."""
    body = {"sobject": "Contact", "records": [{"LastName": "Late"}], "visible_after_s": 300}
    record_id = org.control("POST", "records", body)["ids"][0]
    assert org.query("SELECT Id FROM Contact") == []
    assert org.get(f"sobjects/Contact/{record_id}").status == 404
    org.control("POST", "clock", {"advance_s": 301})
    assert [row["Id"] for row in org.query("SELECT Id FROM Contact")] == [record_id]


def test_what_people_do_in_an_org_through_the_control_api(org: OrgClient) -> None:
    """Conversion, merge, deletion, undeletion and an emptied bin, as documented in SCHEMA.md."""
    lead = org.created("Lead", LastName="Lovelace", Company="Engines")
    became = org.control("POST", f"leads/{lead}/convert", {"opportunity": True})
    soql = f"SELECT IsConverted, ConvertedContactId FROM Lead WHERE Id = '{lead}'"
    assert org.query(soql)[0]["ConvertedContactId"] == became["contact_id"]
    master, loser = org.created("Contact", LastName="A"), org.created("Contact", LastName="B")
    org.control("POST", "merge", {"master": master, "losers": [loser]})
    merged = org.get("queryAll?q=SELECT+Id,MasterRecordId+FROM+Contact+WHERE+IsDeleted=true").body["records"]
    assert [(row["Id"], row["MasterRecordId"]) for row in merged] == [(loser, master)]
    org.control("POST", "delete", {"ids": [master]})
    assert org.get(f"sobjects/Contact/{master}").status == 404
    org.control("POST", "undelete", {"ids": [master]})
    assert org.get(f"sobjects/Contact/{master}").status == 200
    org.control("POST", "delete", {"ids": [master], "hard": True})
    assert org.control("POST", "recycle-bin/empty", {}) == {"removed": 1}
    assert org.get("queryAll?q=SELECT+Id+FROM+Contact+WHERE+IsDeleted=true").body["records"] == []


def test_account_rows_have_etags(org: OrgClient) -> None:
    """Source: REST API guide, Conditional Request Headers: ETag, If-Match and If-None-Match for Account alone."""
    account = org.created("Account", Name="Acme")
    tag = org.get(f"sobjects/Account/{account}").headers["ETag"]
    assert org.get(f"sobjects/Account/{account}", If_None_Match=tag).status == 304
    assert org.patch(f"sobjects/Account/{account}", {"Site": "A"}, If_Match=tag).status == 204
    answer = org.patch(f"sobjects/Account/{account}", {"Site": "B"}, If_Match=tag)
    assert (answer.status, org.get(f"sobjects/Account/{account}").body["Site"]) == (412, "A")
    contact = org.created("Contact", LastName="Lovelace")
    assert "ETag" not in org.get(f"sobjects/Contact/{contact}").headers


def test_a_relationship_can_be_read_along(org: OrgClient) -> None:
    """Source: REST API guide, sObject Relationships: a parent as a record, children as a query's result."""
    account = org.created("Account", Name="Acme")
    contact = org.created("Contact", LastName="Lovelace", AccountId=account)
    assert org.get(f"sobjects/Contact/{contact}/Account?fields=Name").body["Name"] == "Acme"
    children = org.get(f"sobjects/Account/{account}/Contacts?fields=LastName").body
    assert (children["totalSize"], children["done"]) == (1, True)
    assert children["records"][0]["LastName"] == "Lovelace"
    assert org.get(f"sobjects/Contact/{contact}/ReportsTo").status == 404
    assert org.get(f"sobjects/Contact/{contact}/Nothing").status == 404


def test_an_encoded_slash_in_a_key_is_part_of_the_key(org: OrgClient) -> None:
    """Source: RFC 3986: %2F separates nothing; real clients encode the key."""
    field = {"name": "Ext__c", "type": "string", "externalId": True, "unique": True}
    org.control("POST", "schema", {"sobjects": [{"name": "Account", "fields": [field]}]})
    created = org.patch("sobjects/Account/Ext__c/a%2Fb", {"Name": "Acme"})
    assert (created.status, created.body["created"]) == (201, True)
    assert org.query("SELECT Ext__c FROM Account")[0]["Ext__c"] == "a/b"
    assert org.get("sobjects/Account/Ext__c/a%2fb").body["Name"] == "Acme"
    part = {"method": "GET", "url": "/services/data/v66.0/sobjects/Account/Ext__c/a%2Fb", "referenceId": "one"}
    answer = org.post("composite", {"compositeRequest": [part]})
    assert answer.body["compositeResponse"][0]["httpStatusCode"] == 200
    assert org.delete("sobjects/Account/Ext__c/a%2Fb").status == 204


def test_a_path_may_begin_with_two_slashes(org: OrgClient) -> None:
    """Source: `sf org login access-token` stores a URL with a closing slash, so that every command sends two."""
    assert org.get("//services/data/v66.0/sobjects/Account").status == 200


def test_a_create_may_go_to_the_id_resource(org: OrgClient) -> None:
    """Source: REST API guide, upsert: POST to .../sobjects/Account/Id inserts a record."""
    answer = org.post("sobjects/Account/Id", {"Name": "Acme"})
    assert (answer.status, answer.body["success"]) == (201, True)
