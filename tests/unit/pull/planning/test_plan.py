"""What a row becomes, and what is selected of people."""

from __future__ import annotations

from causeway.pull.planning.plan import planned
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe

from tests.support.pull.factories import a_pull
from tests.support.pull.org import described
from tests.support.pull.plans import DESCRIBE, ROW, plan_of, published, row_for


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


def test_describes_of_parents_give_their_columns_types() -> None:
    account = SObjectDescribe("Account", "Account", fields=(FieldDescribe("AnnualRevenue", "Revenue", "currency"),))
    plan = planned(a_pull(("revenue", "Account.AnnualRevenue")), DESCRIBE, parents={"Account": account})
    assert plan.types["Account.AnnualRevenue"] == "currency"
    assert planned(a_pull(("x", "Account.Nope")), DESCRIBE, parents={"Account": account}).problems


def test_what_the_user_cannot_see_of_account_and_owner_is_not_selected() -> None:
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


def test_a_table_of_values_is_read_backwards() -> None:
    kind = {"product": "kind", "salesforce": "LastName", "values": {"poet": "Byron", "lord": "byron", "none": "None"}}
    plan = planned(a_pull(mappings=[kind]), DESCRIBE)
    for stored, pulled in (("Byron", "poet"), ("Lovelace", "Lovelace"), (None, None)):
        assert published(plan, row_for(plan, LastName=stored))["values"]["kind"] == pulled
