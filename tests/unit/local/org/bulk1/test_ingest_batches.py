"""Bulk API 1.0 batches of records: CSV, JSON and XML, the five operations, results in the order of the batch, limits."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.org.bulk import read_csv
from tests.support.org.bulk1 import CSV, NAMESPACE, Bulk1Client, members, refused

SOBJECTS = (
    '<?xml version="1.0" encoding="UTF-8"?><sObjects xmlns="http://www.force.com/2009/06/asyncapi/dataload" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{}</sObjects>'
)


def keyed() -> Bulk1Client:
    """Return a client of an org whose contacts and accounts have an external ID field Key__c."""
    client = Bulk1Client()
    field = {"name": "Key__c", "type": "string", "length": 20, "externalId": True, "unique": True}
    sobjects = [{"name": name, "fields": [field]} for name in ("Contact", "Account")]
    assert "errorCode" not in str(client.control("POST", "schema", {"sobjects": sobjects}))
    client.control("POST", "records", {"sobject": "Account", "records": [{"Name": "Acme", "Key__c": "a-1"}]})
    return client


def contacts(client: Bulk1Client) -> dict[str, dict[str, Any]]:
    """Return the org's contacts by last name."""
    return {row["LastName"]: row for row in client.control("GET", "records/Contact")["records"]}


def test_csv_results_come_in_the_order_of_the_batch() -> None:
    """Source: Bulk API guide, get batch results: the CSV sample with a record that lacks its last name."""
    client = keyed()
    text = "LastName,DoNotCall,Account.Key__c\r\nDoe,true,a-1\r\n,,\r\nRoe,0,\r\n"
    good, bad, other = read_csv(client.ingest("insert", "Contact", text))
    assert (good["Success"], good["Created"], good["Error"], good["Id"][:3]) == ("true", "true", "", "003")
    assert (bad["Id"], bad["Success"], bad["Created"]) == ("", "false", "false")
    assert bad["Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    assert other["Success"] == "true"
    assert (contacts(client)["Doe"]["DoNotCall"], contacts(client)["Doe"]["AccountId"][:3]) == (True, "001")


def test_json_records_and_results() -> None:
    """Source: same page, the JSON sample."""
    client = keyed()
    records = [{"LastName": "Doe", "Account": {"Key__c": "a-1"}, "DoNotCall": True}, {"FirstName": "Jo"}]
    good, bad = client.ingest("insert", "Contact", json.dumps(records), contentType="JSON")
    assert (good["success"], good["created"], good["errors"]) == (True, True, [])
    assert (bad["success"], bad["id"], bad["errors"][0]["statusCode"]) == (False, None, "REQUIRED_FIELD_MISSING")
    assert bad["errors"][0]["fields"] == ["LastName"]
    assert contacts(client)["Doe"]["AccountId"][:3] == "001"


def test_xml_records_and_results() -> None:
    """Source: same page, the XML sample; relationship fields in XML records."""
    client = keyed()
    first = (
        "<sObject><LastName>Doe &amp; Son</LastName><DoNotCall>true</DoNotCall><Email xsi:nil='true'/><Title></Title>"
        "<Account><sObject><Key__c>a-1</Key__c></sObject></Account></sObject>"
    )
    second = "<sObject><LastName>Roe</LastName><Nope__c>1</Nope__c></sObject>"
    answer = client.ingest("insert", "Contact", SOBJECTS.format(first + second), contentType="XML")
    good, bad = ElementTree.fromstring(answer)
    assert (members(good)["success"], members(good)["created"]) == ("true", "true")
    errors = bad.find(f"{NAMESPACE}errors")
    assert errors is not None
    assert members(errors)["statusCode"] == "INVALID_FIELD"
    assert contacts(client)["Doe & Son"]["AccountId"][:3] == "001"


def test_upsert_update_and_delete() -> None:
    client = keyed()
    first, again = (
        read_csv(
            client.ingest(
                "upsert", "Contact", f"Key__c,LastName,Title\nk-1,Doe,{title}\n", externalIdFieldName="Key__c"
            )
        )[0]
        for title in ("CEO", "#N/A")
    )
    assert (first["Created"], again["Created"], again["Id"]) == ("true", "false", first["Id"])
    assert contacts(client)["Doe"].get("Title") is None
    updated = client.ingest("update", "Contact", json.dumps([{"id": first["Id"], "Title": "CFO"}]), contentType="JSON")
    assert (updated[0]["success"], updated[0]["created"], contacts(client)["Doe"]["Title"]) == (True, False, "CFO")
    deleted = client.ingest("delete", "Contact", json.dumps([{"Id": first["Id"]}]), contentType="JSON")
    assert (deleted[0]["success"], contacts(client)["Doe"]["IsDeleted"]) == (True, True)


def test_hard_delete_leaves_nothing() -> None:
    client = keyed()
    (made,) = read_csv(client.ingest("insert", "Contact", "LastName\nDoe\n"))
    client.control("POST", "schema", {"permissions": {"admin@northwind.example": {"system": {"HardDelete": True}}}})
    (gone,) = read_csv(client.ingest("hardDelete", "Contact", f"Id\n{made['Id']}\n"))
    assert (gone["Success"], contacts(client)) == ("true", {})


@pytest.mark.parametrize(
    ("content_type", "content", "message"),
    [
        ("CSV", "Nope\n1\n", "InvalidBatch : Field name not found : Nope"),
        ("CSV", "LastName\na,b\n", "InvalidBatch : Row 2 has 2 values for 1 columns"),
        ("JSON", '{"LastName": "Doe"}', "InvalidBatch : A batch is an array of records"),
        ("JSON", "[", "InvalidBatch : Failed to parse JSON"),
        ("XML", "<sObjects>", "InvalidBatch : Failed to parse XML"),
        ("CSV", "LastName\n" + "Doe\n" * 10_001, "InvalidBatch : Exceeded max number of records: 10000"),
    ],
)
def test_a_batch_that_cannot_be_read_fails_as_a_whole(content_type: str, content: str, message: str) -> None:
    client = Bulk1Client()
    job = client.job("insert", "Contact", contentType=content_type)
    info = client.finished(job, client.batch(job, content))
    assert info["state"] == "Failed"
    assert info["stateMessage"].startswith(message)
    assert contacts(client) == {}


def test_a_batch_has_data_and_a_size() -> None:
    """Source: Bulk API limits; the words are those of clients' reports."""
    client = Bulk1Client()
    job = client.job("insert", "Contact")
    empty = client.call("POST", f"/job/{job['id']}/batch", b"", CSV)
    assert refused(empty) == (400, "ClientInputError", "Unable to find any data to create batch")
    large = client.call("POST", f"/job/{job['id']}/batch", b"x" * 10_000_001, CSV)
    assert refused(large)[:2] == (400, "ClientInputError")


def test_a_serial_job_works_on_its_batches_in_turn() -> None:
    """Source: same guide, concurrency mode Serial; a parallel job keeps no order."""
    client = Bulk1Client()
    client.settings(bulk_polls=0)
    for mode, first_state in (("Serial", "Completed"), ("Parallel", "Queued")):
        job = client.job("insert", "Account", concurrencyMode=mode)
        first, second = (client.batch(job, f"Name\n{name}\n") for name in ("A", "B"))
        path = f"/job/{job['id']}/batch/"
        assert client.read(client.call("GET", path + second["id"]))["state"] == (
            "Queued" if mode == "Serial" else "Completed"
        )
        info = client.read(client.call("GET", f"/job/{job['id']}"))
        assert first_state == "Queued" or info["numberBatchesCompleted"] == "2"
        assert client.finished(job, first)["state"] == "Completed"


def test_what_a_trigger_refuses_of_a_chunk_fails() -> None:
    client = Bulk1Client()
    client.settings(automation={"Contact": {"records": 100}})
    text = "LastName\n" + "".join(f"L{number}\n" for number in range(150))
    rows = read_csv(client.ingest("insert", "Contact", text))
    assert {row["Success"] for row in rows} == {"false"}
    assert "LimitException" in rows[0]["Error"]
