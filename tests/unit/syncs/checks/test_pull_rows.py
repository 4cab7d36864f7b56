"""How the save check sees compound fields, files and labels of pulled rows."""

from __future__ import annotations

from typing import Any

from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.checks.pull_rows import pull_row_problems
from causeway.syncs.sync import Mapping, Problem, Sync

ADDRESS = (
    FieldDescribe("BillingAddress", "Billing Address", "address"),
    FieldDescribe("BillingStreet", "Street", "textarea", compound_field_name="BillingAddress"),
    FieldDescribe("BillingCity", "City", "string", compound_field_name="BillingAddress"),
)
ACCOUNT = SObjectDescribe("Account", "Account", fields=ADDRESS)
LOOKUP = FieldDescribe("AccountId", "Account", "reference", relationship_name="Account", reference_to=("Account",))
CONTACT = SObjectDescribe(
    "Contact",
    "Contact",
    fields=(LOOKUP, FieldDescribe("LastName", "Last Name", "string"), FieldDescribe("Body", "Body", "base64")),
)


def problems(
    salesforce: str, direction: str = "pull", describe: SObjectDescribe = CONTACT, **row: Any
) -> list[Problem]:
    mapping = Mapping(product="p", salesforce=salesforce, **row)
    sync = Sync.model_validate({"id": "s", "source": "lead", "sobject": describe.name, "direction": direction})
    return list(pull_row_problems(sync, describe, mapping, {"Account": ACCOUNT}))


def test_an_address_is_refused_with_its_parts_on_offer() -> None:
    (found,) = problems("BillingAddress", describe=ACCOUNT)
    assert (found.level, found.code) == ("error", "compound_field")
    assert "BillingStreet, BillingCity" in found.message


def test_the_parts_of_a_parents_address_are_offered_by_their_paths() -> None:
    (found,) = problems("Account.BillingAddress")
    assert "Account.BillingStreet, Account.BillingCity" in found.message


def test_a_part_of_an_address_is_no_problem() -> None:
    assert problems("Account.BillingCity") == []


def test_a_file_is_refused_and_its_way_named() -> None:
    (found,) = problems("Body")
    assert (found.level, found.code) == ("error", "file_field")


def test_a_bidirectional_sync_is_warned_and_a_push_is_not_concerned() -> None:
    assert [each.level for each in problems("Body", "bidirectional")] == ["warning"]
    assert problems("Body", "push") == []


def test_a_label_is_for_picklists() -> None:
    (found,) = problems("LastName", pull_as="label")
    assert (found.level, found.code) == ("warning", "option_without_effect")
