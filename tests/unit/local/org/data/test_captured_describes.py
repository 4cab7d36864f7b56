"""A describe that somebody saved from a real org is a schema: what it says is answered again, and holds for saves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.org.app import Org
from local.org.standard.catalog import standard_schema
from tests.support.org.edge import API, Client

NAMES = [each.name for each in standard_schema().sobjects]
VERSION_58 = "/services/data/v58.0"


def field(name: str, kind: str, **attributes: Any) -> dict[str, Any]:
    """Return a field as a describe has it, with an attribute that this org has never heard of."""
    known = {"label": name, "length": 0, "nillable": True, "createable": True, "updateable": True, "referenceTo": []}
    return {"name": name, "type": kind, **known, "someNewAttribute": "kept", "picklistValues": [], **attributes}


SOLUTION: dict[str, Any] = {
    "name": "Solution",
    "label": "Solution",
    "labelPlural": "Solutions",
    "keyPrefix": "501",
    "queryable": True,
    "createable": True,
    "updateable": True,
    "deletable": False,
    "undeletable": False,
    "replicateable": True,
    "custom": False,
    "mruEnabled": False,
    "someNewFlag": [1, 2],
    "urls": {"sobject": f"{VERSION_58}/sobjects/Solution", "uiNewRecord": "https://x.my.salesforce.com/501/e"},
    "supportedScopes": [{"label": "All solutions", "name": "everything"}],
    "childRelationships": [
        {"childSObject": "Attachment", "field": "ParentId", "relationshipName": "Attachments", "cascadeDelete": True},
        {
            "childSObject": "SolutionFeed",
            "field": "ParentId",
            "relationshipName": "Feeds",
            "junctionIdListNames": ["x"],
        },
    ],
    "recordTypeInfos": [
        {"recordTypeId": "012000000000000AAA", "name": "Master", "developerName": "Master", "master": True},
        {"recordTypeId": "0125e000000AbCdAAK", "name": "Howto", "developerName": "Howto", "active": True},
    ],
    "fields": [
        field("Id", "id", length=18, nillable=False, createable=False, updateable=False, soapType="tns:ID"),
        field("SolutionName", "string", length=20, nillable=False, nameField=True),
        field("IsDeleted", "boolean", nillable=False, defaultedOnCreate=True, createable=False, updateable=False),
        field(
            "Status",
            "picklist",
            restrictedPicklist=True,
            nillable=False,
            defaultedOnCreate=True,
            picklistValues=[
                {"value": "Draft", "label": "Draft!", "active": True, "defaultValue": True, "validFor": None},
                {"value": "Reviewed", "label": "Reviewed", "active": True, "defaultValue": False, "validFor": None},
            ],
        ),
        field("Nature", "anyType", nillable=False, defaultedOnCreate=True),
        field(
            "OwnerId",
            "reference",
            referenceTo=["User"],
            relationshipName="Owner",
            nillable=False,
            defaultedOnCreate=True,
        ),
        field("AccountId", "reference", referenceTo=["Account"], relationshipName="Account"),
        field("RecordTypeId", "reference", referenceTo=["RecordType"], relationshipName="RecordType"),
    ],
}


@pytest.fixture
def client() -> Client:
    """Return an org."""
    return Client()


def describe(client: Client, name: str, base: str = API) -> dict[str, Any]:
    """Return what the org describes."""
    body: dict[str, Any] = client.send("GET", f"{base}/sobjects/{name}/describe", headers=client.session()).body
    return body


def post(client: Client, name: str, values: dict[str, Any]) -> Any:
    """Create a record and return the answer."""
    return client.send("POST", f"{API}/sobjects/{name}", body=json.dumps(values).encode(), headers=client.session())


def test_every_describe_of_the_org_itself_loads_into_another_one_and_comes_back_the_same() -> None:
    first, second = Client(Org(seed=1)), Client(Org(seed=2))
    headers = first.session()
    captured = {name: first.send("GET", f"{API}/sobjects/{name}/describe", headers=headers).body for name in NAMES}
    assert "sobjects" in second.control("POST", "schema", {"describes": list(captured.values())})
    headers = second.session()
    again = {name: second.send("GET", f"{API}/sobjects/{name}/describe", headers=headers).body for name in NAMES}
    assert [name for name in NAMES if again[name] != captured[name]] == []
    assert again["Account"]["keyPrefix"] == "001"
    assert again["AccountHistory"]["keyPrefix"] is None


def test_an_sobject_that_the_org_does_not_know_is_described_as_it_was_captured(client: Client) -> None:
    client.control("POST", "schema", SOLUTION)
    found = describe(client, "Solution", VERSION_58)
    apart = ("fields", "childRelationships", "recordTypeInfos", "urls")
    assert {name: found[name] for name in SOLUTION if name not in apart} == {
        name: value for name, value in SOLUTION.items() if name not in apart
    }
    for expected, actual in zip(SOLUTION["fields"], found["fields"], strict=True):
        assert expected.items() <= actual.items()
    children = {each["childSObject"]: each for each in found["childRelationships"]}
    assert children["SolutionFeed"]["junctionIdListNames"] == ["x"]
    assert children["Attachment"]["relationshipName"] == "Attachments"
    assert [each["name"] for each in found["recordTypeInfos"]] == ["Howto", "Master"]
    assert found["urls"]["uiNewRecord"] == "https://x.my.salesforce.com/501/e"
    assert describe(client, "Solution")["urls"]["sobject"] == f"{API}/sobjects/Solution"
    names = [each["name"] for each in client.get("/sobjects", client.session()).body["sobjects"]]
    assert "Solution" in names


def test_its_records_follow_what_the_describe_says(client: Client) -> None:
    client.control("POST", "schema", SOLUTION)
    assert post(client, "Solution", {}).body[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert post(client, "Solution", {"SolutionName": "x" * 21}).body[0]["errorCode"] == "STRING_TOO_LONG"
    wrong = post(client, "Solution", {"SolutionName": "A", "Status": "Nope"}).body[0]
    assert wrong["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    account = post(client, "Account", {"Name": "Acme"}).body["id"]
    created = post(
        client, "Solution", {"SolutionName": "A", "AccountId": account, "RecordTypeId": "0125e000000AbCdAAK"}
    )
    assert created.body["id"].startswith("501")
    query = "SELECT SolutionName, toLabel(Status), Owner.Name, Account.Name, RecordType.Name FROM Solution"
    record = client.get("/query", client.session(), q=query).body["records"][0]
    assert (record["Status"], record["Owner"]["Name"], record["Account"]["Name"]) == ("Draft!", "Alex Admin", "Acme")
    assert record["RecordType"]["Name"] == "Howto"
    assert (
        client.send("DELETE", f"{API}/sobjects/Solution/{created.body['id']}", headers=client.session()).status == 403
    )


def test_what_the_describe_lists_as_children_may_point_at_it(client: Client) -> None:
    client.control("POST", "schema", SOLUTION)
    solution = post(client, "Solution", {"SolutionName": "A"}).body["id"]
    file = {"ParentId": solution, "Name": "a.txt", "Body": "YQ=="}
    assert post(client, "Attachment", file).status == 201
    query = "SELECT Id, (SELECT Name FROM Attachments) FROM Solution"
    assert client.get("/query", client.session(), q=query).body["records"][0]["Attachments"]["totalSize"] == 1


def test_a_captured_describe_of_a_known_sobject_replaces_its_fields(client: Client) -> None:
    lead = describe(client, "Lead")
    lead["fields"] = [each for each in lead["fields"] if each["name"] != "Fax"]
    lead["fields"].append(field("Score__c", "double", precision=3, scale=0, custom=True))
    client.control("POST", "schema", lead)
    names = [each["name"] for each in describe(client, "Lead")["fields"]]
    assert ("Fax" in names, "Score__c" in names) == (False, True)
    assert post(client, "Lead", {"LastName": "L", "Company": "C", "Score__c": 7}).status == 201


def test_a_later_declaration_changes_what_was_captured(client: Client) -> None:
    client.control("POST", "schema", SOLUTION)
    change = {"name": "Solution", "fields": [{"name": "SolutionName", "length": 30, "label": "Title"}]}
    client.control("POST", "schema", {"sobjects": [change]})
    name = next(each for each in describe(client, "Solution")["fields"] if each["name"] == "SolutionName")
    assert (name["length"], name["label"], name["someNewAttribute"]) == (30, "Title", "kept")


def test_permissions_hold_for_captured_fields(client: Client) -> None:
    rights = {"admin@northwind.example": {"fields": {"Solution.Status": {"edit": False}}}}
    status = field("Status", "string", length=10, permissionable=True)
    solution = {**SOLUTION, "fields": [*[each for each in SOLUTION["fields"] if each["name"] != "Status"], status]}
    client.control("POST", "schema", {"describes": [solution], "permissions": rights})
    shown = next(each for each in describe(client, "Solution")["fields"] if each["name"] == "Status")
    assert (shown["createable"], shown["updateable"]) == (False, False)


def test_a_key_prefix_that_is_taken_or_missing_is_replaced_for_ids_alone(client: Client) -> None:
    for name, prefix in (("First", None), ("Second", "001")):
        client.control("POST", "schema", {**SOLUTION, "name": name, "keyPrefix": prefix, "childRelationships": []})
        assert describe(client, name)["keyPrefix"] == prefix
        created = post(client, name, {"SolutionName": "A"}).body["id"]
        assert client.get(f"/sobjects/{name}/{created}", client.session()).status == 200
    assert post(client, "Account", {"Name": "A"}).status == 201


def test_a_folder_of_saved_answers_is_the_schema_of_a_new_org(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"sobjects": [{"name": "Solution", "fields": [{"name": "More__c"}]}]}))
    (tmp_path / "solution.json").write_text(json.dumps(SOLUTION))
    org = Org(1, tmp_path)
    kind = org.schema.sobject("Solution")
    assert kind is not None
    assert kind.field("More__c") is not None
    org.reset()
    assert org.schema.sobject("Solution") is not None


@pytest.mark.parametrize(
    "body",
    [{"describes": [{"name": "X"}]}, {"describes": {"name": "X"}}, {**SOLUTION, "fields": [{"name": "Id"}]}],
)
def test_what_is_no_describe_is_refused_in_a_sentence(client: Client, body: Any) -> None:
    answer = client.control("POST", "schema", body)
    assert answer[0]["errorCode"] == "INVALID_DECLARATION"
    assert "describe" in answer[0]["message"]
