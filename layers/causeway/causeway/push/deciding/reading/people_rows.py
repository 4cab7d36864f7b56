"""The Lead and Contact rows of one read, found by Id, by e-mail and by external ID. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from causeway.push.deciding.keys import PersonKeys, compared
from causeway.salesforce.calls import Row
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.ids import KEY_PREFIXES
from causeway.salesforce.values.emails import normalized_email
from causeway.salesforce.values.texts import text_of
from causeway.syncs.people.columns import CONVERTED

MAX_MERGE_HOPS = 5


@dataclass(slots=True)
class PeopleRows:
    """
    The Lead and Contact rows of one read, by Id and by normalized email (deleted rows included).

    `externals` are the external IDs that each row holds, by field.
    """

    by_id: dict[str, Row] = field(default_factory=dict)
    leads_by_email: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    contacts_by_email: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_external: dict[tuple[str, str, Any], Row] = field(default_factory=dict)
    externals: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, sobject: str, rows: Iterable[Row]) -> None:
        """Add rows of one sObject, and of leads the contacts that they became; a row that is known already is kept once."""
        rows = list(rows)
        became = [row[CONVERTED] for row in rows if row.get(CONVERTED)] if sobject == "Lead" else []
        if became:
            self.add("Contact", [row for row in became if row.get("Id")])
        by_email = self.leads_by_email if sobject == "Lead" else self.contacts_by_email
        for row in rows:
            if row["Id"] in self.by_id:
                continue
            self.by_id[row["Id"]] = row
            email = row.get("Email")
            if email:
                by_email[normalized_email(email) or str(email).strip().lower()].append(row)

    def index(self, sobject: str, key: FieldDescribe) -> None:
        """Make the rows of one sObject findable by an external ID."""
        for row in self.by_id.values():
            text = text_of(row.get(key.name))
            if text and not row.get("IsDeleted") and row["Id"].startswith(KEY_PREFIXES[sobject]):
                value = self.externals[row["Id"]][key.name] = compared(key, text)
                self.by_external[sobject, key.name, value] = row

    def of_external(self, sobject: str, keys: PersonKeys) -> Row | None:
        """Return the row of one sObject that holds an external ID of the change."""
        if not keys.externals:
            return None
        places = ((each.sobject, each.name, each.compared) for each in keys.externals if each.sobject == sobject)
        return next((row for place in places if (row := self.by_external.get(place))), None)

    def is_another(self, row: Row, keys: PersonKeys) -> bool:
        """Return whether a row is of another person than a change, whatever address they share."""
        if row["Id"] in keys.others or not keys.externals:
            return row["Id"] in keys.others
        held = self.externals.get(row["Id"], {})
        return any(
            row["Id"].startswith(KEY_PREFIXES[each.sobject]) and held.get(each.name, each.compared) != each.compared
            for each in keys.externals
        )

    def of_email(self, sobject: str, keys: PersonKeys) -> list[Row]:
        """Return the live rows of one sObject that hold the address, without those of other people."""
        by_email = self.leads_by_email if sobject == "Lead" else self.contacts_by_email
        found = self.live(by_email.get(keys.email or "", ()))
        return [row for row in found if not self.is_another(row, keys)]

    def remembered(self, record_id: str | None, keys: PersonKeys) -> Row | None:
        """Return the live row of an Id that is remembered of the address, unless it is of another person."""
        row = self.survivor(record_id)
        return None if row is None or row.get("IsDeleted") or self.is_another(row, keys) else row

    def survivor(self, record_id: str | None) -> Row | None:
        """Return the row of an Id, followed through merges; a row that was deleted without survivor is returned as it is."""
        row = self.by_id.get(record_id or "")
        for _ in range(MAX_MERGE_HOPS):
            if row is None or not row.get("IsDeleted") or not row.get("MasterRecordId"):
                return row
            row = self.by_id.get(row["MasterRecordId"])
        return row

    def live(self, found: Iterable[Row]) -> list[Row]:
        """Return the rows that exist, merged ones as their survivors, each once."""
        followed = (self.survivor(row["Id"]) for row in found)
        return list({row["Id"]: row for row in followed if row is not None and not row.get("IsDeleted")}.values())

    def unread(self) -> set[str]:
        """Return the Ids of survivors, and of contacts that leads became, which were not read yet."""
        referenced = set()
        for row in self.by_id.values():
            for name in ("MasterRecordId", "ConvertedContactId"):
                if row.get(name) and (name != "MasterRecordId" or row.get("IsDeleted")):
                    referenced.add(str(row[name]))
        return referenced - self.by_id.keys()
