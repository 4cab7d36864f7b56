"""Validation rules by the Tooling API. Source: Tooling API guide, ValidationRule."""

from __future__ import annotations

from tests.support.org.edge import Client, error_code

SOQL = (
    "SELECT ValidationName, ErrorMessage, ErrorDisplayField FROM ValidationRule"
    " WHERE Active = true AND EntityDefinition.QualifiedApiName = '{}'"
)
RULES = [
    {"name": "No_Robots", "error_condition": "Title = 'Robot'", "message": "No robots.", "field": "Title"},
    {"name": "Off", "error_condition": "Title = 'X'", "message": "Never said.", "active": False},
]


def client_with_rules() -> Client:
    client = Client()
    client.control("POST", "schema", {"sobjects": [{"name": "Lead", "validation_rules": RULES}]})
    return client


def test_active_validation_rules_of_an_sobject_can_be_read() -> None:
    client = client_with_rules()
    page = client.get("/tooling/query", client.session(), q=SOQL.format("Lead")).body
    assert [(row["ValidationName"], row["ErrorMessage"], row["ErrorDisplayField"]) for row in page["records"]] == [
        ("No_Robots", "No robots.", "Title")
    ]
    assert page["size"] == page["totalSize"] == 1
    assert client.get("/tooling/query", client.session(), q=SOQL.format("Contact")).body["totalSize"] == 0


def test_they_need_the_permission_to_view_setup() -> None:
    client = client_with_rules()
    client.control("POST", "schema", {"permissions": {"admin@northwind.example": {"system": {"ViewSetup": False}}}})
    assert error_code(client.get("/tooling/query", client.session(), q=SOQL.format("Lead"))) == (
        403,
        "INSUFFICIENT_ACCESS",
    )


def test_other_objects_are_not_there() -> None:
    client = Client()
    answer = client.get("/tooling/query", client.session(), q="SELECT Id FROM ApexClass")
    assert error_code(answer) == (400, "INVALID_TYPE")
