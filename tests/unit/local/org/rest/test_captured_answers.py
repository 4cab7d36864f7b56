"""
What real orgs answered, as others captured it, and what the guides say where nobody did.

"captured" is NangoHQ/integration-templates, integrations/salesforce/tests: answers of a Developer Edition in May 2026.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.org.edge import API, Client

NOW = "2026-05-06T11:34:58Z"


@pytest.fixture
def client() -> Client:
    """Return an org whose clock stands still."""
    found = Client()
    found.control("POST", "clock", {"now": NOW, "stop": True})
    return found


@pytest.fixture
def headers(client: Client) -> dict[str, str]:
    """Return a session of the administrator."""
    return client.session()


def load(client: Client, sobject: str, *records: dict[str, Any]) -> list[str]:
    """Store rows and return their Ids."""
    ids: list[str] = client.control("POST", "records", {"sobject": sobject, "records": list(records)})["ids"]
    return ids


def refused(client: Client, headers: dict[str, str], statement: str) -> str:
    """Return the error code of a statement."""
    return str(client.get("/query", headers, q=statement).body[0]["errorCode"])


# --- deletion and what goes with it ---


def test_all_children_that_went_with_a_parent_come_back_with_it(client: Client) -> None:
    """Source: Object Reference, Account, undelete: child records deleted with it; a deletion may take longer than a second."""
    account = load(client, "Account", {"Name": "Large"})[0]
    load(client, "Contact", *({"LastName": f"C{number}", "AccountId": account} for number in range(40)))
    store = client.org.store
    original = store.stamp
    calls = iter(range(10_000))
    store.stamp = lambda: f"2026-05-06T11:{next(calls) // 10 % 60:02}:00.000+0000"  # type: ignore[method-assign]  # a clock for stamps alone
    client.control("POST", "delete", {"ids": [account]})
    store.stamp = original  # type: ignore[method-assign]  # a clock for stamps alone
    client.control("POST", "undelete", {"ids": [account]})
    contacts = client.control("GET", "records/Contact")["records"]
    assert sum(not each.get("IsDeleted") for each in contacts) == 40


def test_a_child_that_was_deleted_before_its_parent_stays_deleted(client: Client) -> None:
    """Source: Object Reference, undelete: only records deleted with the parent; here within the same second."""
    account = load(client, "Account", {"Name": "A"})[0]
    first, second = load(client, "Contact", *({"LastName": each, "AccountId": account} for each in ("One", "Two")))
    client.control("POST", "delete", {"ids": [first, account]})
    client.control("POST", "undelete", {"ids": [account]})
    contacts = {each["Id"]: each.get("IsDeleted") for each in client.control("GET", "records/Contact")["records"]}
    assert contacts == {first: True, second: False}


# --- who is logged in ---


def test_userinfo_has_pictures_an_offset_in_milliseconds_and_seconds_without_fraction(
    client: Client, headers: dict[str, str]
) -> None:
    """Source: captured get-current-user: -28800000 for Los Angeles in May, so without summer time."""
    body = client.send("GET", "/services/oauth2/userinfo", headers=headers).body
    assert body["utcOffset"] == -28_800_000
    assert body["photos"]["picture"].endswith("/profilephoto/005/F")
    assert body["photos"]["thumbnail"].endswith("/profilephoto/005/T")
    assert body["picture"] == body["photos"]["picture"]
    assert body["updated_at"].endswith("Z")
    assert len(body["updated_at"]) == len("2026-05-06T09:49:19Z")
    assert body["is_salesforce_integration_user"] is False
    assert "is_app_installed" not in body
    assert set(body["urls"]) >= {
        "tooling_soap",
        "tooling_rest",
        "feeds",
        "groups",
        "users",
        "feed_items",
        "feed_elements",
    }


def test_the_identity_says_the_same_in_its_own_words(client: Client, headers: dict[str, str]) -> None:
    """Source: help, identity URLs, the sample answer."""
    user = client.send("GET", "/services/oauth2/userinfo", headers=headers).body
    path = user["sub"].partition("/id/")
    body = client.send("GET", f"/id/{path[2]}", headers=headers).body
    assert body["utcOffset"] == user["utcOffset"]
    assert body["photos"] == user["photos"]
    assert body["last_modified_date"] == user["updated_at"]
    assert {"addr_city", "addr_state", "addr_country", "addr_zip", "mobile_phone_verified"} <= set(body)


# --- results and headers ---


def test_the_result_of_a_record_that_is_not_there_carries_no_id(client: Client, headers: dict[str, str]) -> None:
    """Source: captured update-sobject-collection; the keys are exactly these."""
    body = b'{"records": [{"attributes": {"type": "Account"}, "id": "001xx000003DHP0AAO", "Name": "New"}]}'
    result = client.send("PATCH", f"{API}/composite/sobjects", body=body, headers=headers).body[0]
    error = {"statusCode": "INVALID_CROSS_REFERENCE_KEY", "message": "invalid cross reference id", "fields": []}
    assert result == {"success": False, "errors": [error]}


def test_a_record_that_is_there_and_was_refused_keeps_its_id(client: Client, headers: dict[str, str]) -> None:
    account = load(client, "Account", {"Name": "A"})[0]
    body = (
        f'{{"records": [{{"attributes": {{"type": "Account"}}, "id": "{account}", "ParentId": "001xx000003DHP0AAO"}}]}}'
    )
    result = client.send("PATCH", f"{API}/composite/sobjects", body=body.encode(), headers=headers).body[0]
    assert (result["id"], result["errors"][0]["statusCode"]) == (account, "INVALID_CROSS_REFERENCE_KEY")


def test_a_row_has_its_last_modified_and_an_account_an_etag_too(client: Client, headers: dict[str, str]) -> None:
    """Source: captured get-record (Account) and get-record-by-external-id (User)."""
    account = load(client, "Account", {"Name": "A"})[0]
    contact = load(client, "Contact", {"LastName": "C"})[0]
    answers = [
        client.get(f"/sobjects/{name}", headers)
        for name in (f"Account/{account}", f"Account/Id/{account}", f"Contact/{contact}")
    ]
    assert {answer.headers["Last-Modified"] for answer in answers} == {"Wed, 06 May 2026 11:34:58 GMT"}
    assert ["ETag" in answer.headers for answer in answers] == [True, True, False]


@pytest.mark.parametrize("path", ["/sobjects", "/sobjects/Account/describe"])
def test_a_describe_has_an_etag_that_a_reader_may_ask_by(client: Client, headers: dict[str, str], path: str) -> None:
    """Source: captured describe-global and describe-sobject: ETag "e8178a2d", and Last-Modified."""
    first = client.get(path, headers)
    assert "Last-Modified" in first.headers
    again = client.send("GET", API + path, headers={**headers, "If-None-Match": first.headers["ETag"][:-1] + '--gzip"'})
    assert (again.status, again.body) == (304, None)
    client.control("POST", "schema", {"sobjects": [{"name": "Account", "fields": [{"name": "New__c"}]}]})
    changed = client.send("GET", API + path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert changed.status == 200


def test_parts_of_a_composite_show_these_headers_with_dates_without_a_leading_zero(client: Client) -> None:
    """Source: captured composite-request: `"Last-Modified": "Wed, 6 May 2026 09:49:20 GMT"`."""
    body = (
        f'{{"compositeRequest": [{{"method": "GET", "url": "{API}/sobjects/Account/describe", "referenceId": "r"}}]}}'
    )
    client.control("POST", "clock", {"now": "2027-01-06T09:49:20Z"})
    client.control("POST", "schema", {"sobjects": []})
    session = client.session()
    part = client.send("POST", f"{API}/composite", body=body.encode(), headers=session).body["compositeResponse"][0]
    assert sorted(part["httpHeaders"]) == ["ETag", "Last-Modified"]
    assert part["httpHeaders"]["Last-Modified"].startswith("Wed, 6 Jan 2027 ")
    assert part["httpStatusCode"] == 200


def test_a_page_with_a_long_text_area_has_a_thousand_rows(client: Client, headers: dict[str, str]) -> None:
    """Source: captured articles: accounts with Description come by 1,000, without it by 2,000; the locator begins 0r8."""
    load(client, "Account", *({"Name": f"A{number}"} for number in range(2_086)))
    page = client.get("/query", headers, q="SELECT Id, Name, Description FROM Account").body
    assert (len(page["records"]), page["nextRecordsUrl"][-5:]) == (1_000, "-1000")
    assert page["nextRecordsUrl"].startswith(f"{API}/query/0r8")
    page = client.send("GET", page["nextRecordsUrl"], headers=headers).body
    assert (len(page["records"]), page["nextRecordsUrl"][-5:]) == (1_000, "-2000")
    assert len(client.get("/query", headers, q="SELECT Id, Name FROM Account").body["records"]) == 2_000


def test_an_address_whose_domain_looks_like_a_file_cannot_be_asked_by_its_path(
    client: Client, headers: dict[str, str]
) -> None:
    """Source: REST guide, sObject Rows by External ID, the note on top level domains."""
    load(client, "Lead", *({"LastName": "L", "Company": "C", "Email": f"a@email.{end}"} for end in ("inc", "com")))
    statuses = [client.get(f"/sobjects/Lead/Email/a@email.{end}", headers).status for end in ("inc", "INC", "com")]
    assert statuses == [404, 404, 200]
    patched = client.send("PATCH", f"{API}/sobjects/Lead/Email/a@email.inc", body=b'{"LastName": "M"}', headers=headers)
    assert patched.status == 404


# --- limits ---


def test_the_limits_are_those_of_a_developer_edition(client: Client, headers: dict[str, str]) -> None:
    """Source: captured get-limits: 71 entries, one of them with a second count inside."""
    body = client.get("/limits", headers).body
    assert len(body) == 71
    assert (body["DataStorageMB"]["Max"], body["FileStorageMB"]["Max"], body["SingleEmail"]["Max"]) == (5, 20, 15)
    assert body["PermissionSets"]["CreateCustom"] == {"Max": 1_000, "Remaining": 1_000}
    assert all(each["Max"] >= each["Remaining"] >= 0 for each in body.values())


# --- conversion and activities ---


@pytest.mark.parametrize(
    ("now", "starts", "close"),
    [
        ("2026-05-06T12:00:00Z", 1, "2026-06-30"),
        ("2026-12-31T12:00:00Z", 1, "2026-12-31"),
        ("2026-05-06T12:00:00Z", 3, "2026-05-31"),
        ("2026-12-01T12:00:00Z", 2, "2027-01-31"),
    ],
)
def test_a_converted_lead_s_opportunity_closes_at_the_end_of_the_fiscal_quarter(
    client: Client, now: str, starts: int, close: str
) -> None:
    """Source: help, lead conversion: the close date is the last day of the current fiscal quarter."""
    client.control("POST", "clock", {"now": now, "stop": True})
    client.org.store.load("Organization", [{"Id": client.org.org_id, "FiscalYearStartMonth": starts}])
    lead = load(client, "Lead", {"LastName": "L", "Company": "C"})[0]
    deal = client.control("POST", f"leads/{lead}/convert", {"opportunity": True})["opportunity_id"]
    assert client.org.store.raw(deal or "")["CloseDate"] == close  # type: ignore[index]


def last_activity(client: Client, record_id: str) -> str | None:
    """Return a record's LastActivityDate."""
    return (client.org.store.raw(record_id) or {}).get("LastActivityDate")


def test_the_last_activity_is_the_newest_closed_one_of_the_person_and_the_account(client: Client) -> None:
    """Source: Object Reference, LastActivityDate: due date of the most recently closed task or most recent event."""
    account = load(client, "Account", {"Name": "A"})[0]
    contact = load(client, "Contact", {"LastName": "C", "AccountId": account})[0]
    stamp = client.org.store.raw(contact)["SystemModstamp"]  # type: ignore[index]
    task = {"WhoId": contact, "Subject": "Call"}
    load(client, "Task", {**task, "ActivityDate": "2026-05-01", "Status": "Not Started"})
    assert last_activity(client, contact) is None
    newest = load(client, "Task", {**task, "ActivityDate": "2026-05-04", "Status": "Completed"})[0]
    load(client, "Task", {**task, "ActivityDate": "2026-05-02", "Status": "Completed"})
    assert (last_activity(client, contact), last_activity(client, account)) == ("2026-05-04", "2026-05-04")
    client.control("POST", "delete", {"ids": [newest]})
    assert (last_activity(client, contact), last_activity(client, account)) == ("2026-05-02", "2026-05-02")
    client.control("POST", "undelete", {"ids": [newest]})
    assert last_activity(client, contact) == "2026-05-04"
    assert client.org.store.raw(contact)["SystemModstamp"] == stamp  # type: ignore[index]


def test_a_task_that_is_reopened_or_moved_no_longer_counts(client: Client) -> None:
    """Source: as above; the date follows the activities that there are."""
    first, second = load(client, "Contact", {"LastName": "C"}, {"LastName": "D"})
    task = load(client, "Task", {"WhoId": first, "ActivityDate": "2026-05-04", "Status": "Completed"})[0]
    load(client, "Task", {"Id": task, "WhoId": second})
    assert (last_activity(client, first), last_activity(client, second)) == (None, "2026-05-04")
    load(client, "Task", {"Id": task, "Status": "Not Started"})
    assert last_activity(client, second) is None


def test_an_event_counts_once_it_is_over(client: Client) -> None:
    """Source: as above; R that an event to come does not count."""
    lead = load(client, "Lead", {"LastName": "L", "Company": "C"})[0]
    for day in ("2026-05-05", "2026-05-09"):
        load(client, "Event", {"WhoId": lead, "StartDateTime": f"{day}T10:00:00Z", "DurationInMinutes": 30})
    assert last_activity(client, lead) == "2026-05-05"


# --- functions of a SELECT list ---


def test_format_writes_values_as_the_user_s_locale_does(client: Client, headers: dict[str, str]) -> None:
    """Source: SOQL guide, FORMAT: `$44,000.00`, `4/10/2025, 3:31 PM`, aliases, aggregates inside."""
    account = load(client, "Account", {"Name": "A", "AnnualRevenue": 44_000, "NumberOfEmployees": 1_234})[0]
    deal = {"Name": "O", "AccountId": account, "StageName": "Prospecting", "CloseDate": "2026-05-09", "Amount": 1250.5}
    load(client, "Opportunity", deal)
    statement = (
        "SELECT Amount, FORMAT(Amount) Amt, FORMAT(CloseDate), FORMAT(LastModifiedDate) changed, FORMAT(Probability) p, "
        "FORMAT(Account.NumberOfEmployees) FROM Opportunity"
    )
    record = client.get("/query", headers, q=statement).body["records"][0]
    assert {name: value for name, value in record.items() if name not in ("attributes", "Account")} == {
        "Amount": 1250.5,
        "Amt": "$1,250.50",
        "CloseDate": "5/9/2026",
        "changed": "5/6/2026, 4:34 AM",
        "p": "10%",
    }
    assert record["Account"]["NumberOfEmployees"] == "1,234"
    grouped = client.get("/query", headers, q="SELECT FORMAT(MIN(CloseDate)) Amt, FORMAT(SUM(Amount)) FROM Opportunity")
    assert grouped.body["records"][0] == {
        "attributes": {"type": "AggregateResult"},
        "Amt": "5/9/2026",
        "expr0": "$1,250.50",
    }


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("de_DE", ["1.250,50 $", "09.05.2026"]),
        ("en_GB", ["$1,250.50", "09/05/2026"]),
        ("xx", ["$1,250.50", "5/9/2026"]),
    ],
)
def test_another_locale_writes_them_otherwise(
    client: Client, headers: dict[str, str], locale: str, written: list[str]
) -> None:
    """Source: SOQL guide, FORMAT: the user's locale decides; R the patterns."""
    client.org.store.load("User", [{"Id": client.org.store.default_user_id, "LocaleSidKey": locale}])
    load(client, "Opportunity", {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-05-09", "Amount": 1250.5})
    record = client.get("/query", headers, q="SELECT FORMAT(Amount), FORMAT(CloseDate) FROM Opportunity").body[
        "records"
    ][0]
    assert [record["Amount"], record["CloseDate"]] == written


def test_to_label_takes_the_name_of_a_record_type(client: Client, headers: dict[str, str]) -> None:
    """Source: SOQL guide, toLabel: picklists and record type names."""
    client.control(
        "POST", "schema", {"sobjects": [{"name": "Lead", "record_types": [{"developerName": "Web", "default": True}]}]}
    )
    load(client, "Lead", {"LastName": "L", "Company": "C"})
    answer = client.get("/query", headers, q="SELECT Company, toLabel(RecordType.Name) FROM Lead").body["records"][0]
    assert answer["RecordType"]["Name"] == "Web"
    assert refused(client, headers, "SELECT toLabel(Company) FROM Lead") == "MALFORMED_QUERY"


@pytest.mark.parametrize(
    "clause",
    [
        "ORDER BY toLabel(Status)",
        "ORDER BY convertCurrency(AnnualRevenue)",
        "ORDER BY FORMAT(AnnualRevenue)",
        "WHERE convertCurrency(AnnualRevenue) > 5",
        "WHERE FORMAT(AnnualRevenue) = '5'",
    ],
)
def test_functions_of_the_select_list_are_refused_elsewhere(
    client: Client, headers: dict[str, str], clause: str
) -> None:
    """Source: SOQL guide: toLabel and convertCurrency not in ORDER BY, convertCurrency not in WHERE; FORMAT in SELECT."""
    assert refused(client, headers, f"SELECT Id FROM Lead {clause}") == "MALFORMED_QUERY"


# --- upserts of collections ---


def upserted(client: Client, headers: dict[str, str], path: str, *records: dict[str, Any]) -> list[dict[str, Any]]:
    """Upsert a collection and return the results."""
    body = json.dumps({"records": list(records)}).encode()
    answer = client.send("PATCH", f"{API}/composite/sobjects/{path}", body=body, headers=headers)
    assert answer.status == 200, answer.body
    results: list[dict[str, Any]] = answer.body
    return results


def test_records_without_attributes_fail_one_by_one_whatever_the_key_is(
    client: Client, headers: dict[str, str]
) -> None:
    """
    Source: captured upsert-sobject-collection: PATCH composite/sobjects/Account/Id; the error and its words are those.

    The REST guide says to use no record Ids there; with the setting they work as in the SOAP API's upsert.
    """
    bare = upserted(client, headers, "Account/Id", {"Id": "001000000000000000", "Name": "TestAccountUpsert12345"})
    assert [(each["success"], each["created"], len(each)) for each in bare] == [(False, False, 3)]
    client.settings(upsert_by_id_lookup=True)
    account = load(client, "Account", {"Name": "Old"})[0]
    typed = {"attributes": {"type": "Account"}}
    records: list[dict[str, Any]] = [
        {"Id": account, "Name": "X"},
        {**typed, "id": account, "Name": "New"},
        {**typed, "Name": "Second"},
    ]
    results = upserted(client, headers, "Account/Id", *records)
    message = "Nested object for polymorphic foreign key must have an attributes field before any other fields."
    error = {"statusCode": "JSON_PARSER_ERROR", "message": message, "fields": []}
    assert results[0] == {"success": False, "errors": [error], "created": False}
    assert [(each["success"], each["created"]) for each in results[1:]] == [(True, False), (True, True)]
    names = [each["Name"] for each in client.control("GET", "records/Account")["records"]]
    assert names == ["New", "Second"]
    unknown = upserted(client, headers, "Account/Id", {**typed, "id": "001xx000003DHP0AAO", "Name": "N"})[0]
    assert (unknown["success"], unknown["errors"][0]["statusCode"]) == (False, "INVALID_CROSS_REFERENCE_KEY")


def test_a_number_is_one_external_id_however_it_is_written(client: Client, headers: dict[str, str]) -> None:
    """Source: community threads on DUPLICATE_VALUE, "Duplicate external id specified"; a number has one value."""
    number = {"name": "Number__c", "type": "double", "precision": 18, "scale": 2, "externalId": True}
    client.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": [number]}]})
    session = client.session()
    typed = {"attributes": {"type": "Contact"}, "LastName": "L"}
    records: list[dict[str, Any]] = [{**typed, "Number__c": value} for value in (1, 1.0, "1.00", 10, 1.5)]
    results = upserted(client, session, "Contact/Number__c", *records)
    assert [each["success"] for each in results] == [False, False, False, True, True]
