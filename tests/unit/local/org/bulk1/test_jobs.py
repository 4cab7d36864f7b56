"""Bulk API 1.0 jobs: descriptions in XML and JSON, states, sessions, error documents, what counts."""

from __future__ import annotations

import json

import pytest

from tests.support.org.bulk1 import ASYNC, CSV, JSON, NAMESPACE, XML, Bulk1Client, refused

JOB_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload">'
    "<operation>{operation}</operation><object>Account</object><contentType>CSV</contentType></jobInfo>"
)


def close(client: Bulk1Client, job_id: str, state: str = "Closed") -> dict[str, object]:
    """Set a job's state by JSON."""
    return client.read(client.call("POST", f"/job/{job_id}", json.dumps({"state": state}), JSON))


def test_a_job_described_in_xml_is_answered_in_xml() -> None:
    """Source: Bulk API guide, create a job: request and response."""
    client = Bulk1Client()
    answer = client.call("POST", "/job", JOB_XML.format(operation="insert"))
    assert (answer.status, answer.content_type) == (201, "application/xml")
    assert answer.body.startswith(f'<?xml version="1.0" encoding="UTF-8"?><jobInfo xmlns="{NAMESPACE[1:-1]}"><id>750')
    job = client.read(answer)
    assert (job["operation"], job["object"], job["state"], job["concurrencyMode"]) == (
        "insert",
        "Account",
        "Open",
        "Parallel",
    )
    assert (job["contentType"], job["numberBatchesTotal"], job["apiVersion"]) == ("CSV", "0", "66.0")
    assert job["createdDate"].endswith(".000Z") or job["createdDate"][-1] == "Z"
    assert client.read(client.call("GET", f"/job/{job['id']}")) == job


def test_a_job_described_in_json_is_answered_in_json() -> None:
    """Source: same guide, Content Type header; simple-salesforce sends the concurrency mode as the number of its value."""
    client = Bulk1Client()
    job = client.job("upsert", "Contact", contentType="JSON", concurrencyMode=1, externalIdFieldName="Id")
    assert (job["concurrencyMode"], job["externalIdFieldName"], job["apiVersion"]) == ("Serial", "Id", 66.0)
    assert (job["assignmentRuleId"], job["numberBatchesQueued"]) == (None, 0)
    assert str(job["createdDate"]).endswith("+0000")
    assert client.call("GET", f"/job/{job['id']}", content_type=JSON).content_type == "application/json"
    assert client.call("GET", f"/job/{job['id']}").content_type == "application/xml"


def test_a_closed_job_takes_no_batch_and_stays_closed() -> None:
    client = Bulk1Client()
    job = client.job("insert", "Account")
    assert close(client, job["id"])["state"] == "Closed"
    late = client.call("POST", f"/job/{job['id']}/batch", "Name\nAcme\n", CSV)
    assert refused(late)[:2] == (400, "InvalidJobState")
    again = client.call("POST", f"/job/{job['id']}", json.dumps({"state": "Closed"}), JSON)
    assert refused(again)[:2] == (400, "InvalidJobState")


def test_what_waits_in_an_aborted_job_is_not_processed() -> None:
    """Source: same guide, abort a job, and BatchInfo's state NotProcessed; what was done stays done."""
    client = Bulk1Client()
    client.settings(bulk_polls=0)
    job = client.job("insert", "Account")
    done, waiting = client.batch(job, "Name\nFirst\n"), client.batch(job, "Name\nSecond\n")
    assert client.finished(job, done)["state"] == "Completed"
    assert close(client, job["id"], "Aborted")["state"] == "Aborted"
    assert client.finished(job, waiting)["state"] == "NotProcessed"
    assert [row["Name"] for row in client.control("GET", "records/Account")["records"]] == ["First"]
    assert refused(client.result(job, waiting))[:2] == (400, "InvalidBatch")


def test_a_session_that_is_not_valid_is_a_400_document() -> None:
    """Source: jsforce finds an expired session by status 400 and this code."""
    client = Bulk1Client()
    client.headers = {"X-SFDC-Session": "00D000000000000!nonsense"}
    answer = client.call("POST", "/job", JOB_XML.format(operation="insert"))
    assert refused(answer) == (400, "InvalidSessionId", "Invalid session id")
    assert "<exceptionCode>InvalidSessionId</exceptionCode>" in answer.body
    as_json = client.call("POST", "/job", "{}", JSON)
    assert (as_json.content_type, as_json.body["exceptionCode"]) == ("application/json", "InvalidSessionId")


def test_a_bearer_token_is_a_session_too_but_rest_takes_no_session_header() -> None:
    client = Bulk1Client()
    rest = client.send("GET", "/services/data/v66.0/limits", headers=client.headers)
    assert rest.status == 401
    client.headers = client.session()
    assert client.job("insert", "Account")["state"] == "Open"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ("nonsense", "InvalidJob", "Unable to parse Job"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><jobInfo/>", "InvalidJob", "Unable to parse Job"),
        (JOB_XML.format(operation="insert").replace("Account", "Nope"), "InvalidJob", "Unable to find object: Nope"),
        (JOB_XML.format(operation="mangle"), "InvalidJob", "operation is one of"),
        (JOB_XML.format(operation="insert").replace("CSV", "ZIP_CSV"), "InvalidJob", "contentType is one of"),
        (JOB_XML.format(operation="upsert"), "InvalidJob", "External ID was blank for Account."),
    ],
)
def test_a_description_that_is_wrong_is_an_invalid_job(body: str, code: str, message: str) -> None:
    status, found, text = refused(Bulk1Client().call("POST", "/job", body))
    assert (status, found) == (400, code)
    assert text.startswith(message)


def test_hard_deletes_need_their_permission() -> None:
    client = Bulk1Client()
    answer = client.call("POST", "/job", JOB_XML.format(operation="hardDelete"))
    assert refused(answer) == (
        400,
        "FeatureNotEnabled",
        "hardDelete operation requires special user profile permission",
    )


def test_an_unknown_job_or_batch_has_its_own_code() -> None:
    """Source: same guide, Errors; tap-salesforce asks whether a job still exists by InvalidJob."""
    client = Bulk1Client()
    job = client.job("query", "Account")
    assert refused(client.call("GET", "/job/750000000000001"))[:2] == (400, "InvalidJob")
    assert refused(client.call("GET", f"/job/{job['id']}/batch/751000000000001"))[:2] == (400, "InvalidBatch")
    assert refused(client.call("DELETE", f"/job/{job['id']}"))[:2] == (400, "InvalidUrl")
    assert refused(client.call("GET", "/nothing"))[:2] == (400, "InvalidUrl")


def test_a_job_belongs_to_its_api_version() -> None:
    """Source: same guide, add a batch: the version of its URI is that of the job."""
    client = Bulk1Client()
    job = client.job("query", "Account")
    answer = client.send(
        "GET", f"/services/async/65.0/job/{job['id']}", headers={**client.headers, "Content-Type": XML}
    )
    assert refused(answer)[:2] == (400, "InvalidVersion")
    assert refused(client.send("GET", "/services/async/20.0/job/1", headers=client.headers))[0] == 400


def test_jobs_of_both_bulk_apis_have_ids_of_one_sequence() -> None:
    """Source: both are jobs with the prefix 750, and an Id names one record of an org."""
    client = Bulk1Client()
    body = json.dumps({"operation": "insert", "object": "Account"})
    newer = client.send("POST", "/services/data/v66.0/jobs/ingest", {}, body.encode(), client.session())
    assert client.job("insert", "Account")["id"] != newer.body["id"]


def test_requests_and_batches_count() -> None:
    """Source: limits cheat sheet: batches of either Bulk API share DailyBulkApiBatches."""
    client = Bulk1Client()
    job = client.job("query", "Account")
    client.batch(job, "SELECT Id FROM Account")
    assert client.control("GET", "stats")["by_kind"]["bulk1"] == 2
    limits = client.get("/limits", client.session()).body
    assert limits["DailyBulkApiBatches"]["Remaining"] == limits["DailyBulkApiBatches"]["Max"] - 1
    client.control("POST", "limits", {"DailyBulkApiBatches": limits["DailyBulkApiBatches"]["Max"]})
    over = client.call("POST", f"/job/{job['id']}/batch", "SELECT Id FROM Account", CSV)
    assert refused(over)[:2] == (400, "ExceededQuota")


def test_a_fault_for_wide_queries_strikes_batches_too() -> None:
    client = Bulk1Client()
    job = client.job("query", "Account")
    client.fault(do="error", code="QUERY_TIMEOUT", wider_than_s=3600, times=None)
    statement = "SELECT Id FROM Account WHERE SystemModstamp >= 2026-01-01T00:00:00Z"
    answer = client.call("POST", f"/job/{job['id']}/batch", statement, CSV)
    assert refused(answer)[:2] == (400, "QueryTimeout")
    client.batch(job, f"{statement} AND SystemModstamp < 2026-01-01T00:30:00Z")
    ingest = client.job("insert", "Account")
    client.batch(ingest, "Name\nSELECT\n")


def test_faults_are_answered_in_the_apis_own_documents() -> None:
    client = Bulk1Client()
    client.fault(do="error", code="SERVER_UNAVAILABLE", kind="bulk1")
    status, code, _ = refused(client.send("GET", f"{ASYNC}/job/750000000000001", headers=client.headers))
    assert (status, code) == (503, "ServerUnavailable")
    client.fault(do="expire_session", kind="bulk1")
    assert refused(client.call("GET", "/job/750000000000001"))[1] == "InvalidSessionId"
