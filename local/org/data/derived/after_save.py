"""What the org does by itself once a record is saved."""

from __future__ import annotations

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...standard.sales import MEMBER_STATUSES
from ...wire.caller import Caller
from ..rules.ruled_records import RuledRecords
from ..rules.save_rules import campaign_statuses
from .last_activity import note_activity
from .person_accounts import mirror
from .row_versions import new_row


def after_save(
    store: RuledRecords, caller: Caller | None, sobject: SObjectType, row: Row, before: Row | None = None
) -> None:
    """Write what follows from a saved record: a person account's contact, a campaign's statuses, the last activity."""
    note_activity(store, sobject, row, before)
    if sobject.name == "Account" and row.get("IsPersonAccount"):
        mirror(store, caller, row)
    if sobject.name == "Campaign" and not campaign_statuses(store, row["Id"]):
        _add_member_statuses(store, row["Id"])


def _add_member_statuses(store: RuledRecords, campaign_id: str) -> None:
    """Give a campaign the two member statuses it starts with (Object Reference, CampaignMemberStatus)."""
    kind = store.table("CampaignMemberStatus").sobject
    for order, label in enumerate(MEMBER_STATUSES.split(";"), start=1):
        values = {"CampaignId": campaign_id, "Label": label, "SortOrder": order}
        values |= {"IsDefault": order == 1, "HasResponded": order > 1}
        row = new_row(store, None, kind, values)
        store.write(kind, row, row["Id"])
