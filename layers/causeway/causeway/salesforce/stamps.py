"""By which stamp the changes of an sObject are found (Object Reference, System Fields). Pure."""

from __future__ import annotations

from causeway.salesforce.describe import SObjectDescribe

STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate", "LoginTime")
SET_ONCE = frozenset({"CreatedDate", "LoginTime"})  # a change of the record does not move these
MAX_COMPARED_ROWS = 50_000  # of an sObject without a stamp: every run reads all of them


def stamp_of(describe: SObjectDescribe) -> str:
    """Return the first stamp that the sObject has and that Salesforce can filter by, "" for none."""
    found = (describe.field(name) for name in STAMPS)
    return next((each.name for each in found if each and each.filterable and each.type == "datetime"), "")
