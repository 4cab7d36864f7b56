"""simple-salesforce: what its documentation offers, except for metadata and Apex, which the org has not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from steps import CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME, Tour, lead_to_the_org, refused


def org() -> Any:
    """Return the client, logged in by OAuth with username and password."""
    from simple_salesforce import Salesforce

    return Salesforce(username=USERNAME, password=PASSWORD, consumer_key=CLIENT_ID, consumer_secret=CLIENT_SECRET)


def log_in_by_soap(_: Any) -> None:
    """Log in as older clients do."""
    from simple_salesforce import Salesforce

    soap = Salesforce(username=USERNAME, password=PASSWORD, security_token="", version="59.0")
    assert soap.query("SELECT COUNT() FROM Contact")["totalSize"] == 30


def rows(client: Any) -> None:
    """Create, read, change and delete rows, by Id and by external ID."""
    made = client.Account.create({"Name": "Acme"})["id"]
    assert client.Account.get(made)["Name"] == "Acme"
    assert client.Account.update(made, {"Phone": "1"}) == 204
    assert client.Account.upsert("Key__c/new", {"Name": "New"}) in (200, 201)
    found = client.Account.get_by_custom_id("Key__c", "new")
    assert found["Name"] == "New"
    assert client.Account.delete(found["Id"]) == 204


def describes(client: Any) -> None:
    """Describe the org and an sObject."""
    assert any(each["name"] == "Contact" for each in client.describe()["sobjects"])
    assert client.Contact.describe()["keyPrefix"] == "003"
    assert client.Contact.metadata()["objectDescribe"]["name"] == "Contact"


def queries(client: Any) -> None:
    """Query by pages, by iterators, with values put in, and deleted rows."""
    from simple_salesforce import format_soql

    assert len(client.query_all("SELECT Id FROM Contact")["records"]) == 30
    assert sum(1 for _ in client.query_all_iter("SELECT Id FROM Lead")) == 30
    statement = format_soql("SELECT Id FROM Contact WHERE LastName IN {}", ["Doe 1", "O'Neil"])
    assert client.query(statement)["totalSize"] == 1
    deleted = client.query("SELECT Id FROM Account WHERE IsDeleted = true", include_deleted=True)
    assert deleted["totalSize"] == 1, deleted


def searches(client: Any) -> None:
    """Search by SOSL and by a text alone."""
    found = client.search("FIND {Company*} IN NAME FIELDS RETURNING Account(Id, Name)")["searchRecords"]
    assert len(found) == 5, found
    assert client.quick_search("jo.7@example.com")["searchRecords"]


def bulk(client: Any) -> None:
    """Save, read and delete by Bulk API 1.0."""
    contacts = client.bulk.Contact
    inserted = contacts.insert([{"LastName": "B1"}, {"LastName": "B2"}, {"FirstName": "x"}], batch_size=2)
    assert [each["success"] for each in inserted] == [True, True, False], inserted
    ids = [{"Id": each["id"]} for each in inserted if each["success"]]
    assert all(each["success"] for each in contacts.update([{**each, "Title": "T"} for each in ids]))
    assert contacts.upsert([{"Key__c": "c-1", "Title": "U"}], "Key__c")[0]["created"] is False
    assert len(contacts.query("SELECT Id FROM Contact WHERE Title = 'T'")) == 2
    assert all(each["success"] for each in contacts.delete(ids))
    assert len(contacts.query_all("SELECT Id FROM Contact WHERE Title = 'T'")) == 2
    report = client.bulk.submit_dml("Contact", "insert", [{"LastName": "B3"}], include_detailed_results=True)
    assert report[0]["LastName"] == "B3", report


def bulk2(client: Any) -> None:
    """Save, read and download by Bulk API 2.0."""
    leads = client.bulk2.Lead
    (job,) = leads.insert(records=[{"LastName": "V2", "Company": "x"}], wait=0.1)
    assert job["numberRecordsProcessed"] == 1, job
    assert "V2" in leads.get_successful_records(job["job_id"])
    assert len(list(leads.query("SELECT Id FROM Lead WHERE LastName = 'V2'", wait=0.1))) == 1
    folder = tempfile.mkdtemp()
    leads.download("SELECT Id FROM Lead", path=folder, wait=0.1)
    assert len(list(Path(folder).iterdir())) == 1


def other_resources(client: Any) -> None:
    """Send a composite, and read limits and a describe by their paths."""
    url = f"/services/data/v{client.sf_version}/query?q=SELECT+Id+FROM+User"
    body = {"compositeRequest": [{"method": "GET", "url": url, "referenceId": "users"}]}
    answer = client.restful("composite", method="POST", json=body)
    assert answer["compositeResponse"][0]["httpStatusCode"] == 200, answer
    assert client.limits()["DailyApiRequests"]["Max"] > 0
    assert client.restful("sobjects/User/describe")["name"] == "User"


def errors(client: Any) -> None:
    """Each refusal is an error of its class."""
    from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

    with refused(SalesforceMalformedRequest, "INVALID_FIELD"):
        client.query("SELECT Nope FROM Contact")
    with refused(SalesforceResourceNotFound):
        client.Contact.get("003000000000000AAA")
    with refused(SalesforceMalformedRequest, "REQUIRED_FIELD_MISSING"):
        client.Contact.create({})


STEPS = {
    "log in by SOAP": log_in_by_soap,
    "rows: create, get, update, upsert, by external ID, delete": rows,
    "describe, metadata of an sObject": describes,
    "queries: pages, iterators, format_soql, deleted rows": queries,
    "search, quick_search": searches,
    "bulk (1.0): insert, update, upsert, query, query_all, delete, detailed results": bulk,
    "bulk2: insert, results, query, download": bulk2,
    "composite, limits, restful": other_resources,
    "errors are of their classes": errors,
}

if __name__ == "__main__":
    lead_to_the_org()
    tour = Tour()
    tour.take(STEPS, org())
    tour.end()
