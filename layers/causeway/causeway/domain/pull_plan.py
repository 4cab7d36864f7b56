"""What one pull reads and what each row becomes: compiled once from the sync and the describe, then run for every row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from causeway.domain.describe import SObjectDescribe
from causeway.domain.pulled import FINGERPRINT_BYTES, Kind, converted_of
from causeway.domain.pulled_people import people_data, people_paths
from causeway.domain.syncs import Problem, Sync

Row = Mapping[str, Any]
Getter = Callable[[Row], Any]

SYSTEM_FIELDS = ("Id", "SystemModstamp", "CreatedDate", "IsDeleted", "MasterRecordId", "IsConverted")
CONVERSION_FIELDS = ("ConvertedContactId", "ConvertedAccountId", "ConvertedOpportunityId")
COMPOUND_TYPES = frozenset({"address", "location"})  # not readable by Bulk API 2.0 queries, and their parts are


@dataclass(frozen=True)
class PullPlan:
    """
    The compiled reading of one sync.

    `paths`: Salesforce fields and relationship paths to select, each once. `sweeps`: whether some of them can change
    without a stamp (formulas, parents' fields). `problems`: mapped fields that the org does not show any more; the run
    goes on with the rest. `rule`: the sync's filter as a WHERE text, "" for none.
    """

    sync: Sync
    describe: SObjectDescribe
    paths: tuple[str, ...]
    values: tuple[tuple[str, str, Getter], ...]
    sweeps: bool
    problems: tuple[Problem, ...]
    rule: str = ""
    _getters: tuple[Getter, ...] = field(repr=False, default=())

    def has(self, name: str) -> bool:
        """Return whether the sObject shows this field, so that it is selected."""
        return self.describe.field(name) is not None

    def fingerprint(self, row: Row) -> bytes:
        """Return eight bytes that tell this version of the row: its content and its stamp, however it was read."""
        content = [getter(row) for getter in self._getters]
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        return blake2b(text.encode(), digest_size=FINGERPRINT_BYTES).digest()

    def record(self, row: Row, kind: Kind, key: str | None) -> dict[str, Any]:
        """Return the record as the product is told of it (contracts.md §4)."""
        gone = kind in ("deleted", "merged")
        return {
            "kind": kind,
            "salesforce_id": row["Id"],
            "key": key,
            "system_modstamp": row["SystemModstamp"],
            "values": {} if gone else {product: getter(row) for product, _, getter in self.values},
            "data": {} if gone else people_data(self.sync.sobject, row),
            "signals": [],
            "merged_into": row.get("MasterRecordId") if kind == "merged" else None,
            "converted": converted_of(row),
        }


def planned(sync: Sync, describe: SObjectDescribe, rule: str = "") -> PullPlan:
    """
    Compile the reading of a sync against the present describe; fields that are gone become problems.

    `rule` is the sync's filter, compiled to a WHERE text.
    """
    values: list[tuple[str, str, Getter]] = []
    problems: list[Problem] = []
    sweeps = False
    for mapping in sync.mappings:
        product, path = product_name(mapping.product), mapping.salesforce
        if product is None:
            continue
        found = readable(describe, path)
        if found is None:
            problems.append(_gone(sync, path))
            continue
        values.append((product, path, getter(path)))
        sweeps = sweeps or found
    system = [name for name in SYSTEM_FIELDS if describe.field(name)]
    if describe.field("IsConverted"):
        system += [name for name in CONVERSION_FIELDS if describe.field(name)]
    people = people_paths(describe)
    paths = tuple(dict.fromkeys([*system, *(path for _, path, _ in values), *people]))
    return PullPlan(
        sync, describe, paths, tuple(values), sweeps, tuple(problems), rule, tuple(getter(path) for path in paths)
    )


def product_name(expression: str) -> str | None:
    """Return the plain product field that an expression names, None for a computed one, which only a push can use."""
    name = expression.removeprefix("fields.")
    return name if name.replace("_", "a").isalnum() and name != "conversation" else None


def readable(describe: SObjectDescribe, path: str) -> bool | None:
    """Return None when the path can not be read; else whether its value can change without stamping the record."""
    head, _, rest = path.partition(".")
    if rest:
        return True if describe.relationship(head) else None
    found = describe.field(head)
    if found is None or found.type in COMPOUND_TYPES:
        return None
    return found.calculated


def getter(path: str) -> Getter:
    """Return a function that reads a path such as `Account.Owner.Email` from a row; None where a parent is missing."""
    *parents, name = path.split(".")
    if not parents:
        return lambda row: row.get(name)

    def read(row: Row) -> Any:
        here: Any = row
        for parent in parents:
            here = here.get(parent)
            if here is None:
                return None
        return here.get(name)

    return read


def stamp_ms(text: str) -> int:
    """Return the epoch ms of a datetime as REST (`+0000`) or Bulk (`Z`) writes it."""
    return int(datetime.fromisoformat(text).timestamp()) * 1000


def record_text(record: Mapping[str, Any]) -> str:
    """Return the record as compact JSON."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def page_text(sync: Sync, tenant: str, run: str, number: int, identity: str, last: bool, records: Sequence[str]) -> str:
    """Return the message that carries these records (contracts.md §4)."""
    head = {
        "version": 1,
        "type": "records",
        "tenant": tenant,
        "source": sync.source,
        "sync": sync.id,
        "sobject": sync.sobject,
        "run": run,
        "page": number,
        "page_id": identity,
        "last": last,
    }
    return f'{record_text(head)[:-1]},"records":[{",".join(records)}]}}'


def _gone(sync: Sync, path: str) -> Problem:
    message = f"{sync.sobject}.{path} can not be read: it was removed, or hidden from the connected user."
    return Problem(level="warning", code="field_not_readable", message=message, field=path)
