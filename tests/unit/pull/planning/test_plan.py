"""What a pull selects and what a row becomes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from causeway.gateways.salesforce.bulk_csv import csv_rows
from causeway.pull.pages.fingerprints import as_own_write, as_published, is_same_version, was_published
from causeway.pull.pages.texts import content_fingerprint, page_text, record_text, stamp_ms
from causeway.pull.planning.plan import PullPlan, planned
from causeway.pull.planning.queries import records_query
from causeway.pull.planning.selection import product_name
from causeway.pull.planning.watermarks import Place
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe

from tests.support.pull.factories import a_pull
from tests.support.pull.org import contact_describe, described

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
    return planned(a_pull(*rows, **changes), DESCRIBE)


def row_for(plan: PullPlan, **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys(column.partition(".")[0] for column in plan.columns)
    return empty | {"IsDeleted": False} | ROW | values


def published(plan: PullPlan, row: dict[str, Any]) -> dict[str, Any]:
    return plan.record(row, plan.read(row), "updated", "lead-1")


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("first_name", "first_name"),
        ("fields.first_name", "first_name"),
        ("First Name", "First Name"),
        ("e-mail", "e-mail"),
        ("conversation", None),
        ("join(' ', [fields.a, fields.b])", None),
        ("fields.a.b", None),
        ("record.Name", None),
    ],
)
def test_plain_product_fields_are_pulled_and_computed_ones_are_not(expression: str, name: str | None) -> None:
    assert product_name(expression) == name


def test_names_are_spelled_as_describe_does() -> None:
    assert plan_of(("last", "lastname"), ("company", "account.name")).products == {
        "last": "LastName",
        "company": "Account.name",
        "email": "Email",
    }


def test_email_is_pulled_automatically_unless_switched_off() -> None:
    assert "email" in plan_of(("last", "LastName")).products
    assert "email" not in plan_of(("last", "LastName"), email="off").products


def test_compound_fields_are_left_to_their_parts() -> None:
    plan = plan_of(("address", "MailingAddress"))
    assert "MailingAddress" not in plan.columns
    assert [problem.field for problem in plan.problems] == ["MailingAddress"]


def test_formulas_and_parents_fields_ask_for_the_sweep() -> None:
    assert not plan_of(("last", "LastName")).sweeps
    assert plan_of(("score", "Score__c")).sweeps
    assert plan_of(("company", "Account.Name")).sweeps


def test_a_person_carries_its_account_and_owner_under_the_names_of_pushes() -> None:
    plan = plan_of(("last_name", "LastName"), ("company", "Account.Name"))
    record = published(plan, row_for(plan))
    assert record["values"] == {"last_name": "Lovelace", "company": "Acme", "email": "ada@example.com"}
    assert record["data"]["salesforce_contact_id"] == ROW["Id"]
    assert record["data"]["salesforce_account_name"] == "Acme"
    assert record["data"]["salesforce_assigned_sales_rep_email"] == "rep@example.com"
    assert record["data"]["salesforce_lead_id"] is None


def test_an_inactive_owner_is_nobodys_rep() -> None:
    plan = plan_of()
    record = published(plan, row_for(plan, Owner={"Name": "Gone", "Email": "g@example.com", "IsActive": False}))
    assert record["data"]["salesforce_assigned_sales_rep_id"] is None


def test_a_missing_parent_reads_as_null() -> None:
    plan = plan_of(("company", "Account.Name"))
    assert published(plan, row_for(plan, Account=None, AccountId=None))["values"]["company"] is None


def test_signals_see_the_record_its_account_and_the_product_fields() -> None:
    signals = {"big": "account.AnnualRevenue > `500000`", "ada": "fields.last_name == 'Lovelace'", "no": "record.Title"}
    plan = plan_of(("last_name", "LastName"), signals=signals)
    assert "Account.AnnualRevenue" in plan.columns
    assert published(plan, row_for(plan))["signals"] == ["big", "ada"]
    assert published(plan, row_for(plan, LastName="Hopper", Account=None))["signals"] == []


def test_a_fingerprint_changes_with_every_selected_value() -> None:
    plan = plan_of(("company", "Account.Name"))
    base = content_fingerprint(plan.read(row_for(plan)))
    assert base == content_fingerprint(plan.read(row_for(plan)))
    renamed = row_for(plan, Account=ROW["Account"] | {"Name": "Other"})
    assert content_fingerprint(plan.read(renamed)) != base


def test_fingerprints_separate_an_own_write_from_what_the_product_knows() -> None:
    fingerprint = content_fingerprint(["x"])
    assert was_published(fingerprint)
    assert not was_published(as_own_write(fingerprint))
    assert is_same_version(as_own_write(fingerprint), fingerprint)
    assert as_published(as_own_write(fingerprint)) == fingerprint
    assert not is_same_version(fingerprint, content_fingerprint(["y"]))


def test_characters_that_sqs_refuses_are_escaped() -> None:
    text = record_text({"a": "x\ufffe\uffff"})
    assert "\ufffe" not in text.decode()
    assert json.loads(text) == {"a": "x\ufffe\uffff"}


def test_a_page_is_one_json_message() -> None:
    body = page_text(a_pull(), "acme", "run", 1, "id", True, [b'{"a":1}', b'{"b":2}'])
    assert json.loads(body)["records"] == [{"a": 1}, {"b": 2}]


def test_stamps_of_rest_and_bulk_are_the_same_moment() -> None:
    assert stamp_ms("2026-11-20T10:00:00.000+0000") == stamp_ms("2026-11-20T10:00:00.000Z") == 1_795_168_800_000


def test_the_keyset_never_uses_a_stamp_alone() -> None:
    soql = records_query(plan_of(), Place(1_795_168_800_000, "003000000000001AAA"), 1_795_172_400_000)
    assert "(SystemModstamp > 2026-11-20T10:00:00Z)" in soql
    assert "(SystemModstamp = 2026-11-20T10:00:00Z) AND (Id > '003000000000001AAA')" in soql
    assert soql.endswith("ORDER BY SystemModstamp, Id")


def test_rows_of_bulk_are_the_rows_of_rest() -> None:
    plan = plan_of(("size", "Size__c"), ("score", "Score__c"), ("born", "Born__c"), ("vip", "Is_Vip__c"))
    header = ["Id", "LastName", "Size__c", "Score__c", "Born__c", "Is_Vip__c", "Account.Name", "Owner.IsActive"]
    lines = [
        ",".join(f'"{name}"' for name in header) + "\n",
        '"003A","Say ""hi"",\n',
        'twice","7","2.5","2026-11-20T10:00:00.000Z","true","","true"\n',
    ]
    (row,) = csv_rows(lines, plan.types)
    assert row == {
        "Id": "003A",
        "LastName": 'Say "hi",\ntwice',
        "Size__c": 7,
        "Score__c": 2.5,
        "Born__c": "2026-11-20T10:00:00.000+0000",
        "Is_Vip__c": True,
        "Account": None,
        "Owner": {"IsActive": True},
    }


def test_a_parent_of_a_type_nobody_described_is_read_as_text() -> None:
    assert list(csv_rows(['"Account.Rating__c"\n', '"5"\n'], {})) == [{"Account": {"Rating__c": "5"}}]


def test_describes_of_parents_give_their_columns_types() -> None:
    account = SObjectDescribe("Account", "Account", fields=(FieldDescribe("AnnualRevenue", "Revenue", "currency"),))
    plan = planned(a_pull(("revenue", "Account.AnnualRevenue")), DESCRIBE, parents={"Account": account})
    assert plan.types["Account.AnnualRevenue"] == "currency"
    assert planned(a_pull(("x", "Account.Nope")), DESCRIBE, parents={"Account": account}).problems


def test_what_the_user_can_not_see_of_account_and_owner_is_not_selected() -> None:
    related = {"Account": described("Account", "Name", "OwnerId"), "User": described("User", "Email", "IsActive")}
    plan = planned(a_pull(), DESCRIBE, parents=related)
    gone = {"Account.Website", "Account.Owner.Name", "Owner.Name"}
    assert set(plan_of().columns) - set(plan.columns) == gone
    row = row_for(plan, Account={"Id": "001A", "Name": "Acme", "OwnerId": None, "Owner": None})
    data = published(plan, row | {"Owner": {"Email": "rep@example.com", "IsActive": True}})["data"]
    assert (data["salesforce_account_name"], data["salesforce_account_website"]) == ("Acme", None)


def test_without_access_to_accounts_what_is_mapped_of_them_is_a_problem_and_nothing_of_them_is_selected() -> None:
    plan = planned(a_pull(("last", "LastName"), ("company", "Account.Name")), DESCRIBE, parents={"Account": None})
    assert [(problem.code, problem.field) for problem in plan.problems] == [("field_not_readable", "Account.Name")]
    assert not [column for column in plan.columns if column.startswith("Account.")]
    assert not plan.sweeps
    assert published(plan, row_for(plan))["data"]["salesforce_account_id"] == ROW["AccountId"]


def test_a_query_made_before_lacks_what_it_did_not_select() -> None:
    assert "Account.Website" not in planned(a_pull(), DESCRIBE, missing={"Account.Website"}).columns
