"""query, queryAll and the pages that follow, without a socket."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local.org.oauth.users import ADMIN_USERNAME, INTEGRATION_USERNAME
from local.org.wire.messages import Response
from tests.support.org.edge import API, Client, error_code


def loaded(sobject: str, *records: dict[str, Any]) -> tuple[Client, dict[str, str]]:
    """Return a client of an org that has these records, and the headers of a session."""
    client = Client()
    client.control("POST", "records", {"sobject": sobject, "records": list(records)})
    return client, client.session()


def people(count: int) -> list[dict[str, Any]]:
    """Return numbered contacts."""
    return [{"LastName": f"P{number:05d}"} for number in range(count)]


def query(client: Client, headers: dict[str, str], statement: str, path: str = "/query") -> Response:
    """Send a query."""
    return client.get(path, headers, q=statement)


def test_a_query_answers_records_of_its_own_version() -> None:
    """Source: REST guide, query: totalSize, done, records with attributes.url."""
    client, headers = loaded("Contact", {"LastName": "Doe"})
    answer = client.send(
        "GET", "/services/data/v45.0/query/", {"q": "SELECT Id, LastName FROM Contact"}, headers=headers
    )
    assert answer.status == 200
    assert list(answer.body) == ["totalSize", "done", "records"]
    assert answer.body["records"][0]["attributes"]["url"].startswith("/services/data/v45.0/sobjects/Contact/003")


def test_pages_have_2000_records_and_an_address_for_the_rest() -> None:
    """Source: REST guide, query and Query More Results: nextRecordsUrl, at most 2,000 records a page."""
    client, headers = loaded("Contact", *people(4500))
    first = query(client, headers, "SELECT LastName FROM Contact ORDER BY LastName").body
    assert (first["totalSize"], first["done"], len(first["records"])) == (4500, False, 2000)
    assert first["nextRecordsUrl"].startswith(f"{API}/query/0r8")
    assert first["nextRecordsUrl"].endswith("-2000")
    second = client.send("GET", first["nextRecordsUrl"], headers=headers).body
    third = client.send("GET", second["nextRecordsUrl"], headers=headers).body
    assert (third["done"], len(third["records"]), "nextRecordsUrl" in third) == (True, 500, False)
    names = [each["LastName"] for page in (first, second, third) for each in page["records"]]
    assert names == [each["LastName"] for each in people(4500)]
    again = client.send("GET", first["nextRecordsUrl"], headers=headers).body
    assert again["records"] == second["records"]


@pytest.mark.parametrize(("asked", "given"), [("batchSize=200", 200), ("batchSize=5", 200), ("batchSize=9999", 450)])
def test_the_page_size_can_be_asked_for_between_200_and_2000(asked: str, given: int) -> None:
    """Source: REST guide, Query Options Header."""
    client, headers = loaded("Contact", *people(450))
    answer = query(client, {**headers, "Sforce-Query-Options": asked}, "SELECT Id FROM Contact").body
    assert len(answer["records"]) == given


@pytest.mark.parametrize(
    ("accounts", "children", "sizes"),
    [(10, 70, [2, 2, 2, 2, 2]), (5, 99, [2, 2, 1]), (4, 100, [1, 1, 1, 1]), (2, 201, [1, 1]), (3, 0, [3])],
)
def test_children_count_towards_the_page(accounts: int, children: int, sizes: list[int]) -> None:
    """Source: SOQL guide, change the batch size in queries: child records count; a page has a record at least."""
    client, headers = loaded("Account", *({"Name": f"A{number}"} for number in range(accounts)))
    ids = [each["Id"] for each in client.control("GET", "records/Account")["records"]]
    rows = [{"LastName": "C", "AccountId": each} for each in ids for _ in range(children)]
    client.control("POST", "records", {"sobject": "Contact", "records": rows})
    headers = {**headers, "Sforce-Query-Options": "batchSize=200"}
    answer = query(client, headers, "SELECT Id, (SELECT Id FROM Contacts) FROM Account").body
    pages = [answer["records"]]
    while "nextRecordsUrl" in answer:
        answer = client.send("GET", answer["nextRecordsUrl"], headers=headers).body
        pages.append(answer["records"])
    assert [len(page) for page in pages] == sizes
    totals = [each["Contacts"]["totalSize"] if each["Contacts"] else 0 for page in pages for each in page]
    assert totals == [children] * accounts


def test_a_long_list_of_children_has_pages_of_its_own() -> None:
    """Source: REST guide, query: a nested result has its own nextRecordsUrl; jsforce's pagination tests: 200 children first."""
    client, headers = loaded("Account", {"Name": "Big"})
    account = client.control("GET", "records/Account")["records"][0]["Id"]
    children = [{**each, "AccountId": account} for each in people(450)]
    client.control("POST", "records", {"sobject": "Contact", "records": children})
    statement = "SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName DESC) FROM Account"
    contacts = query(client, headers, statement).body["records"][0]["Contacts"]
    assert (contacts["totalSize"], contacts["done"], len(contacts["records"])) == (450, False, 200)
    names = [each["LastName"] for each in contacts["records"]]
    while "nextRecordsUrl" in contacts:
        contacts = client.send("GET", contacts["nextRecordsUrl"], headers=headers).body
        names += [each["LastName"] for each in contacts["records"]]
    assert names == [each["LastName"] for each in reversed(people(450))]


def test_two_custom_long_texts_make_pages_of_200() -> None:
    """Source: SOQL guide, change the batch size in queries: two or more custom long text fields."""
    client = Client()
    fields = [{"name": f"Note{each}__c", "type": "textarea", "length": 32000} for each in "AB"]
    answer = client.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": fields}]})
    assert "errorCode" not in str(answer), answer
    client.control("POST", "records", {"sobject": "Contact", "records": people(300)})
    headers = client.session()
    assert len(query(client, headers, "SELECT Id, NoteA__c FROM Contact").body["records"]) == 300
    assert len(query(client, headers, "SELECT Id, NoteA__c, NoteB__c FROM Contact").body["records"]) == 200


def test_a_locator_lives_two_days_and_belongs_to_its_user() -> None:
    """Source: limits cheat sheet, API query cursor limits."""
    client, headers = loaded("Contact", *people(2001))
    address = query(client, headers, "SELECT Id FROM Contact").body["nextRecordsUrl"]
    other = client.session(username=INTEGRATION_USERNAME)
    assert error_code(client.send("GET", address, headers=other)) == (400, "INVALID_QUERY_LOCATOR")
    client.advance(2 * 24 * 3600 - 60)
    headers = client.session()
    assert client.send("GET", address, headers=headers).status == 200
    client.advance(60)
    assert error_code(client.send("GET", address, headers=client.session())) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize(
    "locator", ["01g000000000000AAA-2000", "nonsense", "01g", "01g-x", "{known}-99999", "{known}-"]
)
def test_an_unknown_locator_is_refused(locator: str) -> None:
    """Source: SOAP guide, error codes: INVALID_QUERY_LOCATOR."""
    client, headers = loaded("Contact", *people(2001))
    known = query(client, headers, "SELECT Id FROM Contact").body["nextRecordsUrl"].rpartition("/")[2].partition("-")[0]
    assert error_code(client.get(f"/query/{locator.format(known=known)}", headers)) == (400, "INVALID_QUERY_LOCATOR")


def test_cursors_do_not_disturb_each_other() -> None:
    """Source: limits cheat sheet, API query cursor limits: no cap on open cursors."""
    client, headers = loaded("Contact", *people(2001))
    addresses = [
        query(client, headers, f"SELECT LastName FROM Contact ORDER BY LastName {way}").body["nextRecordsUrl"]
        for way in ("ASC", "DESC", "ASC")
    ]
    last = [client.send("GET", each, headers=headers).body["records"][0]["LastName"] for each in addresses]
    assert last == ["P02000", "P00000", "P02000"]
    assert len(set(addresses)) == 3


def test_query_all_sees_deleted_rows_and_its_pages_are_below_query() -> None:
    """Source: REST guide, QueryAll: its nextRecordsUrl is that of query."""
    client, headers = loaded("Contact", *people(2000), {"LastName": "Gone", "IsDeleted": True})
    statement = "SELECT LastName, IsDeleted FROM Contact ORDER BY LastName"
    assert query(client, headers, statement).body["totalSize"] == 2000
    answer = query(client, headers, statement, "/queryAll").body
    assert (answer["totalSize"], answer["records"][0]["LastName"]) == (2001, "Gone")
    assert answer["nextRecordsUrl"].startswith(f"{API}/query/0r8")


def test_there_is_no_query_by_post_and_none_without_a_statement() -> None:
    """Source: REST guide, query: GET only; long statements travel in a composite request."""
    client, headers = loaded("Contact")
    assert error_code(client.send("POST", f"{API}/query", headers=headers, body=b"{}")) == (405, "METHOD_NOT_ALLOWED")
    empty = client.get("/query", headers)
    assert error_code(empty) == (400, "MALFORMED_QUERY")
    assert empty.body[0]["message"] == "A query string has to be specified"


def test_a_user_sees_the_fields_and_objects_that_their_rights_show() -> None:
    """Source: REST guide: queries run with the user's permissions; a hidden field looks like an unknown one."""
    client, headers = loaded("Contact", {"LastName": "Doe", "Phone": "1"})
    rights = {"objects": {"Lead": {"read": False}}, "fields": {"Contact.Phone": {"read": False}}}
    client.control("POST", "schema", {"permissions": {ADMIN_USERNAME: rights}})
    assert error_code(query(client, headers, "SELECT Phone FROM Contact")) == (400, "INVALID_FIELD")
    assert error_code(query(client, headers, "SELECT Id FROM Contact WHERE Phone = '1'")) == (400, "INVALID_FIELD")
    assert error_code(query(client, headers, "SELECT Id FROM Lead")) == (400, "INVALID_TYPE")
    other = client.session(username=INTEGRATION_USERNAME)
    assert query(client, other, "SELECT Phone FROM Contact").body["records"][0]["Phone"] == "1"


@pytest.mark.parametrize(("zone", "matching"), [("Pacific/Auckland", ["New"]), ("America/Los_Angeles", ["Old", "New"])])
def test_date_literals_follow_the_user_s_time_zone(zone: str, matching: list[str]) -> None:
    """Source: SOQL guide, date formats and date literals."""
    client, _ = loaded(
        "Contact",
        {"LastName": "Old", "CreatedDate": "2026-05-14T08:00:00.000+0000"},
        {"LastName": "New", "CreatedDate": "2026-05-14T13:00:00.000+0000"},
    )
    user_id = client.control("POST", "sessions")["user_id"]
    client.control("POST", "records", {"sobject": "User", "records": [{"Id": user_id, "TimeZoneSidKey": zone}]})
    client.org.clock.set_ms(round(datetime(2026, 5, 14, 14, tzinfo=UTC).timestamp() * 1000))
    statement = "SELECT LastName FROM Contact WHERE CreatedDate = TODAY ORDER BY CreatedDate"
    records = query(client, client.session(), statement).body["records"]
    assert [each["LastName"] for each in records] == matching


def test_fiscal_literals_follow_the_organization() -> None:
    """Source: SOQL guide, date formats: the fiscal year is the organization's."""
    client, _ = loaded("Contact", {"LastName": "Doe", "CreatedDate": "2026-03-31T00:00:00.000+0000"})
    client.org.clock.set_ms(round(datetime(2026, 2, 1, tzinfo=UTC).timestamp() * 1000))
    statement = "SELECT Id FROM Contact WHERE CreatedDate = THIS_FISCAL_YEAR"
    assert query(client, client.session(), statement).body["totalSize"] == 1
    organization = {"Id": client.org.org_id, "FiscalYearStartMonth": 3}
    client.control("POST", "records", {"sobject": "Organization", "records": [organization]})
    assert query(client, client.session(), statement).body["totalSize"] == 0


def test_a_page_keeps_its_rows_while_others_change() -> None:
    """Source: REST guide, Query More Results: a locator is a cursor over the result of its query."""
    client, headers = loaded("Contact", *people(2001))
    address = query(client, headers, "SELECT LastName FROM Contact ORDER BY LastName").body["nextRecordsUrl"]
    client.control("POST", "records", {"sobject": "Contact", "records": [{"LastName": "A"}, {"LastName": "ZZZ"}]})
    assert [each["LastName"] for each in client.send("GET", address, headers=headers).body["records"]] == ["P02000"]


INCREMENTAL = (
    "SELECT LastName FROM Contact WHERE SystemModstamp > 2026-05-01T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 2000"
)


def test_a_late_commit_appears_behind_the_cursor_of_others() -> None:
    """Source: airbyte #27146, Estuary: the stamp is given at save, the row is visible at commit, up to 10 minutes later."""
    client = Client()
    client.org.clock.set_ms(round(datetime(2026, 5, 2, tzinfo=UTC).timestamp() * 1000))
    writer = {**client.session(username=INTEGRATION_USERNAME), "Content-Type": "application/json"}
    reader = client.session()
    client.settings(commit_delay_s=300)
    late = client.send("POST", f"{API}/sobjects/Contact", body=b'{"LastName": "Late"}', headers=writer)
    assert late.status == 201
    client.advance(60)
    client.control("POST", "records", {"sobject": "Contact", "records": [{"LastName": "Prompt"}]})

    def names(headers: dict[str, str]) -> list[str]:
        return [each["LastName"] for each in query(client, headers, INCREMENTAL).body["records"]]

    assert (names(reader), names(writer)) == (["Prompt"], ["Late", "Prompt"])
    client.advance(300)
    assert names(reader) == ["Late", "Prompt"]


def test_a_query_can_be_explained() -> None:
    """Source: REST guide, query with the explain parameter: plans with cardinalities, leading operation and cost."""
    client, headers = loaded("Contact", *people(10))
    (scan,) = client.get("/query", headers, explain="SELECT Id FROM Contact WHERE LastName LIKE 'P0000%'").body["plans"]
    assert (scan["leadingOperationType"], scan["cardinality"], scan["sobjectCardinality"]) == ("TableScan", 10, 10)
    assert (scan["sobjectType"], scan["relativeCost"], scan["fields"], scan["notes"]) == ("Contact", 1.0, [], [])
    (lookup,) = client.get("/query", headers, explain="SELECT Id FROM Contact WHERE Email = 'a@x.example'").body[
        "plans"
    ]
    assert (lookup["leadingOperationType"], lookup["cardinality"]) == ("Index", 0)
    assert error_code(client.get("/query", headers, explain="SELECT Nothing")) == (400, "MALFORMED_QUERY")


STORED = {
    "Time__c": ("time", "12:30:00.000Z", ["= 12:30:00Z", "> 12:29:59.999Z"]),
    "Date__c": ("date", "2026-01-31", ["= 2026-01-31", "< 2026-02-01"]),
    "Moment__c": ("datetime", "2026-01-31T10:00:00+02:00", ["= 2026-01-31T08:00:00Z", "< 2026-01-31T08:00:00.001Z"]),
    "Whole__c": ("int", 7, ["= 7", "IN (6, 7)"]),
    "Number__c": ("double", 1.5, ["= 1.5", ">= 1.50"]),
    "Percent__c": ("percent", 12.5, ["= 12.5"]),
    "Amount__c": ("currency", 99.9, ["= 99.9"]),
    "Flag__c": ("boolean", True, ["= true", "!= null"]),
    "Several__c": ("multipicklist", "A;C", ["INCLUDES ('A;C')", "= 'a;c'", "EXCLUDES ('B')"]),
    "Link__c": ("url", "https://example.com/X", ["= 'HTTPS://EXAMPLE.COM/x'"]),
}


def test_what_is_saved_in_any_type_is_found_by_its_literal() -> None:
    """Source: SOQL guide, date formats and comparison operators; SOAP guide, field types."""
    client = Client()
    attributes: dict[str, dict[str, Any]] = {
        "int": {"digits": 8},
        "multipicklist": {"picklistValues": ["A", "B", "C"]},
        "url": {"length": 255},
    }
    numbers: dict[str, Any] = {"precision": 18, "scale": 2}
    fields = [
        {"name": name, "type": kind, **attributes.get(kind, numbers if isinstance(value, float) else {})}
        for name, (kind, value, _) in STORED.items()
    ]
    answer = client.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": fields}]})
    assert "errorCode" not in str(answer), answer
    body = json.dumps({"LastName": "Doe", **{name: value for name, (_, value, _) in STORED.items()}}).encode()
    headers = {**client.session(), "Content-Type": "application/json"}
    assert client.send("POST", f"{API}/sobjects/Contact", body=body, headers=headers).status == 201
    for name, (_, _, conditions) in STORED.items():
        for condition in conditions:
            found = query(client, headers, f"SELECT Id FROM Contact WHERE {name} {condition}")
            assert (found.status, found.body["totalSize"]) == (200, 1), f"{name} {condition}"
            others = query(client, headers, f"SELECT Id FROM Contact WHERE (NOT {name} {condition})")
            assert others.body["totalSize"] == 0, f"NOT {name} {condition}"


def columns(soql: str) -> Any:
    client = Client()
    return client.send("GET", f"{API}/query", {"q": soql, "columns": "true"}, headers=client.session()).body


def test_a_query_may_ask_for_its_columns_alone() -> None:
    """Source: the `sf data query` command, which asks for them before it prints a table."""
    soql = "SELECT Id, Account.Owner.Name, DoNotCall, (SELECT Subject FROM Tasks) FROM Contact"
    answer = columns(soql)
    assert "records" not in answer
    assert (answer["entityName"], answer["keyPrefix"], answer["idSelected"]) == ("Contact", "003", True)
    found = {each["columnName"]: each for each in answer["columnMetadata"]}
    assert list(found) == ["Id", "Account", "DoNotCall", "Tasks"]
    assert found["DoNotCall"]["booleanType"]
    assert found["Account"]["joinColumns"][0]["joinColumns"][0]["columnName"] == "Name"
    assert (found["Tasks"]["aggregate"], found["Tasks"]["joinColumns"][0]["columnName"]) == (True, "Subject")


def test_the_columns_of_groups_have_their_aliases() -> None:
    answer = columns("SELECT LeadSource, COUNT(Id), MAX(CreatedDate) newest FROM Lead GROUP BY LeadSource")
    names = [(each["columnName"], each["aggregate"]) for each in answer["columnMetadata"]]
    assert names == [("LeadSource", False), ("expr0", True), ("newest", True)]
    assert answer["groupBy"]


def test_columns_of_a_bad_statement_are_its_error() -> None:
    assert columns("SELECT Nope FROM Lead")[0]["errorCode"] == "INVALID_FIELD"
