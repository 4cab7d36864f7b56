"""Bulk API 2.0 query jobs: life, results, locators, pages for parallel reading, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.org.bulk import BulkClient, read_csv
from tests.support.org.edge import API, error_code


def with_people(count: int = 3) -> BulkClient:
    """Return a client of an org with numbered contacts of one account."""
    client = BulkClient()
    account = client.control("POST", "records", {"sobject": "Account", "records": [{"Name": 'The "A", Ltd'}]})["ids"][0]
    people = [{"LastName": f"P{number}", "AccountId": account} for number in range(count)]
    client.control("POST", "records", {"sobject": "Contact", "records": people})
    return client


def test_a_job_goes_from_upload_complete_over_in_progress_to_job_complete() -> None:
    """Source: Bulk API 2.0 guide, create a query job and get information about a query job."""
    client = with_people()
    created = client.job("POST", "query", {"operation": "query", "query": "SELECT Id FROM Contact"}).body
    assert created["id"].startswith("750")
    assert {key: created[key] for key in ("operation", "object", "state", "concurrencyMode", "contentType")} == {
        "operation": "query",
        "object": "Contact",
        "state": "UploadComplete",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
    }
    assert (created["apiVersion"], created["lineEnding"], created["columnDelimiter"]) == (66.0, "LF", "COMMA")
    states = [client.job("GET", f"query/{created['id']}").body["state"] for _ in range(3)]
    assert states == ["InProgress", "JobComplete", "JobComplete"]
    done = client.job("GET", f"query/{created['id']}").body
    assert (done["numberRecordsProcessed"], done["jobType"], done["isPkChunkingSupported"]) == (3, "V2Query", True)


def test_the_number_of_polls_is_a_setting() -> None:
    client = with_people()
    client.settings(bulk_polls=0)
    job_id = client.query_job("SELECT Id FROM Contact")
    assert client.job("GET", f"query/{job_id}").body["state"] == "JobComplete"


def test_results_are_quoted_csv_with_flat_names() -> None:
    """Source: same guide, get results: every value quoted; datetimes end in Z, null is empty, parents have dotted names."""
    client = with_people(1)
    statement = "SELECT lastname, Account.Name, Email, HasOptedOutOfEmail, CreatedDate FROM Contact"
    job_id = client.query_job(statement)
    client.finished("query", job_id)
    answer = client.job("GET", f"query/{job_id}/results")
    assert answer.content_type.startswith("text/csv")
    lines = answer.body.split("\n")
    assert lines[0] == '"LastName","Account.Name","Email","HasOptedOutOfEmail","CreatedDate"'
    assert lines[1].startswith('"P0","The ""A"", Ltd","","false","20')
    assert lines[1].endswith('.000Z"')


def test_delimiter_and_line_ending_are_the_job_s() -> None:
    """Source: same guide, create a query job: columnDelimiter and lineEnding."""
    client = with_people(1)
    job_id = client.query_job("SELECT Id, LastName FROM Contact", columnDelimiter="PIPE", lineEnding="CRLF")
    client.finished("query", job_id)
    body = client.job("GET", f"query/{job_id}/results").body
    assert body.startswith('"Id"|"LastName"\r\n')
    assert read_csv(body, "|")[0]["LastName"] == "P0"


def test_results_are_read_by_locator_until_it_says_null() -> None:
    """Source: same guide, get results: Sforce-Locator is the text null at the end, Sforce-NumberOfRecords counts the part."""
    client = with_people(7)
    job_id = client.query_job("SELECT LastName FROM Contact ORDER BY LastName")
    client.finished("query", job_id)
    names: list[str] = []
    sizes: list[str] = []
    locator = ""
    while locator != "null":
        asked = {"maxRecords": "3", **({"locator": locator} if locator else {})}
        answer = client.job("GET", f"query/{job_id}/results", **asked)
        names += [row["LastName"] for row in read_csv(answer.body)]
        sizes.append(answer.headers["Sforce-NumberOfRecords"])
        locator = answer.headers["Sforce-Locator"]
    assert names == [f"P{number}" for number in range(7)]
    assert sizes == ["3", "3", "1"]


def test_no_rows_are_a_header_alone() -> None:
    client = with_people()
    job_id = client.query_job("SELECT Id FROM Lead")
    assert client.finished("query", job_id)["numberRecordsProcessed"] == 0
    answer = client.job("GET", f"query/{job_id}/results")
    assert (answer.body, answer.headers["Sforce-Locator"], answer.headers["Sforce-NumberOfRecords"]) == (
        '"Id"\n',
        "null",
        "0",
    )


def test_result_pages_name_five_parts_at_a_time() -> None:
    """Source: same guide, get parallel results (version 58.0): resultPages, nextRecordsUrl, done."""
    client = with_people(7)
    job_id = client.query_job("SELECT LastName FROM Contact ORDER BY LastName")
    client.finished("query", job_id)
    first = client.job("GET", f"query/{job_id}/resultPages", maxRecords="1").body
    assert (len(first["resultPages"]), first["done"]) == (5, False)
    path, _, asked = first["nextRecordsUrl"].partition("?")
    query = dict(each.split("=") for each in asked.split("&"))
    second = client.send("GET", path, query, headers=client.headers).body
    assert (len(second["resultPages"]), second["done"], second["nextRecordsUrl"]) == (2, True, None)
    names: list[str] = []
    for page in first["resultPages"] + second["resultPages"]:
        path, _, asked = page["resultUrl"].partition("?")
        query = dict(each.split("=") for each in asked.split("&"))
        names += [row["LastName"] for row in read_csv(client.send("GET", path, query, headers=client.headers).body)]
    assert names == [f"P{number}" for number in range(7)]
    older = client.send("GET", f"/services/data/v57.0/jobs/query/{job_id}/resultPages", headers=client.headers)
    assert error_code(older) == (404, "NOT_FOUND")


def test_a_job_is_used_with_its_own_version() -> None:
    """Source: same guide, get results: another API version than the job's is a 409."""
    client = with_people()
    job_id = client.query_job("SELECT Id FROM Contact")
    assert client.send("GET", f"/services/data/v60.0/jobs/query/{job_id}", headers=client.headers).status == 409


def test_query_jobs_are_counted_and_limited() -> None:
    """Source: limits cheat sheet: 10,000 query jobs in 24 hours; GET /limits tells what is left."""
    client = with_people()
    client.query_job("SELECT Id FROM Contact")
    left = client.send("GET", f"{API}/limits", headers=client.headers).body["DailyBulkV2QueryJobs"]
    assert left == {"Max": 10_000, "Remaining": 9_999}
    client.org.limits.set_used("DailyBulkV2QueryJobs", 10_000)
    refused = client.job("POST", "query", {"operation": "query", "query": "SELECT Id FROM Contact"})
    assert refused.status in (400, 403)
    assert refused.body[0]["errorCode"] in ("LIMIT_EXCEEDED", "REQUEST_LIMIT_EXCEEDED")


@pytest.mark.parametrize(("kind", "oldest"), [("query", 47), ("ingest", 41)])
def test_older_versions_know_no_such_jobs(kind: str, oldest: int) -> None:
    """Source: same guide, "Available since release" of query and ingest jobs."""
    client = with_people()
    headers = {**client.headers, "Content-Type": "application/json"}
    body = b'{"operation": "query", "query": "SELECT Id FROM Contact", "object": "Contact"}'
    body = body if kind == "query" else body.replace(b'"operation": "query"', b'"operation": "insert"')
    for version, status in ((oldest, 200), (oldest - 1, 404)):
        path = f"/services/data/v{version}.0/jobs/{kind}"
        assert client.send("POST", path, body=body, headers=headers).status == status
        assert client.send("GET", path, headers=headers).status == status


def test_columns_were_alphabetical_before_version_50() -> None:
    """Source: same guide, get results, note on versions."""
    client = with_people(1)
    base = "/services/data/v49.0/jobs/query"
    headers = {**client.headers, "Content-Type": "application/json"}
    raw = b'{"operation": "query", "query": "SELECT LastName, Account.Name, Id FROM Contact"}'
    job_id = client.send("POST", base, body=raw, headers=headers).body["id"]
    for _ in range(2):
        client.send("GET", f"{base}/{job_id}", headers=headers)
    body = client.send("GET", f"{base}/{job_id}/results", headers=headers).body
    assert body.startswith('"Account.Name","Id","LastName"\n')
    assert read_csv(body)[0]["LastName"] == "P0"


def test_query_all_sees_deleted_rows() -> None:
    """Source: same guide, create a query job: operation queryAll."""
    client = with_people(1)
    client.control("POST", "records", {"sobject": "Contact", "records": [{"LastName": "Gone", "IsDeleted": True}]})
    counts = []
    for operation in ("query", "queryAll"):
        job_id = client.query_job("SELECT Id FROM Contact", operation)
        counts.append(client.finished("query", job_id)["numberRecordsProcessed"])
    assert counts == [1, 2]


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        ("SELECT COUNT() FROM Contact", "API_ERROR", "Aggregate functions"),
        ("SELECT COUNT(Id) FROM Contact", "API_ERROR", "Aggregate functions"),
        ("SELECT LastName FROM Contact GROUP BY LastName", "API_ERROR", "GROUP BY"),
        ("SELECT Id FROM Contact OFFSET 5", "API_ERROR", "OFFSET"),
        ("SELECT TYPEOF Who WHEN Contact THEN Email END FROM Task", "API_ERROR", "TYPEOF"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR", "Aggregate Relationships not supported"),
        ("SELECT MailingAddress FROM Contact", "API_ERROR", "Selecting compound data not supported in Bulk Query"),
        ("SELECT Nope FROM Contact", "INVALID_FIELD", "No such column 'Nope'"),
        ("SELECT Id FROM Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported"),
        ("SELECT Id Contact", "MALFORMED_QUERY", "unexpected token"),
        ("", "MALFORMED_QUERY", "unexpected token"),
    ],
)
def test_what_a_query_job_does_not_take_is_refused_at_once(statement: str, code: str, message: str) -> None:
    """Source: same guide, considerations of query jobs; "Selecting compound data" and "Aggregate Relationships" as captured."""
    answer = with_people().job("POST", "query", {"operation": "query", "query": statement})
    assert error_code(answer) == (400, code)
    assert message in answer.body[0]["message"]


@pytest.mark.parametrize(
    "changes", [{"operation": "insert"}, {"contentType": "JSON"}, {"columnDelimiter": "DOT"}, {"lineEnding": "CR"}]
)
def test_a_job_has_properties_of_known_kinds(changes: dict[str, Any]) -> None:
    answer = with_people().job("POST", "query", {"operation": "query", "query": "SELECT Id FROM Contact", **changes})
    assert error_code(answer) == (400, "INVALIDJOB")


def test_a_statement_that_went_wrong_meanwhile_makes_the_job_fail() -> None:
    """Source: same guide: state Failed with errorMessage."""
    client = with_people()
    username = client.control("POST", "sessions")["username"]
    job_id = client.query_job("SELECT Phone FROM Contact")
    client.control("POST", "schema", {"permissions": {username: {"fields": {"Contact.Phone": {"read": False}}}}})
    done = client.finished("query", job_id)
    assert done["state"] == "Failed"
    assert done["errorMessage"].startswith("INVALID_FIELD: ")
    assert error_code(client.job("GET", f"query/{job_id}/results")) == (400, "INVALIDJOBSTATE")


def test_jobs_are_listed_aborted_and_deleted() -> None:
    """Source: same guide: abort by PATCH; DELETE only in a final state, 204; unknown jobs are 404."""
    client = with_people()
    first, second = client.query_job("SELECT Id FROM Contact"), client.query_job("SELECT Id FROM Lead")
    assert [each["id"] for each in client.job("GET", "query").body["records"]] == [second, first]
    assert error_code(client.job("GET", f"query/{first}/results")) == (400, "INVALIDJOBSTATE")
    assert error_code(client.job("DELETE", f"query/{first}")) == (400, "INVALIDJOBSTATE")
    assert client.job("PATCH", f"query/{first}", {"state": "Aborted"}).body["state"] == "Aborted"
    assert error_code(client.job("PATCH", f"query/{first}", {"state": "Aborted"})) == (400, "INVALIDJOBSTATE")
    assert error_code(client.job("PATCH", f"query/{second}", {"state": "UploadComplete"})) == (400, "INVALIDJOBSTATE")
    assert client.job("DELETE", f"query/{first}").status == 204
    assert error_code(client.job("GET", f"query/{first}")) == (404, "NOT_FOUND")
    assert client.send("GET", f"{API}/jobs/ingest/{second}", headers=client.headers).status == 404


@pytest.mark.parametrize("asked", [{"maxRecords": "0"}, {"maxRecords": "x"}, {"locator": "///"}])
def test_nonsense_in_the_query_string_of_results_is_refused(asked: dict[str, str]) -> None:
    client = with_people()
    job_id = client.query_job("SELECT Id FROM Contact")
    client.finished("query", job_id)
    assert client.job("GET", f"query/{job_id}/results", **asked).status == 400
