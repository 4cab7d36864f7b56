"""Plain factories for SOQL tests: a schema, a handful of rows, and a database that says which indices it was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from local.org import soql
from local.org.schema.ids import to18
from local.org.schema.row import Row
from local.org.schema.sobjects import FieldType, PicklistValue, Schema
from local.org.soql.expressions.database import Setting
from local.org.standard.catalog import standard_schema

NOW = datetime(2026, 5, 14, 12, 30, tzinfo=UTC)
"""A Thursday in the second quarter: the time at which test queries run."""
NOW_MS = round(NOW.timestamp() * 1000)
KEY_PREFIXES = {"Account": "001", "Contact": "003", "Lead": "00Q", "User": "005", "Group": "00G", "Task": "00T"}
ME = to18("005000000000001")


def record_id(sobject: str, number: int) -> str:
    """Return the Id of a numbered record."""
    return to18(f"{KEY_PREFIXES[sobject]}{number:012d}")


def schema() -> Schema:
    """Return the standard schema with custom fields of rarer types on Contact."""
    built = standard_schema()
    contact = built.sobject("Contact")
    assert contact is not None
    interests = [PicklistValue(each, each.title()) for each in ("golf", "chess", "opera")]
    for each in (
        FieldType(
            "Interests__c", "Interests", "multipicklist", picklist_values=interests, custom=True, groupable=False
        ),
        FieldType("Score__c", "Score", "double", precision=18, scale=2, custom=True),
        FieldType("Meeting__c", "Meeting", "time", custom=True),
        FieldType(
            "Code__c", "Code", "string", length=20, unique=True, case_sensitive=True, external_id=True, custom=True
        ),
        FieldType("Notes__c", "Notes", "textarea", length=32_000, filterable=False, sortable=False, custom=True),
        FieldType("Diary__c", "Diary", "textarea", length=32_000, filterable=False, sortable=False, custom=True),
        FieldType(
            "Tier__c",
            "Tier",
            "picklist",
            picklist_values=[PicklistValue(each, f"Tier {each}") for each in "CAB"],
            custom=True,
        ),
    ):
        contact.add(each)
    built.relink()
    return built


SCHEMA = schema()


class FakeDatabase:
    """Rows by sObject; without `indices` every `find` answers that it has no index. `asked` lists the lookups."""

    def __init__(self, tables: dict[str, list[Row]], *, indices: bool = True) -> None:
        self.schema = SCHEMA
        self._tables, self._indices = tables, indices
        self.asked: list[tuple[str, str]] = []
        self.scans = 0

    def rows(self, sobject: str, include_deleted: bool = False) -> list[Row]:
        """Return the rows, and note the scan."""
        self.scans += 1
        return [row for row in self._tables.get(sobject, []) if include_deleted or not row.get("IsDeleted")]

    def find(self, sobject: str, field: str, values: Iterable[Any], include_deleted: bool = False) -> list[Row] | None:
        """Return the rows with one of the values, and note the lookup."""
        self.asked.append((sobject, field))
        if not self._indices:
            return None
        wanted = {value.lower() if isinstance(value, str) else value for value in values}
        rows = [row for row in self._tables.get(sobject, []) if include_deleted or not row.get("IsDeleted")]
        return [row for row in rows if (v.lower() if isinstance(v := row.get(field), str) else v) in wanted]

    def row(self, record_id: str, include_deleted: bool = False) -> Row | None:
        """Return the row of an Id."""
        rows = (row for table in self._tables.values() for row in table)
        return next(
            (row for row in rows if row["Id"] == record_id and (include_deleted or not row.get("IsDeleted"))), None
        )


def rows_of(sobject: str, *rows: Row) -> list[Row]:
    """Return rows with Ids, owner and stamps filled in; numbers start at 1."""
    stamp = "2026-05-01T00:00:00.000+0000"
    fixed = {"OwnerId": ME, "CreatedDate": stamp, "SystemModstamp": stamp, "IsDeleted": False}
    return [{"Id": record_id(sobject, number), **fixed, **row} for number, row in enumerate(rows, start=1)]


def contacts(*rows: Row) -> FakeDatabase:
    """Return a database with these contacts, named by their LastName unless they say otherwise."""
    return FakeDatabase({"Contact": rows_of("Contact", *({"Name": row.get("LastName"), **row} for row in rows))})


def run(statement: str, database: FakeDatabase, **setting: Any) -> soql.Result:
    """Parse and run a statement at NOW."""
    return soql.run(soql.parse(statement), Setting(database, NOW_MS, **{"user_id": ME, **setting}))


def records(statement: str, database: FakeDatabase, **setting: Any) -> list[dict[str, Any]]:
    """Return a statement's records without their attributes."""
    return [plain(record) for record in run(statement, database, **setting).records()]


def plain(record: Any) -> Any:
    """Return a record without the attributes of itself and of what is in it."""
    if isinstance(record, list):
        return [plain(each) for each in record]
    if not isinstance(record, dict):
        return record
    return {name: plain(value) for name, value in record.items() if name != "attributes"}


def names(condition: str, database: FakeDatabase, **setting: Any) -> list[str]:
    """Return the LastNames of the contacts that meet a condition, in the order of their Ids."""
    statement = f"SELECT LastName FROM Contact WHERE {condition} ORDER BY Id"
    return [record["LastName"] for record in records(statement, database, **setting)]
