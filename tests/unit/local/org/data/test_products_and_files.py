"""Products, prices, line items, contact roles, notes, files, field history and definitions (Object Reference)."""

from __future__ import annotations

import base64
import json
from hashlib import md5
from typing import Any

import pytest

from tests.support.org.edge import API, Client


class Shop:
    """An org with a product at its standard price, and an opportunity."""

    def __init__(self) -> None:
        self.client = Client()
        self.headers = self.client.session()
        self.standard = self.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
        self.product = self.made("Product2", Name="Chair", ProductCode="C-1", IsActive=True)
        self.price = self.made(
            "PricebookEntry", Pricebook2Id=self.standard, Product2Id=self.product, UnitPrice=100, IsActive=True
        )
        self.account = self.made("Account", Name="Acme")
        self.deal = self.made(
            "Opportunity",
            Name="Deal",
            StageName="Prospecting",
            CloseDate="2026-05-09",
            AccountId=self.account,
            Amount=5,
        )

    def send(self, method: str, path: str, values: Any = None) -> Any:
        """Send a request below the newest version."""
        body = b"" if values is None else json.dumps(values).encode()
        return self.client.send(method, API + path, body=body, headers=self.headers)

    def made(self, sobject: str, **values: Any) -> str:
        """Create a record and return its Id."""
        answer = self.send("POST", f"/sobjects/{sobject}", values)
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    def refused(self, sobject: str, **values: Any) -> str:
        """Return the code that a create is refused with."""
        answer = self.send("POST", f"/sobjects/{sobject}", values)
        assert answer.status == 400, answer.body
        return str(answer.body[0]["errorCode"])

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Return a statement's records without attributes."""
        answer = self.client.get("/query", self.headers, q=statement)
        assert answer.status == 200, answer.body
        return [
            {name: value for name, value in each.items() if name != "attributes"} for each in answer.body["records"]
        ]


@pytest.fixture
def shop() -> Shop:
    """Return a shop."""
    return Shop()


# --- products and prices ---


def test_a_price_in_another_book_needs_the_standard_price_first(shop: Shop) -> None:
    """Source: Object Reference, PricebookEntry: standard prices before custom ones; C the code."""
    book = shop.made("Pricebook2", Name="Resellers", IsActive=True)
    table = shop.made("Product2", Name="Table")
    assert (
        shop.refused("PricebookEntry", Pricebook2Id=book, Product2Id=table, UnitPrice=1) == "STANDARD_PRICE_NOT_DEFINED"
    )
    shop.made("PricebookEntry", Pricebook2Id=book, Product2Id=shop.product, UnitPrice=90, IsActive=True)
    again = shop.refused("PricebookEntry", Pricebook2Id=book, Product2Id=shop.product, UnitPrice=80)
    assert again == "DUPLICATE_VALUE"
    names = shop.query("SELECT Name, ProductCode, Product2.Name FROM PricebookEntry ORDER BY UnitPrice")
    assert [(each["Name"], each["ProductCode"]) for each in names] == [("Chair", "C-1")] * 2


def test_a_line_item_works_out_its_prices_and_the_amount_of_its_deal(shop: Shop) -> None:
    """Source: Object Reference, OpportunityLineItem: TotalPrice, and Opportunity: Amount is the sum of its products."""
    line = shop.made(
        "OpportunityLineItem", OpportunityId=shop.deal, PricebookEntryId=shop.price, Quantity=3, UnitPrice=90
    )
    shop.made("OpportunityLineItem", OpportunityId=shop.deal, Product2Id=shop.product, Quantity=2, TotalPrice=150)
    lines = shop.query(
        "SELECT Name, UnitPrice, ListPrice, Subtotal, TotalPrice, PricebookEntry.Name, ProductCode FROM OpportunityLineItem "
        "ORDER BY Quantity DESC"
    )
    assert [(each["UnitPrice"], each["TotalPrice"], each["Subtotal"]) for each in lines] == [
        (90, 270, 270),
        (75, 150, 150),
    ]
    assert (lines[0]["Name"], lines[0]["ListPrice"], lines[0]["ProductCode"]) == ("Deal Chair", 100, "C-1")
    deal = "SELECT Amount, HasOpportunityLineItem, TotalOpportunityQuantity, Pricebook2Id FROM Opportunity"
    assert shop.query(deal) == [
        {"Amount": 420, "HasOpportunityLineItem": True, "TotalOpportunityQuantity": 5, "Pricebook2Id": shop.standard}
    ]
    assert shop.send("PATCH", f"/sobjects/OpportunityLineItem/{line}", {"Discount": 10}).status == 204
    assert shop.query(deal)[0]["Amount"] == 393
    shop.send("PATCH", f"/sobjects/Opportunity/{shop.deal}", {"Amount": 1})
    assert shop.query(deal)[0]["Amount"] == 393
    assert shop.send("DELETE", f"/sobjects/OpportunityLineItem/{line}").status == 204
    assert shop.query(deal)[0]["Amount"] == 150


def test_a_line_item_without_a_price_or_of_a_wrong_one_is_refused(shop: Shop) -> None:
    """Source: Object Reference, OpportunityLineItem: an entry of the deal's price book, Quantity, UnitPrice or TotalPrice."""
    line: dict[str, Any] = {"OpportunityId": shop.deal, "PricebookEntryId": shop.price, "Quantity": 1}
    without_entry = {"OpportunityId": shop.deal, "Quantity": 1, "UnitPrice": 5}
    assert shop.refused("OpportunityLineItem", **without_entry) == "REQUIRED_FIELD_MISSING"
    assert shop.refused("OpportunityLineItem", **line) == "REQUIRED_FIELD_MISSING"
    assert shop.refused("OpportunityLineItem", **line, UnitPrice=1, TotalPrice=1) == "FIELD_INTEGRITY_EXCEPTION"
    book = shop.made("Pricebook2", Name="Resellers", IsActive=True)
    other = shop.made("PricebookEntry", Pricebook2Id=book, Product2Id=shop.product, UnitPrice=90, IsActive=True)
    shop.made("OpportunityLineItem", **line, UnitPrice=1)
    mixed = {**line, "PricebookEntryId": other, "UnitPrice": 1}
    assert shop.refused("OpportunityLineItem", **mixed) == "FIELD_INTEGRITY_EXCEPTION"
    shop.send("PATCH", f"/sobjects/PricebookEntry/{shop.price}", {"IsActive": False})
    assert shop.refused("OpportunityLineItem", **line, UnitPrice=1) == "FIELD_INTEGRITY_EXCEPTION"


def test_lines_go_with_their_opportunity(shop: Shop) -> None:
    """Source: describe of Opportunity: cascadeDelete."""
    shop.made("OpportunityLineItem", OpportunityId=shop.deal, PricebookEntryId=shop.price, Quantity=1, UnitPrice=1)
    shop.send("DELETE", f"/sobjects/Opportunity/{shop.deal}")
    assert shop.query("SELECT Id FROM OpportunityLineItem") == []


# --- relations ---


def test_one_contact_of_an_opportunity_is_primary(shop: Shop) -> None:
    """Source: Object Reference, OpportunityContactRole: IsPrimary; Opportunity: ContactId of a create."""
    first, second = (shop.made("Contact", LastName=each) for each in ("One", "Two"))
    deal = shop.made("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-05-09", ContactId=first)
    shop.made("OpportunityContactRole", OpportunityId=deal, ContactId=second, Role="Evaluator", IsPrimary=True)
    roles = shop.query("SELECT Contact.LastName, Role, IsPrimary FROM OpportunityContactRole ORDER BY Id")
    assert [(each["Contact"]["LastName"], each["IsPrimary"]) for each in roles] == [("One", False), ("Two", True)]
    assert shop.query("SELECT (SELECT Role FROM OpportunityContactRoles) FROM Opportunity WHERE Name = 'D'")


def test_one_status_of_a_campaign_is_its_default(shop: Shop) -> None:
    """Source: Object Reference, CampaignMemberStatus: IsDefault."""
    campaign = shop.made("Campaign", Name="C")
    shop.made("CampaignMemberStatus", CampaignId=campaign, Label="Invited", SortOrder=3, IsDefault=True)
    defaults = shop.query("SELECT Label FROM CampaignMemberStatus WHERE IsDefault = true")
    assert [each["Label"] for each in defaults] == ["Invited"]


def test_notes_comments_and_permission_sets_are_there(shop: Shop) -> None:
    """Source: Object Reference, Note, CaseComment, PermissionSet, PermissionSetAssignment."""
    shop.made("Note", ParentId=shop.account, Title="T", Body="B")
    case = shop.made("Case", Subject="S")
    shop.made("CaseComment", ParentId=case, CommentBody="Hello")
    assert shop.refused("CaseComment", ParentId=case, CommentBody="x" * 4_001) == "STRING_TOO_LONG"
    assert shop.query("SELECT (SELECT Title FROM Notes) FROM Account")[0]["Notes"]["totalSize"] == 1
    assert shop.query("SELECT Parent.Subject FROM CaseComment")[0]["Parent"]["Subject"] == "S"
    permission_set = shop.made("PermissionSet", Name="Reader", Label="Reader", PermissionsViewSetup=True)
    user = shop.query("SELECT Id FROM User WHERE Username = 'jane@northwind.example'")[0]["Id"]
    shop.made("PermissionSetAssignment", PermissionSetId=permission_set, AssigneeId=user)
    assigned = shop.query("SELECT PermissionSet.Name, IsActive FROM PermissionSetAssignment")[0]
    assert (assigned["PermissionSet"]["Name"], assigned["IsActive"]) == ("Reader", True)
    owned = shop.query("SELECT Profile.Name FROM PermissionSet WHERE IsOwnedByProfile = true")
    assert len(owned) == 2


# --- files ---


def test_the_first_version_of_a_file_makes_its_document_and_links(shop: Shop) -> None:
    """Source: Object Reference, ContentVersion, ContentDocumentLink; REST guide, sObject Blob Get."""
    data = base64.b64encode(b"hello").decode()
    version = shop.made(
        "ContentVersion", PathOnClient="notes/plan.txt", VersionData=data, FirstPublishLocationId=shop.account
    )
    fields = "Title, FileType, FileExtension, ContentSize, Checksum, IsLatest, VersionNumber, ContentDocumentId"
    found = shop.query(f"SELECT {fields} FROM ContentVersion")[0]
    document = found.pop("ContentDocumentId")
    assert found == {
        "Title": "plan",
        "FileType": "TEXT",
        "FileExtension": "txt",
        "ContentSize": 5,
        "Checksum": md5(b"hello", usedforsecurity=False).hexdigest(),
        "IsLatest": True,
        "VersionNumber": "1",
    }
    assert shop.send("GET", f"/sobjects/ContentVersion/{version}/VersionData").body == "hello"
    links = shop.query(f"SELECT LinkedEntityId FROM ContentDocumentLink WHERE ContentDocumentId = '{document}'")
    assert shop.account in [each["LinkedEntityId"] for each in links]
    second = shop.made("ContentVersion", PathOnClient="plan.txt", VersionData=data, ContentDocumentId=document)
    latest = shop.query("SELECT Id, VersionNumber FROM ContentVersion WHERE IsLatest = true")
    assert latest == [{"Id": second, "VersionNumber": "2"}]
    assert shop.query("SELECT LatestPublishedVersionId FROM ContentDocument") == [{"LatestPublishedVersionId": second}]


def test_links_of_files_are_asked_by_document_or_place_alone(shop: Shop) -> None:
    """Source: Object Reference, ContentDocumentLink: usage; C the sentence."""
    answer = shop.client.get("/query", shop.headers, q="SELECT Id FROM ContentDocumentLink")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "MALFORMED_QUERY")
    assert answer.body[0]["message"].startswith("Implementation restriction: ContentDocumentLink requires a filter")
    allowed = f"SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId IN ('{shop.account}') AND ShareType = 'V'"
    assert shop.query(allowed) == []


# --- history ---


def test_tracked_fields_leave_a_history(shop: Shop) -> None:
    """Source: Object Reference, AccountHistory: Field, OldValue, NewValue; C that references leave names and Ids."""
    shop.client.settings(tracked_fields={"Contact": ["LastName", "AccountId"], "Opportunity": ["Amount"]})
    contact = shop.made("Contact", LastName="Old")
    shop.send("PATCH", f"/sobjects/Contact/{contact}", {"LastName": "New", "AccountId": shop.account, "Title": "T"})
    shop.send("PATCH", f"/sobjects/Opportunity/{shop.deal}", {"Amount": 9})
    rows = shop.query("SELECT Field, DataType, OldValue, NewValue, ContactId FROM ContactHistory ORDER BY Id")
    assert {each.pop("ContactId") for each in rows} == {contact}
    assert [tuple(each.values()) for each in rows] == [
        ("created", "Text", None, None),
        ("LastName", "Text", "Old", "New"),
        ("Account", "Text", None, "Acme"),
        ("Account", "EntityId", None, shop.account),
    ]
    deal = shop.query("SELECT Field, OldValue, NewValue, Opportunity.Name FROM OpportunityFieldHistory")[0]
    assert (deal["Field"], deal["OldValue"], deal["NewValue"]) == ("Amount", 5, 9)
    assert shop.query("SELECT (SELECT Field FROM Histories) FROM Contact")[0]["Histories"]["totalSize"] == 4


def test_nothing_is_tracked_unless_the_org_says_so(shop: Shop) -> None:
    """Source: help, field history tracking: fields are chosen."""
    shop.send("PATCH", f"/sobjects/Account/{shop.account}", {"Name": "New"})
    assert shop.query("SELECT Id FROM AccountHistory") == []


# --- definitions ---


def test_sobjects_and_fields_are_records_too(shop: Shop) -> None:
    """Source: Object Reference, EntityDefinition and FieldDefinition."""
    shop.client.control("POST", "schema", {"sobjects": [{"name": "Project__c", "fields": [{"name": "Code__c"}]}]})
    entities = shop.query(
        "SELECT QualifiedApiName, DeveloperName, KeyPrefix FROM EntityDefinition WHERE QualifiedApiName IN ('Account', 'Project__c') "
        "ORDER BY QualifiedApiName"
    )
    assert [(each["QualifiedApiName"], each["DeveloperName"]) for each in entities] == [
        ("Account", "Account"),
        ("Project__c", "Project"),
    ]
    fields = shop.query(
        "SELECT QualifiedApiName, DataType, EntityDefinition.Label FROM FieldDefinition "
        "WHERE EntityDefinition.QualifiedApiName = 'Project__c' AND QualifiedApiName = 'Code__c'"
    )
    assert [(each["QualifiedApiName"], each["EntityDefinition"]["Label"]) for each in fields] == [
        ("Code__c", "Project")
    ]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("", "MALFORMED_QUERY"),
        ("WHERE DataType = 'email'", "MALFORMED_QUERY"),
        ("WHERE DurableId = 'Contact.Email'", ""),
        ("WHERE EntityDefinitionId IN ('Contact', 'Lead')", ""),
        ("WHERE EntityDefinition.QualifiedApiName = 'Contact'", ""),
        ("WHERE EntityDefinitionId = 'Contact' OR DataType = 'email'", "MALFORMED_QUERY"),
    ],
)
def test_fields_are_read_of_named_objects_alone(shop: Shop, where: str, code: str) -> None:
    """A client's log of sObjects that it could not read whole (captured): a filter on a reified column is required."""
    answer = shop.client.get("/query", shop.headers, q=f"SELECT QualifiedApiName FROM FieldDefinition {where}")
    assert (answer.body[0]["errorCode"] if answer.status == 400 else "") == code
    if code:
        message = "FieldDefinition: a filter on a reified column is required [EntityDefinitionId,DurableId]"
        assert answer.body[0]["message"] == message


def test_whoever_may_not_read_an_sobject_does_not_see_its_definition(shop: Shop) -> None:
    """Source: object permissions, as in a describe."""
    rights = {"jane@northwind.example": {"objects": {"Opportunity": {"read": False}}}}
    shop.client.control("POST", "schema", {"permissions": rights})
    jane = shop.client.session(username="jane@northwind.example")
    statement = "SELECT Id FROM EntityDefinition WHERE QualifiedApiName = 'Opportunity'"
    assert shop.client.get("/query", jane, q=statement).body["totalSize"] == 0
    assert shop.client.get("/query", shop.headers, q=statement).body["totalSize"] == 1
