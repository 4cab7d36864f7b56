"""What people do with `sf`: log in, look at the org, query and search, single records, bulk jobs, trees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from tests.clients.sf.command_line import CommandLine

COMPANIES = [f"Company {number}" for number in range(5)]


def log_in(sf: CommandLine) -> None:
    """Log in by the access token that the environment holds."""
    found = sf.result(
        "org", "login", "access-token", "--instance-url", sf.origin, "--no-prompt", "--set-default", "--alias", "org"
    )
    assert (found["username"], found["orgEdition"]) == ("admin@northwind.example", "Developer Edition"), found


def display(sf: CommandLine) -> None:
    """Look at the org and its limits."""
    found = sf.result("org", "display")
    assert (found["connectedStatus"], found["username"]) == ("Connected", "admin@northwind.example"), found
    limits = {each["name"]: each["max"] for each in sf.result("org", "list", "limits")}
    assert limits["DailyApiRequests"] == 15_000, limits


def query(sf: CommandLine) -> None:
    """Query as JSON, as a table (which asks for the columns first) and as CSV."""
    statement = "SELECT Name, Owner.Name FROM Account ORDER BY Name"
    found = sf.result("data", "query", "--query", statement)
    assert [each["Name"] for each in found["records"]] == COMPANIES, found
    table = sf.run("data", "query", "--query", statement)
    assert "OWNER.NAME" in table, table
    assert "Company 4" in table, table
    rows = sf.run("data", "query", "--query", statement, "--result-format", "csv").splitlines()
    assert rows[:2] == ["Name,Owner.Name", "Company 0,Alex Admin"], rows


def search(sf: CommandLine) -> None:
    """Search by SOSL."""
    found = sf.result("data", "search", "--query", "FIND {Company*} IN NAME FIELDS RETURNING Account(Name)")
    assert sorted(each["Name"] for each in found["searchRecords"]) == COMPANIES, found


def records(sf: CommandLine) -> None:
    """Create, read, change and delete one record."""
    made = sf.result("data", "create", "record", "--sobject", "Account", "--values", "Name='By Sf' Phone=1")
    assert made["success"], made
    sf.result("data", "update", "record", "--sobject", "Account", "--record-id", made["id"], "--values", "Phone=2")
    found = sf.result("data", "get", "record", "--sobject", "Account", "--where", "Name='By Sf'")
    assert (found["Id"], found["Phone"]) == (made["id"], "2"), found
    assert sf.result("data", "delete", "record", "--sobject", "Account", "--record-id", made["id"])["success"]


def describe(sf: CommandLine) -> None:
    """List sObjects and describe one."""
    assert {"Account", "Contact", "Lead"} <= set(sf.result("sobject", "list", "--sobject", "all"))
    found = sf.result("sobject", "describe", "--sobject", "Contact")
    assert (found["keyPrefix"], found["name"]) == ("003", "Contact"), found


def upsert_in_bulk(sf: CommandLine) -> None:
    """Upsert by an external ID, and look at the results of the job afterwards."""
    file = sf.file("contacts.csv", "Key__c,LastName\nc-1,Doe 1\nsf-1,Roe\n")
    begun = sf.result("data", "upsert", "bulk", "--sobject", "Contact", "--file", file, "--external-id", "Key__c")
    found = sf.result("data", "upsert", "resume", "--job-id", begun["jobInfo"]["id"])
    created = [each["sf__Created"] for each in found["records"]["successfulResults"]]
    assert (found["jobInfo"]["state"], created) == ("JobComplete", ["false", "true"]), found


def import_and_export_in_bulk(sf: CommandLine) -> None:
    """Import, update, export and delete by Bulk API 2.0."""
    file = sf.file("leads.csv", "LastName,Company\nSf one,Acme\nSf two,Acme\n")
    assert (
        sf.result("data", "import", "bulk", "--sobject", "Lead", "--file", file, "--wait", "2")["successfulRecords"]
        == 2
    )
    statement = "SELECT Id FROM Lead WHERE LastName LIKE 'Sf %'"
    exported = sf.result("data", "export", "bulk", "--query", statement, "--output-file", "ids.csv", "--wait", "2")
    assert exported["totalSize"] == 2, exported
    ids = (sf.files / "ids.csv").read_text(encoding="utf-8").splitlines()[1:]
    titles = sf.file("titles.csv", "Id,Title\n" + "".join(f"{each},CEO\n" for each in ids))
    assert (
        sf.result("data", "update", "bulk", "--sobject", "Lead", "--file", titles, "--wait", "2")["successfulRecords"]
        == 2
    )
    deleted = sf.result("data", "delete", "bulk", "--sobject", "Lead", "--file", "ids.csv", "--wait", "2")
    assert deleted["jobInfo"]["numberRecordsProcessed"] == 2, deleted


def resume(sf: CommandLine) -> None:
    """Look at a job and a batch of Bulk API 1.0, which `sf` itself no longer makes."""
    session = {"X-SFDC-Session": sf.token}
    job = b'{"operation": "insert", "object": "Lead", "contentType": "CSV"}'
    made = sf.post("POST", "/services/async/68.0/job", job, {**session, "Content-Type": "application/json"})
    job_id = json.loads(made)["id"]
    rows = b"LastName,Company\nSf three,Acme\n"
    added = sf.post("POST", f"/services/async/68.0/job/{job_id}/batch", rows, {**session, "Content-Type": "text/csv"})
    batch_id = str(re.findall("<id>(.*)</id>", added.decode())[0])
    found = sf.result("data", "resume", "--job-id", job_id)
    assert (found["id"], found["numberBatchesTotal"]) == (job_id, "1"), found
    (batch,) = sf.result("data", "resume", "--job-id", job_id, "--batch-id", batch_id)
    assert (batch["state"], int(batch["numberRecordsProcessed"])) == ("Completed", 1), batch


def trees(sf: CommandLine) -> None:
    """Export accounts with their contacts, and import them again."""
    statement = "SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Company 0'"
    sf.result("data", "export", "tree", "--query", statement, "--output-dir", "tree")
    (file,) = (sf.files / "tree").glob("*.json")
    found = sf.result("data", "import", "tree", "--files", str(file))
    assert [each["type"] for each in found] == ["Account", *["Contact"] * 6], found


def requests(sf: CommandLine) -> None:
    """Send any request of the REST API."""
    answer = json.loads(sf.run("api", "request", "rest", "/services/data/v66.0/sobjects/Account/describe"))
    assert answer["name"] == "Account"


STEPS: dict[str, Callable[[CommandLine], None]] = {
    "org login access-token": log_in,
    "org display, org list limits": display,
    "data query": query,
    "data search": search,
    "data create, get, update, delete record": records,
    "sobject list, describe": describe,
    "data upsert bulk, upsert resume": upsert_in_bulk,
    "data import, export, update, delete bulk": import_and_export_in_bulk,
    "data resume": resume,
    "data export, import tree": trees,
    "api request rest": requests,
}
