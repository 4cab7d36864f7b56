"""What the org and the outcomes must show after a load, computed from what was sent alone, and what they do show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.load import FIELDS, SYNCS, Message, OutcomeKey, Sent

type Records = Mapping[str, Sequence[Mapping[str, Any]]]  # sObject → every record of the org


@dataclass(slots=True)
class Verdict:
    """What did not hold: values or outcomes that are missing, records too many, values that are not the newest."""

    lost: int = 0
    duplicates: int = 0
    stale: int = 0


def verdict(
    messages: Sequence[Message], published: Iterable[OutcomeKey], parked: set[OutcomeKey], records: Records
) -> Verdict:
    """Compare; a change that is parked for a sync counts as published and is not expected in the org."""
    awaited = {key for message in messages for key, _ in message.awaited()}
    found = Verdict(lost=len(awaited - set(published) - parked))
    for sync, sobject in SYNCS.items():
        by_person: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for record in records[sobject]:
            by_person[record["LastName"]].append(record)
        for person, changes in _expected(messages, sync, parked).items():
            _compare(found, changes, by_person[person])
    return found


def _expected(messages: Iterable[Message], sync: str, parked: set[OutcomeKey]) -> dict[str, list[Sent]]:
    """Return the changes that must have reached the org, by person."""
    people: dict[str, list[Sent]] = defaultdict(list)
    for message in messages:
        for key, change in message.awaited():
            if key[2] == sync and key not in parked:
                people[change.person].append(change)
    return people


def _compare(found: Verdict, changes: list[Sent], records: Sequence[Mapping[str, Any]]) -> None:
    """Compare one person's records with the newest value of each field that was sent."""
    if not records:
        found.lost += 1
        return
    found.duplicates += len(records) - 1
    expected: dict[str, str] = {}
    for change in sorted(changes, key=lambda change: change.at_ms):
        expected |= {FIELDS[product]: value for product, value in change.fields.items()}
        if change.email:
            expected["Email"] = change.email.lower()
    for name, value in expected.items():
        shown = str(records[0].get(name) or "")
        if not shown:
            found.lost += 1
        elif (shown.lower() if name == "Email" else shown) != value:
            found.stale += 1
