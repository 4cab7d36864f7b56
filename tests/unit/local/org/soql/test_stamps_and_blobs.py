"""sObjects without the usual stamps, fields that no condition may name, base64 fields, and look-ups to several kinds."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from local.org.wire.messages import Response
from tests.support.org.edge import API, Client


class Reader(Client):
    """A client with a session that reads by SOQL."""

    def __init__(self) -> None:
        super().__init__()
        self.headers = self.session()

    def asked(self, soql: str) -> Response:
        return self.send("GET", f"{API}/query", {"q": soql}, headers=self.headers)

    def rows(self, soql: str) -> list[dict[str, Any]]:
        answer = self.asked(soql)
        assert answer.status == 200, answer.body
        found: list[dict[str, Any]] = answer.body["records"]
        return found

    def refused(self, soql: str) -> tuple[str, str]:
        answer = self.asked(soql)
        assert answer.status == 400, answer.body
        return answer.body[0]["errorCode"], answer.body[0]["message"].splitlines()[-1]

    def loaded(self, sobject: str, **values: Any) -> str:
        return str(self.control("POST", "records", {"sobject": sobject, "records": [values]})["ids"][0])

    def stamps(self, sobject: str) -> set[str]:
        described = self.send("GET", f"{API}/sobjects/{sobject}/describe", headers=self.headers).body
        kinds = {"CreatedDate", "LastModifiedDate", "SystemModstamp", "LoginTime"}
        return {each["name"] for each in described["fields"]} & kinds


@pytest.mark.parametrize(
    ("sobject", "stamps"),
    [
        ("UserRole", {"LastModifiedDate", "SystemModstamp"}),
        ("ContactHistory", {"CreatedDate"}),
        ("LeadShare", {"LastModifiedDate"}),
        ("LoginHistory", {"LoginTime"}),
    ],
)
def test_some_standard_sobjects_lack_the_usual_stamps(sobject: str, stamps: set[str]) -> None:
    """Source: Object Reference: UserRole, StandardObjectNameHistory, StandardObjectNameShare, LoginHistory."""
    reader = Reader()
    assert reader.stamps(sobject) == stamps
    missing = min({"CreatedDate", "LastModifiedDate", "SystemModstamp"} - stamps)
    code, message = reader.refused(f"SELECT Id, {missing} FROM {sobject}")
    assert (code, message[: len("No such column")]) == ("INVALID_FIELD", "No such column")
    reader.rows(f"SELECT Id FROM {sobject} WHERE {min(stamps)} > 2020-01-01T00:00:00Z ORDER BY {min(stamps)}, Id")


def test_a_history_is_read_by_its_only_stamp() -> None:
    reader = Reader()
    contact = reader.loaded("Contact", LastName="Doe")
    values = {"ContactId": contact, "Field": "Title", "OldValue": "Mr", "NewValue": "Dr"}
    reader.loaded("ContactHistory", **values, CreatedDate="2026-01-01T00:00:00.000+0000")
    reader.loaded("ContactHistory", **values, CreatedDate="2026-02-01T00:00:00.000+0000")
    found = reader.rows("SELECT NewValue FROM ContactHistory WHERE CreatedDate > 2026-01-15T00:00:00Z")
    assert [row["NewValue"] for row in found] == ["Dr"]


def test_the_values_of_a_history_cannot_be_filtered() -> None:
    """Source: Object Reference, StandardObjectNameHistory: OldValue and NewValue are anyType, without Filter."""
    code, message = Reader().refused("SELECT Id FROM LeadHistory WHERE NewValue = 'x'")
    assert (code, message) == ("INVALID_FIELD", "field 'NewValue' can not be filtered in a query call")


def declared(reader: Reader, *sobjects: dict[str, Any]) -> None:
    answer = reader.control("POST", "schema", {"sobjects": list(sobjects)})
    assert isinstance(answer, dict), answer


def test_a_declared_sobject_has_the_stamps_that_it_names() -> None:
    reader = Reader()
    declared(reader, {"name": "Log__c", "stamps": ["CreatedDate"]})
    assert reader.stamps("Log__c") == {"CreatedDate"}
    path, body = f"{API}/sobjects/Log__c", b'{"Name": "x"}'
    assert reader.send("POST", path, body=body, headers=reader.headers).status == 201
    assert len(reader.rows("SELECT Id, CreatedDate, CreatedById FROM Log__c ORDER BY CreatedDate")) == 1


def test_a_stamp_that_does_not_exist_is_refused() -> None:
    answer = Reader().control("POST", "schema", {"sobjects": [{"name": "Log__c", "stamps": ["Modified"]}]})
    assert answer[0]["errorCode"] == "INVALID_DECLARATION"


def test_an_external_object_has_no_stamp_or_one_that_cannot_be_filtered() -> None:
    """Source: Object Reference, external objects: Id, ExternalId, DisplayUrl."""
    reader = Reader()
    declared(
        reader,
        {"name": "Bill__x", "fields": [{"name": "Total__c", "type": "double"}]},
        {"name": "Trip__x", "stamps": ["SystemModstamp"], "fields": [{"name": "SystemModstamp", "filterable": False}]},
    )
    assert (reader.stamps("Bill__x"), reader.stamps("Trip__x")) == (set(), {"SystemModstamp"})
    assert reader.loaded("Bill__x", ExternalId="1", Total__c=2).startswith("x0")
    assert len(reader.rows("SELECT ExternalId, Total__c FROM Bill__x WHERE ExternalId = '1'")) == 1
    message = reader.refused("SELECT Id FROM Trip__x WHERE SystemModstamp > 2026-01-01T00:00:00Z")[1]
    assert message == "field 'SystemModstamp' can not be filtered in a query call"


def test_custom_histories_and_shares_have_one_stamp() -> None:
    """Source: Object Reference, CustomObject__History and CustomObject__Share."""
    reader = Reader()
    declared(reader, {"name": "Log__c"}, {"name": "Log__History"}, {"name": "Log__Share"})
    assert (reader.stamps("Log__History"), reader.stamps("Log__Share")) == ({"CreatedDate"}, {"LastModifiedDate"})
    log = reader.loaded("Log__c", Name="x")
    reader.loaded("Log__History", ParentId=log, Field="Name")
    assert reader.rows("SELECT Parent.Name FROM Log__History")[0]["Parent"]["Name"] == "x"


def test_a_compound_field_cannot_be_filtered_or_sorted() -> None:
    """Source: Object Reference, compound fields: considerations and limitations."""
    reader = Reader()
    message = reader.refused("SELECT Id FROM Contact WHERE MailingAddress = 'x'")[1]
    assert message == "field 'MailingAddress' can not be filtered in a query call"
    message = reader.refused("SELECT Id FROM Contact ORDER BY MailingAddress")[1]
    assert message == "field 'MailingAddress' can not be sorted in a query call"


def an_attachment(reader: Reader, content: bytes) -> str:
    contact = reader.loaded("Contact", LastName="Doe")
    body = {"ParentId": contact, "Name": "a.txt", "Body": base64.b64encode(content).decode()}
    path = f"{API}/sobjects/Attachment"
    answer = reader.send("POST", path, body=json.dumps(body).encode(), headers=reader.headers)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def test_a_base64_field_answers_its_address_and_the_address_its_bytes() -> None:
    """Source: REST API guide, sObject Blob Get; case notes: base64 fields by REST answer a path."""
    reader = Reader()
    attachment = an_attachment(reader, b"hello\x00")
    address = f"{API}/sobjects/Attachment/{attachment}/Body"
    (row,) = reader.rows("SELECT Body, BodyLength FROM Attachment")
    assert (row["Body"], row["BodyLength"]) == (address, 6)
    whole = reader.send("GET", f"{API}/sobjects/Attachment/{attachment}", headers=reader.headers).body
    assert whole["Body"] == address
    blob = reader.send("GET", address, headers=reader.headers)
    assert (blob.body, blob.content_type) == ("hello\x00", "application/octetstream")


def test_a_base64_field_cannot_be_filtered_and_takes_base64_only() -> None:
    reader = Reader()
    message = reader.refused("SELECT Id FROM Attachment WHERE Body = 'x'")[1]
    assert message == "field 'Body' can not be filtered in a query call"
    body = json.dumps(
        {"ParentId": reader.loaded("Lead", LastName="Doe", Company="A"), "Name": "a", "Body": "%%"}
    ).encode()
    answer = reader.send("POST", f"{API}/sobjects/Attachment", body=body, headers=reader.headers)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_look_up_to_several_kinds_has_the_fields_of_name() -> None:
    """Source: SOQL guide, polymorphic relationships; Object Reference, Name."""
    reader = Reader()
    reader.loaded("Lead", LastName="Doe", Company="Acme")
    fields = "Owner.Name, Owner.Email, Owner.Type, Owner.Profile.Name"
    (row,) = reader.rows(f"SELECT {fields} FROM Lead WHERE Owner.Email LIKE 'admin@%' AND Owner.Type = 'User'")
    assert row["Owner"]["attributes"]["type"] == "Name"
    assert row["Owner"]["Profile"]["Name"] == "System Administrator"


@pytest.mark.parametrize(
    ("soql", "message"),
    [
        ("SELECT Owner.Department FROM Lead", "No such column 'Department' on entity 'Name'."),
        ("SELECT What.Industry FROM Task", "No such column 'Industry' on entity 'Name'."),
        ("SELECT Who.Account.Name FROM Task", "Didn't understand relationship 'Account' in field path."),
        ("SELECT Id FROM Task WHERE What.Industry = 'Banking'", "No such column 'Industry' on entity 'Name'."),
    ],
)
def test_other_fields_of_a_look_up_to_several_kinds_are_refused(soql: str, message: str) -> None:
    code, said = Reader().refused(soql)
    assert code == "INVALID_FIELD"
    assert said.startswith(message)


def test_typeof_reads_the_fields_of_each_kind() -> None:
    """Source: SOQL guide, TYPEOF."""
    reader = Reader()
    account = reader.loaded("Account", Name="Acme", Industry="Banking")
    reader.loaded("Task", Subject="Call", WhatId=account)
    soql = "SELECT TYPEOF What WHEN Account THEN Industry, Phone WHEN Opportunity THEN Amount END FROM Task"
    assert reader.rows(soql)[0]["What"]["Industry"] == "Banking"
    one_kind = "SELECT TYPEOF Account WHEN Account THEN Industry END FROM Contact"
    assert reader.refused(one_kind)[0] == "MALFORMED_QUERY"
    condition = "SELECT Id FROM Task WHERE TYPEOF What WHEN Account THEN Industry END = 'x'"
    assert reader.refused(condition)[0] == "MALFORMED_QUERY"
