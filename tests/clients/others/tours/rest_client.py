"""simple-salesforce: login by SOAP and OAuth, rows, queries, searches, both Bulk APIs, composite, describe, limits."""

from __future__ import annotations

import tempfile
from pathlib import Path

from steps import CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME, Tour, lead_to_the_org, refused


def main() -> None:
    """Walk through what the client's documentation offers, except for metadata and Apex, which the org has not."""
    lead_to_the_org()
    from simple_salesforce import Salesforce, format_soql
    from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

    tour = Tour()
    made: list[str] = []
    with tour.step("log in by SOAP"):
        soap = Salesforce(username=USERNAME, password=PASSWORD, security_token="", version="59.0")
        assert soap.query("SELECT COUNT() FROM Contact")["totalSize"] == 30
    with tour.step("log in by OAuth"):
        org = Salesforce(username=USERNAME, password=PASSWORD, consumer_key=CLIENT_ID, consumer_secret=CLIENT_SECRET)
    with tour.step("rows: create, get, update, upsert, by external ID, delete"):
        made.append(org.Account.create({"Name": "Acme"})["id"])
        assert org.Account.get(made[0])["Name"] == "Acme"
        assert org.Account.update(made[0], {"Phone": "1"}) == 204
        assert org.Account.upsert("Key__c/new", {"Name": "New"}) in (200, 201)
        assert org.Account.get_by_custom_id("Key__c", "new")["Name"] == "New"
        assert org.Account.delete(org.Account.get_by_custom_id("Key__c", "new")["Id"]) == 204
    with tour.step("describe and metadata of an sObject"):
        assert any(each["name"] == "Contact" for each in org.describe()["sobjects"])
        assert org.Contact.describe()["keyPrefix"] == "003"
        assert org.Contact.metadata()["objectDescribe"]["name"] == "Contact"
    with tour.step("queries: pages, query_all, query_all_iter, format_soql, deleted rows"):
        assert len(org.query_all("SELECT Id FROM Contact")["records"]) == 30
        assert sum(1 for _ in org.query_all_iter("SELECT Id FROM Lead")) == 30
        statement = format_soql("SELECT Id FROM Contact WHERE LastName IN {}", ["Doe 1", "O'Neil"])
        assert org.query(statement)["totalSize"] == 1
        assert org.query("SELECT Id FROM Account WHERE IsDeleted = true", include_deleted=True)["totalSize"] == 1
    with tour.step("search and quick_search"):
        found = org.search("FIND {Company*} IN NAME FIELDS RETURNING Account(Id, Name)")["searchRecords"]
        assert len(found) == 5, found
        assert org.quick_search("jo.7@example.com")["searchRecords"]
    with tour.step("bulk (1.0): insert, update, upsert, query, query_all, delete"):
        inserted = org.bulk.Contact.insert([{"LastName": "B1"}, {"LastName": "B2"}, {"FirstName": "x"}], batch_size=2)
        assert [each["success"] for each in inserted] == [True, True, False], inserted
        ids = [each["id"] for each in inserted if each["success"]]
        assert all(each["success"] for each in org.bulk.Contact.update([{"Id": each, "Title": "T"} for each in ids]))
        assert org.bulk.Contact.upsert([{"Key__c": "c-1", "Title": "U"}], "Key__c")[0]["created"] is False
        assert len(org.bulk.Contact.query("SELECT Id FROM Contact WHERE Title = 'T'")) == 2
        assert all(each["success"] for each in org.bulk.Contact.delete([{"Id": each} for each in ids]))
        assert len(org.bulk.Contact.query_all("SELECT Id FROM Contact WHERE Title = 'T'")) == 2
        report = org.bulk.submit_dml("Contact", "insert", [{"LastName": "B3"}], include_detailed_results=True)
        assert report[0]["LastName"] == "B3", report
    with tour.step("bulk2: insert, query, download, delete"):
        (job,) = org.bulk2.Lead.insert(records=[{"LastName": "V2", "Company": "x"}], wait=0.1)
        assert job["numberRecordsProcessed"] == 1, job
        assert "V2" in org.bulk2.Lead.get_successful_records(job["job_id"])
        rows = list(org.bulk2.Lead.query("SELECT Id FROM Lead WHERE LastName = 'V2'", wait=0.1))
        assert len(rows) == 1, rows
        folder = tempfile.mkdtemp()
        org.bulk2.Lead.download("SELECT Id FROM Lead", path=folder, wait=0.1)
        assert len(list(Path(folder).iterdir())) == 1
    with tour.step("composite and limits by restful"):
        query = {
            "method": "GET",
            "url": f"/services/data/v{org.sf_version}/query?q=SELECT+Id+FROM+User",
            "referenceId": "b",
        }
        answer = org.restful("composite", method="POST", json={"compositeRequest": [query]})
        assert answer["compositeResponse"][0]["httpStatusCode"] == 200, answer
        assert org.limits()["DailyApiRequests"]["Max"] > 0
        assert org.restful("sobjects/User/describe")["name"] == "User"
    with tour.step("errors are of their classes"):
        with refused(SalesforceMalformedRequest, "INVALID_FIELD"):
            org.query("SELECT Nope FROM Contact")
        with refused(SalesforceResourceNotFound):
            org.Contact.get("003000000000000AAA")
        with refused(SalesforceMalformedRequest, "REQUIRED_FIELD_MISSING"):
            org.Contact.create({})
    tour.end()


if __name__ == "__main__":
    main()
