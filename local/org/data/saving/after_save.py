"""What the org does by itself once a record is saved."""

from __future__ import annotations

from local.org.data.rules.ruled_records import RuledRecords
from local.org.data.rules.save_rules import campaign_statuses
from local.org.data.saving.person_accounts import mirror
from local.org.data.saving.row_versions import new_row
from local.org.schema.row import Row
from local.org.schema.sobjects import SObjectType
from local.org.standard.sales import MEMBER_STATUSES
from local.org.wire.caller import Caller


def after_save(store: RuledRecords, caller: Caller | None, sobject: SObjectType, row: Row) -> None:
    """Write the contact of a person account, and the member statuses of a new campaign."""
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
