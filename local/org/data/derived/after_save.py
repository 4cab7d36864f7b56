"""What the org does by itself once a record is saved."""

from __future__ import annotations

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...standard.sales import MEMBER_STATUSES
from ...wire.caller import Caller
from ..rules.ruled_records import RuledRecords
from ..rules.save_rules import campaign_statuses
from ..storage.records import Records
from .derived_values import derive
from .field_history import note_changes
from .files import publish
from .last_activity import note_activity
from .person_accounts import mirror
from .products import total_of
from .row_versions import changed_row, new_row

EXCLUSIVE = {
    "CampaignMemberStatus": ("IsDefault", "CampaignId"),
    "OpportunityContactRole": ("IsPrimary", "OpportunityId"),
}
"""The mark that one record of a parent has alone (Object Reference)."""


def after_save(
    store: RuledRecords, caller: Caller | None, sobject: SObjectType, row: Row, before: Row | None = None
) -> None:
    """Write what follows from a saved record: a person account's contact, a campaign's statuses, the last activity."""
    note_activity(store, sobject, row, before)
    if store.settings.tracked_fields:
        note_changes(store, caller, sobject, row, before)
    if sobject.name in EXCLUSIVE:
        _take_from_siblings(store, sobject, row)
    if sobject.name == "OpportunityLineItem":
        total_up(store, caller, row["OpportunityId"])
    if sobject.name == "ContentVersion":
        publish(store, caller, row)
    if sobject.name == "Opportunity" and before is None and row.get("ContactId"):
        _add_primary_contact(store, caller, row)
    if sobject.name == "Account" and row.get("IsPersonAccount"):
        mirror(store, caller, row)
    if sobject.name == "Campaign" and not campaign_statuses(store, row["Id"]):
        _add_member_statuses(store, row["Id"])


def _take_from_siblings(store: RuledRecords, sobject: SObjectType, row: Row) -> None:
    """Take a mark that only one of a parent's records may have from the others, once another record gets it."""
    mark, parent = EXCLUSIVE[sobject.name]
    field = sobject.field(parent)
    if not row.get(mark) or field is None:
        return
    for other in list(store.table(sobject.name).find(field, [row.get(parent)])):
        if other["Id"] != row["Id"] and other.get(mark):
            store.write(sobject, other | {mark: False}, other["Id"])


def _add_primary_contact(store: RuledRecords, caller: Caller | None, opportunity: Row) -> None:
    """Make the contact that a new opportunity names its primary contact (Object Reference, Opportunity, ContactId)."""
    kind = store.table("OpportunityContactRole").sobject
    values = {"OpportunityId": opportunity["Id"], "ContactId": opportunity["ContactId"], "IsPrimary": True}
    row = new_row(store, caller, kind, values)
    store.write(kind, row, row["Id"], "created", values)


def total_up(store: Records, caller: Caller | None, opportunity_id: str) -> None:
    """Let an opportunity follow its line items; its stamps move, as its amount is a field of its own."""
    deal = store.raw(opportunity_id)
    if deal is None or deal.get("IsDeleted"):
        return
    kind, total = store.table("Opportunity").sobject, total_of(store, deal)
    if total != deal:
        row = changed_row(store, caller, deal, total)
        derive(store, kind, row, deal)
        store.write(kind, row, row["Id"], "updated")


def _add_member_statuses(store: RuledRecords, campaign_id: str) -> None:
    """Give a campaign the two member statuses it starts with (Object Reference, CampaignMemberStatus)."""
    kind = store.table("CampaignMemberStatus").sobject
    for order, label in enumerate(MEMBER_STATUSES.split(";"), start=1):
        values = {"CampaignId": campaign_id, "Label": label, "SortOrder": order}
        values |= {"IsDefault": order == 1, "HasResponded": order > 1}
        row = new_row(store, None, kind, values)
        store.write(kind, row, row["Id"])
