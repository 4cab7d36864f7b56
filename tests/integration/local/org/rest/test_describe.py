"""Describe over HTTP (REST API guide, Describe Global and sObject Describe; SOAP API guide, describesobjectresult)."""

from __future__ import annotations

import base64
from typing import Any

from tests.support.org.rest_client import V66, OrgClient

FIELD_ATTRIBUTES = (
    "name label type soapType length byteLength precision scale digits nillable createable updateable permissionable "
    "defaultedOnCreate defaultValue defaultValueFormula unique caseSensitive externalId idLookup nameField namePointing autoNumber "
    "calculated calculatedFormula formulaTreatNullNumberAsZero compoundFieldName filterable sortable groupable aggregatable "
    "encrypted htmlFormatted extraTypeInfo inlineHelpText picklistValues restrictedPicklist dependentPicklist controllerName "
    "referenceTo relationshipName relationshipOrder polymorphicForeignKey custom deprecatedAndHidden cascadeDelete "
    "restrictedDelete writeRequiresMasterRead queryByDistance searchPrefilterable"
)
GLOBAL_ATTRIBUTES = (
    "name label labelPlural keyPrefix createable updateable deletable queryable replicateable retrieveable searchable mergeable "
    "triggerable undeletable layoutable custom customSetting feedEnabled deprecatedAndHidden hasSubtypes activateable urls"
)


def described(org: OrgClient, sobject: str) -> dict[str, dict[str, Any]]:
    """Return an sObject's fields by name."""
    return {field["name"]: field for field in org.get(f"sobjects/{sobject}/describe").body["fields"]}


def test_describe_global_lists_every_sobject_with_its_attributes(org: OrgClient) -> None:
    """Source: REST API guide, Describe Global."""
    body = org.get("sobjects/").body
    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    by_name = {each["name"]: each for each in body["sobjects"]}
    wanted = (
        "Lead Contact Account Opportunity Case Task Event Campaign CampaignMember User Group RecordType Organization"
    )
    assert set(wanted.split()) <= set(by_name)
    assert set(GLOBAL_ATTRIBUTES.split()) <= set(by_name["Lead"])
    assert by_name["Lead"]["urls"]["describe"] == f"{V66}/sobjects/Lead/describe"
    assert by_name["Lead"]["urls"]["rowTemplate"] == f"{V66}/sobjects/Lead/{{ID}}"


def test_key_prefixes_are_the_real_ones(org: OrgClient) -> None:
    """Source: Object Reference, key prefixes."""
    prefixes = {each["name"]: each["keyPrefix"] for each in org.get("sobjects").body["sobjects"]}
    real = {
        "Account": "001", "Contact": "003", "Lead": "00Q", "User": "005", "Group": "00G", "Opportunity": "006", "Task": "00T",
        "Event": "00U", "RecordType": "012", "Organization": "00D", "Campaign": "701", "CampaignMember": "00v", "Case": "500",
    }  # fmt: skip
    assert {name: prefixes[name] for name in real} == real


def test_every_field_has_every_attribute(org: OrgClient) -> None:
    """Source: SOAP API guide, describesobjectresult; SOAP API guide."""
    for name in ("Lead", "Contact", "Account", "Task", "User"):
        for field in described(org, name).values():
            assert set(FIELD_ATTRIBUTES.split()) <= set(field), (name, field["name"])


def test_what_a_create_needs_follows_from_three_attributes(org: OrgClient) -> None:
    """Source: Object Reference, required fields: createable, not nillable, not defaulted on create."""

    def required(sobject: str) -> set[str]:
        return {
            name
            for name, field in described(org, sobject).items()
            if field["createable"] and not field["nillable"] and not field["defaultedOnCreate"]
        }

    assert required("Lead") == {"LastName", "Company"}
    assert required("Contact") == {"LastName"}
    assert required("Account") == {"Name"}
    assert required("Opportunity") == {"Name", "StageName", "CloseDate"}
    assert required("Case") == required("Task") == set()


def test_lengths_and_types_are_the_real_ones(org: OrgClient) -> None:
    """Source: Object Reference."""
    lead = described(org, "Lead")
    assert {
        name: (lead[name]["type"], lead[name]["length"])
        for name in ("LastName", "FirstName", "Company", "Email", "Title")
    } == {
        "LastName": ("string", 80),
        "FirstName": ("string", 40),
        "Company": ("string", 255),
        "Email": ("email", 80),
        "Title": ("string", 128),
    }
    contact = described(org, "Contact")
    assert (contact["Description"]["type"], contact["Description"]["length"]) == ("textarea", 32000)
    assert contact["Description"]["filterable"] is False
    assert (contact["MailingStreet"]["type"], contact["MailingStreet"]["compoundFieldName"]) == (
        "textarea",
        "MailingAddress",
    )
    assert contact["FirstName"]["compoundFieldName"] == "Name"
    assert contact["Email"]["idLookup"] is True
    assert contact["Email"]["externalId"] is False
    assert contact["MailingAddress"]["createable"] is False
    assert contact["Name"]["updateable"] is False
    assert contact["Id"]["soapType"] == "tns:ID"


def test_references_say_where_they_point(org: OrgClient) -> None:
    """Source: SOAP API guide: referenceTo, relationshipName, polymorphicForeignKey; Object Reference, owners."""
    lead, task = described(org, "Lead"), described(org, "Task")
    assert lead["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert lead["OwnerId"]["polymorphicForeignKey"] is True
    assert described(org, "Contact")["OwnerId"]["referenceTo"] == ["User"]
    assert task["WhoId"]["referenceTo"] == ["Contact", "Lead"]
    assert task["WhoId"]["relationshipName"] == "Who"


def test_children_are_listed_with_their_relationship(org: OrgClient) -> None:
    """Source: SOAP API guide, childRelationships."""
    children = org.get("sobjects/Account/describe").body["childRelationships"]
    contacts = next(each for each in children if (each["childSObject"], each["field"]) == ("Contact", "AccountId"))
    assert contacts["relationshipName"] == "Contacts"


def test_an_unchanged_describe_answers_304_without_a_body(org: OrgClient) -> None:
    """Source: REST API guide, Conditional Request Headers."""
    for path in ("sobjects", "sobjects/Lead/describe"):
        modified = org.get(path).headers["Last-Modified"]
        answer = org.get(path, If_Modified_Since=modified)
        assert (answer.status, answer.body) == (304, None)
    org.control("POST", "schema", {"sobjects": [{"name": "Lead", "fields": [{"name": "New__c", "type": "string"}]}]})
    answer = org.get("sobjects/Lead/describe", If_Modified_Since=modified)
    assert answer.status == 200
    assert "New__c" in {field["name"] for field in answer.body["fields"]}


def test_a_change_of_rights_is_a_change_of_describe(org: OrgClient) -> None:
    """Source: REST API guide: Last-Modified also moves on org-wide profile and permission events."""
    modified = org.get("sobjects/Lead/describe").headers["Last-Modified"]
    rights = {"fields": {"Lead.Phone": {"read": False}}}
    org.control("POST", "schema", {"permissions": {"admin@northwind.example": rights}})
    answer = org.get("sobjects/Lead/describe", If_Modified_Since=modified)
    assert answer.status == 200
    assert "Phone" not in {field["name"] for field in answer.body["fields"]}


def test_dependent_values_carry_a_bit_set(org: OrgClient) -> None:
    """Source: SOAP API guide, describesobjectresult: validFor, bit k from the left for the controlling value k."""
    fields = [
        {"name": "Continent__c", "type": "picklist", "picklistValues": ["Europe", "Asia", "Africa"]},
        {
            "name": "Country__c",
            "type": "picklist",
            "controllerName": "Continent__c",
            "picklistValues": [
                {"value": "France", "validFor": ["Europe"]},
                {"value": "Turkey", "validFor": ["Europe", "Asia"]},
                {"value": "Egypt", "validFor": "IA=="},
            ],
        },
    ]
    org.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": fields}]})
    country = described(org, "Contact")["Country__c"]
    assert (country["dependentPicklist"], country["controllerName"]) == (True, "Continent__c")
    bits = {each["value"]: base64.b64decode(each["validFor"])[0] for each in country["picklistValues"]}
    assert bits == {"France": 0b1000_0000, "Turkey": 0b1100_0000, "Egypt": 0b0010_0000}


def test_record_types_are_listed_with_the_master(org: OrgClient) -> None:
    """Source: SOAP API guide, recordTypeInfos; master 012000000000000AAA."""
    master = org.get("sobjects/Lead/describe").body["recordTypeInfos"]
    assert [(each["name"], each["recordTypeId"], each["master"]) for each in master] == [
        ("Master", "012000000000000AAA", True)
    ]
    types = [{"developerName": "Partner", "name": "Partner Lead", "default": True}]
    org.control("POST", "schema", {"sobjects": [{"name": "Lead", "record_types": types}]})
    partner, master = org.get("sobjects/Lead/describe").body["recordTypeInfos"]
    assert (partner["developerName"], partner["defaultRecordTypeMapping"], partner["available"]) == (
        "Partner",
        True,
        True,
    )
    assert (master["master"], master["defaultRecordTypeMapping"]) == (True, False)
    assert org.query("SELECT DeveloperName FROM RecordType WHERE SobjectType = 'Lead'")[0]["DeveloperName"] == "Partner"


def test_basic_information_has_the_summary(org: OrgClient) -> None:
    """Source: REST API guide, sObject Basic Information."""
    body = org.get("sobjects/Lead").body
    assert body["objectDescribe"]["keyPrefix"] == "00Q"
    assert body["recentItems"] == []


def test_an_unknown_sobject_is_not_found(org: OrgClient) -> None:
    """Source: status codes of the REST API guide, captured answers: NOT_FOUND."""
    answer = org.get("sobjects/Nope__c/describe")
    assert (answer.status, answer.body[0]["message"]) == (404, "The requested resource does not exist")


def test_the_organization_follows_the_settings(org: OrgClient) -> None:
    org.control("PATCH", "settings", {"edition": "Enterprise Edition", "is_sandbox": True})
    [row] = org.query("SELECT OrganizationType, IsSandbox FROM Organization")
    assert (row["OrganizationType"], row["IsSandbox"]) == ("Enterprise Edition", True)


def test_person_accounts_appear_in_describe_when_enabled(org: OrgClient) -> None:
    """Source: Object Reference: the fields exist only if enabled; describe tells."""
    assert "PersonEmail" not in described(org, "Account")
    org.control("PATCH", "settings", {"person_accounts": True})
    fields = described(org, "Account")
    assert fields["PersonEmail"]["type"] == "email"
    assert fields["PersonMailingStreet"]["compoundFieldName"] == "PersonMailingAddress"
    assert described(org, "Lead")["Company"]["nillable"] is True
    account = org.created("Account", LastName="Lovelace", PersonEmail="ada@example.com")
    [row] = org.query(f"SELECT Name, IsPersonAccount, PersonContact.Email FROM Account WHERE Id = '{account}'")
    assert (row["Name"], row["IsPersonAccount"], row["PersonContact"]["Email"]) == ("Lovelace", True, "ada@example.com")
