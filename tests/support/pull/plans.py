"""A contact with relations, its describe, and plans that read it."""

from __future__ import annotations

from typing import Any

from causeway.pull.planning.plan import PullPlan, planned
from causeway.salesforce.describe import FieldDescribe

from tests.support.pull.factories import a_pull
from tests.support.pull.org import contact_describe

ACCOUNT = FieldDescribe("AccountId", "Account", "reference", relationship_name="Account", reference_to=("Account",))
OWNER = FieldDescribe("OwnerId", "Owner", "reference", relationship_name="Owner", reference_to=("Group", "User"))
PARTS = (
    ACCOUNT,
    OWNER,
    FieldDescribe("Email", "Email", "email", 80),
    FieldDescribe("MailingAddress", "Mailing Address", "address"),
    FieldDescribe("Score__c", "Score", "double", calculated=True),
    FieldDescribe("Size__c", "Size", "int"),
    FieldDescribe("Born__c", "Born", "datetime"),
    FieldDescribe("Is_Vip__c", "VIP", "boolean"),
)
DESCRIBE = contact_describe(*PARTS)
ROW: dict[str, Any] = {
    "Id": "003000000000001AAA",
    "SystemModstamp": "2026-11-20T10:00:00.000+0000",
    "CreatedDate": "2026-11-20T10:00:00.000+0000",
    "LastName": "Lovelace",
    "Email": "ada@example.com",
    "OwnerId": "005000000000001AAA",
    "Owner": {"Name": "Rep", "Email": "rep@example.com", "IsActive": True},
    "AccountId": "001000000000001AAA",
    "Account": {
        "Id": "001000000000001AAA",
        "Name": "Acme",
        "Website": "https://acme.example",
        "OwnerId": None,
        "AnnualRevenue": 600_000.0,
        "Owner": None,
    },
}


def plan_of(*rows: tuple[str, str], **changes: Any) -> PullPlan:
    """Return the plan of a pull of contacts with these mappings."""
    return planned(a_pull(*rows, **changes), DESCRIBE)


def row_for(plan: PullPlan, **values: Any) -> dict[str, Any]:
    """Return a row as REST gives it for a plan, with these values."""
    empty = dict.fromkeys(column.partition(".")[0] for column in plan.columns)
    return empty | {"IsDeleted": False} | ROW | values


def published(plan: PullPlan, row: dict[str, Any]) -> dict[str, Any]:
    """Return the record that the product receives of a row."""
    return plan.record(row, plan.read(row), "updated", "lead-1")
