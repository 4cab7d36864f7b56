"""Bulk API 1.0 queries: results as CSV, JSON and XML, statements that fail, PK chunking."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from local.org.schema.ids import to18
from tests.support.org.bulk import read_csv
from tests.support.org.bulk1 import NAMESPACE, Bulk1Client, members, refused

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
STATEMENT = "SELECT Id, LastName, Birthdate, LastModifiedDate, Account.Name, Email FROM Contact ORDER BY LastName"


def with_contacts() -> Bulk1Client:
    """Return a client of an org with two contacts, one of them of an account."""
    client = Bulk1Client()
    account = {"Id": to18("0015g00000Acme1"), "Name": "Acme, Inc."}
    client.control("POST", "records", {"sobject": "Account", "records": [account]})
    first = {"LastName": "Doe", "Birthdate": "1970-01-02", "AccountId": account["Id"], "Email": 'd"oe@example.com'}
    client.control("POST", "records", {"sobject": "Contact", "records": [first, {"LastName": "Roe"}]})
    return client


def test_rows_as_csv() -> None:
    """Source: Bulk API guide, walk through a bulk query sample."""
    rows = read_csv(with_contacts().query(STATEMENT))
    assert list(rows[0]) == ["Id", "LastName", "Birthdate", "LastModifiedDate", "Account.Name", "Email"]
    assert (rows[0]["Account.Name"], rows[0]["Birthdate"], rows[1]["Birthdate"]) == ("Acme, Inc.", "1970-01-02", "")
    assert rows[0]["LastModifiedDate"].endswith("Z")


def test_no_row_as_csv_is_a_sentence() -> None:
    """Source: what clients look for in CSV results."""
    assert Bulk1Client().query("SELECT Id FROM Contact") == "Records not found for this query"
    assert Bulk1Client().query("SELECT Id FROM Contact", contentType="JSON") == []


def test_rows_as_json_have_times_in_milliseconds() -> None:
    """Source: dlt's Salesforce source reads date and datetime fields of bulk answers as milliseconds since 1970."""
    first, second = with_contacts().query(STATEMENT, contentType="JSON")
    assert first["attributes"]["type"] == "Contact"
    assert (first["Birthdate"], second["Birthdate"]) == (86_400_000, None)
    changed = datetime.fromtimestamp(first["LastModifiedDate"] / 1000, UTC)
    assert abs((datetime.now(UTC) - changed).total_seconds()) < 60
    assert (first["Account"]["Name"], second["Account"]) == ("Acme, Inc.", None)


def test_rows_as_xml() -> None:
    root = ElementTree.fromstring(with_contacts().query(STATEMENT, contentType="XML"))
    assert root.tag == f"{NAMESPACE}queryResult"
    first, second = root
    assert (members(first)["type"], members(first)["Email"]) == ("Contact", 'd"oe@example.com')
    account = first.find(f"{NAMESPACE}Account")
    assert account is not None
    assert members(account) == {"type": "Account", "Name": "Acme, Inc."}
    nil = second.find(f"{NAMESPACE}Email")
    assert nil is not None
    assert nil.get(NIL) == "true"


def test_query_all_has_deleted_rows() -> None:
    client = with_contacts()
    (doe, _) = client.control("GET", "records/Contact")["records"]
    client.control("POST", "delete", {"ids": [doe["Id"]]})
    assert len(read_csv(client.query("SELECT Id FROM Contact"))) == 1
    job = client.job("queryAll", "Contact")
    batch = client.batch(job, "SELECT Id FROM Contact")
    assert client.finished(job, batch)["numberRecordsProcessed"] == "2"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELECT Nope FROM Contact", "INVALID_FIELD: "),
        ("SELECT FROM", "MALFORMED_QUERY: "),
        (
            "SELECT Id FROM Account",
            "INVALID_TYPE_FOR_OPERATION: The root entity of the requested query (Account) does not match the entity of "
            "the requested Bulk API Job (Contact).",
        ),
        ("SELECT MailingAddress FROM Contact", "FUNCTIONALITY_NOT_ENABLED: Selecting compound data not supported in "),
        ("SELECT Id, (SELECT Id FROM Cases) FROM Contact", "FUNCTIONALITY_NOT_ENABLED: Aggregate Relationships not "),
    ],
)
def test_a_statement_that_fails_fails_its_batch(statement: str, message: str) -> None:
    """Source: simple-salesforce's issue 502 for the words of stateMessage."""
    client = Bulk1Client()
    job = client.job("query", "Contact")
    info = client.finished(job, client.batch(job, statement))
    assert info["state"] == "Failed"
    assert info["stateMessage"].startswith(f"InvalidBatch : Failed to process query: {message}")
    assert client.read(client.call("GET", f"/job/{job['id']}"))["numberBatchesFailed"] == "1"


def test_a_result_is_there_once_its_batch_is_completed() -> None:
    client = Bulk1Client()
    job = client.job("query", "Contact")
    batch = client.batch(job, "SELECT Id FROM Contact")
    assert batch["state"] == "Queued"
    assert refused(client.result(job, batch))[:2] == (400, "InvalidBatch")
    assert client.read(client.call("GET", f"/job/{job['id']}/batch/{batch['id']}"))["state"] == "InProgress"
    assert client.finished(job, batch)["state"] == "Completed"
    assert refused(client.result(job, batch, "/752000000000001"))[:2] == (400, "InvalidBatch")
    assert client.call("GET", f"/job/{job['id']}/batch/{batch['id']}/request").body == "SELECT Id FROM Contact"


def test_chunks_hold_every_row_once() -> None:
    """Source: Bulk API guide, PK Chunking header: ranges of Ids, the batch that was sent is not processed."""
    client = Bulk1Client()
    rows = [{"LastName": f"L{number % 2}", "FirstName": str(number)} for number in range(25)]
    client.control("POST", "records", {"sobject": "Contact", "records": rows})
    header = {"Sforce-Enable-PKChunking": "chunkSize=10"}
    job = client.job("query", "Contact", header)
    sent = client.batch(job, "SELECT FirstName FROM Contact WHERE LastName = 'L1' OR FirstName = '0'")
    first, *chunks = client.batches(job)
    assert (first["id"], first["state"], len(chunks)) == (sent["id"], "NotProcessed", 3)
    for _ in range(2):
        chunks = client.batches(job)[1:]
    assert {each["state"] for each in chunks} == {"Completed"}
    found: list[str] = []
    for each in chunks:
        result_id = ElementTree.fromstring(client.result(job, each).body)[0].text
        found += [row["FirstName"] for row in read_csv(client.result(job, each, f"/{result_id}").body)]
    assert sorted(found, key=int) == ["0", *(str(number) for number in range(1, 25, 2))]
    request = client.call("GET", f"/job/{job['id']}/batch/{chunks[0]['id']}/request").body
    assert re.fullmatch(r".* WHERE \(LastName .*\) AND Id >= '003\w{12}' AND Id < '003\w{12}'", request)


def test_chunks_begin_at_the_start_row() -> None:
    client = Bulk1Client()
    rows = [{"LastName": f"L{number}"} for number in range(6)]
    ids = client.control("POST", "records", {"sobject": "Contact", "records": rows})["ids"]
    header = {"Sforce-Enable-PKChunking": f"chunkSize=2; startRow={ids[3][:15]}"}
    job = client.job("query", "Contact", header)
    client.batch(job, "SELECT Id FROM Contact")
    assert len(client.batches(job)) == 3
    for _ in range(2):
        batches = client.batches(job)
    assert sum(int(each["numberRecordsProcessed"]) for each in batches) == 3


@pytest.mark.parametrize("clause", ["ORDER BY Id", "LIMIT 5"])
def test_chunking_takes_no_clause_but_where(clause: str) -> None:
    client = Bulk1Client()
    job = client.job("query", "Contact", {"Sforce-Enable-PKChunking": "TRUE"})
    batch = client.batch(job, f"SELECT Id FROM Contact {clause}")
    info = client.finished(job, batch)
    assert (info["state"], len(client.batches(job))) == ("Failed", 1)


@pytest.mark.parametrize(
    ("sobject", "header"),
    [("CampaignMemberStatus", "TRUE"), ("Contact", "chunkSize=250001"), ("Contact", "TRUE; parent=Account")],
)
def test_what_cannot_be_chunked_is_an_invalid_job(sobject: str, header: str) -> None:
    client = Bulk1Client()
    body = f'{{"operation": "query", "object": "{sobject}", "contentType": "CSV"}}'
    answer = client.call("POST", "/job", body, "application/json", **{"Sforce-Enable-PKChunking": header})
    assert refused(answer)[:2] == (400, "InvalidJob")
