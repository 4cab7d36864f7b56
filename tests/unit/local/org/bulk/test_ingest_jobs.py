"""Bulk API 2.0 ingest jobs: life, the five operations, the three results, and files that fail as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from local.org.oauth.users import ADMIN_USERNAME, INTEGRATION_USERNAME
from tests.support.org.bulk import BulkClient
from tests.support.org.edge import API, error_code


def with_external_id() -> BulkClient:
    """Return a client of an org whose contacts and accounts have an external ID field Key__c."""
    client = BulkClient()
    field = {"name": "Key__c", "type": "string", "length": 20, "externalId": True, "unique": True}
    declared = client.control(
        "POST",
        "schema",
        {"sobjects": [{"name": "Contact", "fields": [field]}, {"name": "Account", "fields": [field]}]},
    )
    assert "errorCode" not in str(declared), declared
    return client


def contacts(client: BulkClient) -> list[dict[str, Any]]:
    """Return the org's contacts by last name."""
    rows: list[dict[str, Any]] = client.control("GET", "records/Contact")["records"]
    return sorted(rows, key=lambda row: row["LastName"])


def test_a_job_goes_from_open_to_job_complete() -> None:
    """Source: Bulk API 2.0 guide, create a job, upload job data, close a job, get job info."""
    client = BulkClient()
    created = client.job("POST", "ingest", {"operation": "insert", "object": "contact", "contentType": "CSV"}).body
    job_id = created["id"]
    assert (created["state"], created["object"], created["jobType"]) == ("Open", "Contact", "V2Ingest")
    assert created["contentUrl"] == f"services/data/v66.0/jobs/ingest/{job_id}/batches"
    uploaded = client.upload(job_id, "LastName\nDoe\n")
    assert (uploaded.status, uploaded.body) == (201, None)
    closed = client.job("PATCH", f"ingest/{job_id}", {"state": "UploadComplete"}).body
    assert (closed["state"], "contentUrl" in closed) == ("UploadComplete", False)
    assert contacts(client) == []
    assert client.job("GET", f"ingest/{job_id}").body["state"] == "InProgress"
    done = client.job("GET", f"ingest/{job_id}").body
    assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == ("JobComplete", 1, 0)
    assert [row["LastName"] for row in contacts(client)] == ["Doe"]
    assert 0 < done["totalProcessingTime"] < 60_000
    assert done["isPkChunkingSupported"] is False


def test_good_rows_are_saved_and_bad_ones_reported() -> None:
    """Source: same guide, successful and failed record results: sf__Id, sf__Created, sf__Error, then the file's columns."""
    client = BulkClient()
    content = 'LastName,Email,DoNotCall\nDoe,doe@example.com,true\n,x@example.com,\n"Roe ""R""",not-an-address,false\n'
    done = client.ingest("insert", "Contact", content)
    assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == ("JobComplete", 3, 2)
    (good,) = client.rows(done["id"], "successfulResults")
    assert good == {
        "sf__Id": contacts(client)[0]["Id"],
        "sf__Created": "true",
        "LastName": "Doe",
        "Email": "doe@example.com",
        "DoNotCall": "true",
    }
    failures = {row["LastName"]: row["sf__Error"] for row in client.rows(done["id"], "failedResults")}
    assert failures[""] == "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    assert failures['Roe "R"'].startswith("INVALID_EMAIL_ADDRESS:Email: invalid email address: not-an-address:Email")
    assert client.rows(done["id"], "unprocessedrecords") == []


def test_an_empty_cell_says_nothing_and_na_clears() -> None:
    """Source: same guide, prepare CSV files: #N/A sets null, empty is ignored."""
    client = BulkClient()
    rows = [{"LastName": "Doe", "Phone": "1", "Title": "CEO"}]
    record_id = client.control("POST", "records", {"sobject": "Contact", "records": rows})["ids"][0]
    done = client.ingest("update", "Contact", f"Id,Phone,Title\n{record_id},,#N/A\n")
    assert done["numberRecordsFailed"] == 0
    (row,) = contacts(client)
    assert (row.get("Phone"), row.get("Title")) == ("1", None)


def test_cells_take_the_field_s_type() -> None:
    """Source: same guide, valid date formats and field types in CSV."""
    client = BulkClient()
    content = "Name,NumberOfEmployees,AnnualRevenue\nAcme,12,1500.0\nVoid,many,\n"
    done = client.ingest("insert", "Account", content)
    (account,) = client.control("GET", "records/Account")["records"]
    assert (account["NumberOfEmployees"], account["AnnualRevenue"]) == (12, 1500)
    (failed,) = client.rows(done["id"], "failedResults")
    assert failed["sf__Error"].startswith("INVALID_FIELD:Failed to deserialize field at col 1.")
    done = client.ingest("insert", "Contact", "LastName,DoNotCall\nDoe,1\nRoe,maybe\n")
    assert (contacts(client)[0]["DoNotCall"], done["numberRecordsFailed"]) == (True, 1)


def test_upsert_creates_or_updates_by_external_id() -> None:
    """Source: same guide, create a job: externalIdFieldName; sf__Created tells which."""
    client = with_external_id()
    first = client.ingest("upsert", "Contact", "Key__c,LastName\nK1,Doe\n", externalIdFieldName="key__c")
    assert first["externalIdFieldName"] == "Key__c"
    second = client.ingest("upsert", "Contact", "Key__c,LastName\nK1,Dow\nK2,Roe\n,Poe\n", externalIdFieldName="Key__c")
    created = {row["Key__c"]: row["sf__Created"] for row in client.rows(second["id"], "successfulResults")}
    assert created == {"K1": "false", "K2": "true"}
    assert second["numberRecordsFailed"] == 1
    assert [row["LastName"] for row in contacts(client)] == ["Dow", "Roe"]


def test_upsert_by_id_updates() -> None:
    client = BulkClient()
    record_id = client.control("POST", "records", {"sobject": "Contact", "records": [{"LastName": "Doe"}]})["ids"][0]
    client.ingest("upsert", "Contact", f"Id,LastName\n{record_id},Roe\n", externalIdFieldName="Id")
    assert [row["LastName"] for row in contacts(client)] == ["Roe"]


def test_lookups_are_given_by_external_id() -> None:
    """Source: same guide, relationship fields in a header row: Account.Key__c, and Contact:Who.Key__c where it is polymorphic."""
    client = with_external_id()
    account = client.control("POST", "records", {"sobject": "Account", "records": [{"Name": "A", "Key__c": "A1"}]})[
        "ids"
    ][0]
    client.ingest("insert", "Contact", "LastName,Key__c,Account.Key__c\nDoe,C1,A1\n")
    (contact,) = contacts(client)
    assert contact["AccountId"] == account
    done = client.ingest("insert", "Task", "Subject,Contact:Who.Key__c\nCall,C1\nWrite,C9\n")
    (task,) = client.control("GET", "records/Task")["records"]
    assert task["WhoId"] == contact["Id"]
    assert "C9 not found" in client.rows(done["id"], "failedResults")[0]["sf__Error"]


def test_delete_goes_to_the_recycle_bin_and_hard_delete_past_it() -> None:
    """Source: same guide, create a job: hardDelete needs the Bulk API Hard Delete permission."""
    client = BulkClient()
    people = [{"LastName": "Doe"}, {"LastName": "Roe"}]
    doe, roe = client.control("POST", "records", {"sobject": "Contact", "records": people})["ids"]
    done = client.ingest("delete", "Contact", f"Id\n{doe}\n003000000000009AAA\n")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    refused = client.job("POST", "ingest", {"operation": "hardDelete", "object": "Contact"})
    assert error_code(refused) == (400, "FEATURENOTENABLED")
    client.control("POST", "schema", {"permissions": {ADMIN_USERNAME: {"system": {"HardDelete": True}}}})
    client.ingest("hardDelete", "Contact", f"Id\n{roe}\n")
    everything = client.get("/queryAll", client.headers, q="SELECT Id, IsDeleted FROM Contact").body["records"]
    assert [(each["Id"], each["IsDeleted"]) for each in everything] == [(doe, True)]


def test_update_and_delete_need_an_id() -> None:
    client = BulkClient()
    done = client.ingest("update", "Contact", "LastName\nDoe\n")
    (failed,) = client.rows(done["id"], "failedResults")
    assert failed["sf__Error"].startswith("MISSING_ARGUMENT:")


def test_duplicates_cannot_be_allowed_in_bulk() -> None:
    """Source: same guide has no duplicate rule header; the standard rules alert all the same."""
    client = BulkClient()
    row = "Ann,Doe,ann.doe@example.com"
    done = client.ingest("insert", "Contact", f"FirstName,LastName,Email\n{row}\n{row}\n")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    assert client.rows(done["id"], "failedResults")[0]["sf__Error"].startswith("DUPLICATES_DETECTED:")


def test_an_assignment_rule_runs_only_when_the_job_names_it() -> None:
    """Source: same guide, create a job: assignmentRuleId for Lead and Case."""
    client = BulkClient()
    owner = client.control("POST", "sessions", {"username": INTEGRATION_USERNAME})["user_id"]
    rule = {"name": "All", "sobject": "Lead", "entries": [{"owner": INTEGRATION_USERNAME}]}
    declared = client.control("POST", "schema", {"assignment_rules": [rule]})
    assert "errorCode" not in str(declared), declared
    rule_id = client.org.store.assignment_rules[0].rule_id
    client.ingest("insert", "Lead", "LastName,Company\nDoe,A\n")
    client.ingest("insert", "Lead", "LastName,Company\nRoe,B\n", assignmentRuleId=rule_id)
    owners = {row["LastName"]: row["OwnerId"] == owner for row in client.control("GET", "records/Lead")["records"]}
    assert owners == {"Doe": False, "Roe": True}


def test_results_do_not_keep_the_order_of_the_file() -> None:
    """Source: same guide, get job successful record results: the order of records is not guaranteed."""
    client = BulkClient()
    names = [f"P{number:03d}" for number in range(450)]
    done = client.ingest("insert", "Contact", "LastName\n" + "\n".join(names) + "\n")
    answered = [row["LastName"] for row in client.rows(done["id"], "successfulResults")]
    assert sorted(answered) == names != answered


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("LastName,Nope__c\nDoe,1\n", "InvalidBatch : Field name not found : Nope__c"),
        ("\ufeffLastName\nDoe\n", "InvalidBatch : Field name not found : \ufeffLastName"),
        ("LastName,Nope.Name\nDoe,A\n", "InvalidBatch : Field name not found : Nope.Name"),
        ("LastName,Account.Nope__c\nDoe,A\n", "InvalidBatch : Field name not found : Account.Nope__c"),
        (
            "LastName,Account:Account.Name\nDoe,A\n",
            "type is not needed for non polymorphic foreign key references: Account",
        ),
        (
            "LastName\r\nDoe\r\n",
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
        ),
        ("LastName,Title\nDoe\n", "InvalidBatch : Row 2 has 1 values for 2 columns"),
        ('LastName\n"Doe\n', "InvalidBatch : Failed to parse CSV"),
    ],
)
def test_a_file_may_fail_as_a_whole(content: str, message: str) -> None:
    """Source: messages as captured by clients (field name, byte order mark, type, line ending); the others are remembered."""
    client = BulkClient()
    done = client.ingest("insert", "Contact", content)
    assert done["state"] == "Failed"
    assert message in done["errorMessage"]
    assert contacts(client) == []


def test_a_failed_file_s_rows_are_unprocessed() -> None:
    """Source: same guide, get job unprocessed record results."""
    client = BulkClient()
    done = client.ingest("insert", "Contact", "LastName,Nope__c\nDoe,1\nRoe,2\n")
    assert client.rows(done["id"], "unprocessedrecords") == [
        {"LastName": "Doe", "Nope__c": "1"},
        {"LastName": "Roe", "Nope__c": "2"},
    ]
    assert client.rows(done["id"], "successfulResults") == []


def test_an_aborted_job_does_nothing() -> None:
    """Source: same guide, close or abort a job."""
    client = BulkClient()
    job_id = client.ingest_job("insert", "Contact")
    client.upload(job_id, "LastName\nDoe\n")
    assert client.job("PATCH", f"ingest/{job_id}", {"state": "Aborted"}).body["state"] == "Aborted"
    assert client.rows(job_id, "unprocessedrecords") == [{"LastName": "Doe"}]
    assert contacts(client) == []
    assert client.job("DELETE", f"ingest/{job_id}").status == 204


def test_carriage_returns_are_kept_where_the_job_says_crlf() -> None:
    client = BulkClient()
    done = client.ingest("insert", "Contact", 'LastName,Description\r\nDoe,"a\r\nb"\r\n', lineEnding="CRLF")
    assert done["state"] == "JobComplete"
    assert len(contacts(client)) == 1
    failed = client.ingest("insert", "Contact", "LastName\nDoe\n", lineEnding="CRLF")
    assert "Current LineEnding setting is CRLF" in failed["errorMessage"]


def test_each_state_allows_its_own_next_steps() -> None:
    """Source: same guide: one upload per job, before it is closed."""
    client = BulkClient()
    job_id = client.ingest_job("insert", "Contact")
    assert error_code(client.job("GET", f"ingest/{job_id}/failedResults")) == (400, "INVALIDJOBSTATE")
    assert client.upload(job_id, "LastName\nDoe\n").status == 201
    assert error_code(client.upload(job_id, "LastName\nDoe\n")) == (400, "INVALIDJOBSTATE")
    assert error_code(client.job("DELETE", f"ingest/{job_id}")) == (400, "INVALIDJOBSTATE")
    assert error_code(client.job("PATCH", f"ingest/{job_id}", {"state": "JobComplete"})) == (400, "INVALIDJOBSTATE")
    client.job("PATCH", f"ingest/{job_id}", {"state": "UploadComplete"})
    assert error_code(client.job("PATCH", f"ingest/{job_id}", {"state": "UploadComplete"})) == (400, "INVALIDJOBSTATE")
    assert [each["id"] for each in client.job("GET", "ingest").body["records"]] == [job_id]


def test_not_utf_8_is_refused() -> None:
    client = BulkClient()
    job_id = client.ingest_job("insert", "Contact")
    assert error_code(client.upload(job_id, "LastName\nMüller\n".encode("latin-1"))) == (400, "INVALIDBATCH")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"operation": "insert", "object": "Nope"}, "Unable to find object: Nope"),
        ({"operation": "merge", "object": "Contact"}, "operation is one of insert, update"),
        ({"operation": "upsert", "object": "Contact"}, "External ID was blank for Contact"),
        ({"operation": "upsert", "object": "Contact", "externalIdFieldName": "Phone"}, "Phone does not match"),
        ({"operation": "upsert", "object": "Contact", "externalIdFieldName": "Nope"}, "Nope does not match"),
        ({"operation": "insert", "object": "Contact", "contentType": "XML"}, "contentType is CSV"),
        ([], "describes the job as a JSON object"),
    ],
)
def test_a_job_that_makes_no_sense_is_not_created(body: dict[str, str], message: str) -> None:
    """Source: Bulk API guides, INVALIDJOB; the texts of unknown objects and external IDs as captured."""
    answer = BulkClient().job("POST", "ingest", body)
    assert error_code(answer) == (400, "INVALIDJOB")
    assert message in answer.body[0]["message"]


def test_every_call_counts_against_the_daily_limit() -> None:
    """Source: limits cheat sheet: each HTTP call of a bulk job is one API request."""
    client = BulkClient()
    before = client.control("GET", "stats")["api_calls"]
    client.ingest("insert", "Contact", "LastName\nDoe\n")
    assert client.control("GET", "stats")["api_calls"] == before + 5
    assert client.send("GET", f"{API}/jobs/ingest", headers=client.headers).status == 200


def test_a_chunk_of_a_job_that_exceeds_a_governor_limit_fails_and_the_others_are_saved() -> None:
    """Source: Bulk API limits: a trigger's transaction has 200 rows; Apex guide: a LimitException undoes all of it."""
    client = BulkClient()
    client.settings(automation={"Contact": {"records": 100}})
    content = "LastName\n" + "".join(f"P{number}\n" for number in range(250))
    job = client.ingest("insert", "Contact", content)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (250, 200)
    failed = client.rows(job["id"], "failedResults")
    assert failed[0]["sf__Error"].startswith(
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:ContactTrigger: System.LimitException"
    )


@pytest.mark.parametrize(
    ("field", "cell", "kind"),
    [
        ("Birthdate", "6/15/19", "xsd:date"),
        ("DoNotCall", "maybe", "xsd:boolean"),
        ("EmailBouncedDate", "yesterday", "xsd:dateTime"),
        ("MailingLatitude", "north", "xsd:double"),
    ],
)
def test_a_cell_that_is_no_value_of_its_type_is_named_by_its_column(field: str, cell: str, kind: str) -> None:
    """Source: results of real jobs: INVALID_FIELD, "Failed to deserialize field at col N. Due to, ..."."""
    client = BulkClient()
    done = client.ingest("insert", "Contact", f"LastName,{field}\nDoe,{cell}\n")
    (failed,) = client.rows(done["id"], "failedResults")
    assert failed["sf__Error"] == (
        f"INVALID_FIELD:Failed to deserialize field at col 1. Due to, '{cell}' is not a valid value for the type "
        f"{kind}:{field} --"
    )


def test_a_date_may_name_its_zone() -> None:
    client = BulkClient()
    client.ingest("insert", "Contact", "LastName,Birthdate\nDoe,1815-12-10Z\n")
    assert contacts(client)[0]["Birthdate"] == "1815-12-10"


def test_an_upsert_by_id_inserts_rows_without_one() -> None:
    """Source: jsforce's live test of Bulk API 2.0."""
    client = BulkClient()
    (known,) = client.control("POST", "records", {"sobject": "Contact", "records": [{"LastName": "Doe"}]})["ids"]
    done = client.ingest("upsert", "Contact", f"Id,LastName\n{known},Roe\n,Poe\n", externalIdFieldName="Id")
    rows = client.rows(done["id"], "successfulResults")
    assert [(row["LastName"], row["sf__Created"]) for row in rows] == [("Roe", "false"), ("Poe", "true")]
    done = client.ingest("upsert", "Contact", "LastName\nMoe\n", externalIdFieldName="Id")
    assert done["numberRecordsFailed"] == 0
    assert sorted(row["LastName"] for row in contacts(client)) == ["Moe", "Poe", "Roe"]


def test_an_external_id_that_two_rows_name_fails_them_both() -> None:
    """Source: community threads 104048 and 296121: DUPLICATE_VALUE for every row of the key."""
    client = BulkClient()
    field = {"name": "Ext__c", "type": "string", "externalId": True, "unique": True}
    client.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": [field]}]})
    done = client.ingest("upsert", "Contact", "Ext__c,LastName\n1,A\n2,B\n1,C\n", externalIdFieldName="Ext__c")
    errors = {row["LastName"]: row["sf__Error"] for row in client.rows(done["id"], "failedResults")}
    assert errors == dict.fromkeys(("A", "C"), "DUPLICATE_VALUE:Duplicate external id specified: 1:Ext__c --")
    assert [row["LastName"] for row in contacts(client)] == ["B"]


def test_one_id_updated_twenty_times_in_a_batch_fails_from_the_thirteenth_duplicate_on() -> None:
    """Source: help 000199611: 12 duplicate updates in one batch."""
    client = BulkClient()
    (known,) = client.control("POST", "records", {"sobject": "Contact", "records": [{"LastName": "Doe"}]})["ids"]
    rows = "".join(f"{known},T{number}\n" for number in range(20))
    done = client.ingest("update", "Contact", f"Id,Title\n{rows}")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (20, 7)


def test_the_case_of_the_results_paths_does_not_matter() -> None:
    client = BulkClient()
    done = client.ingest("insert", "Contact", "LastName\nDoe\n")
    for name in ("unprocessedRecords", "UnprocessedRecords", "successfulresults", "FailedResults"):
        assert client.job("GET", f"ingest/{done['id']}/{name}").status == 200, name
