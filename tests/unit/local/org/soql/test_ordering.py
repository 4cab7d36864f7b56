"""ORDER BY, LIMIT and OFFSET, and the order of stamps by which incremental readers page."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from local.org.schema.row import Row
from local.org.wire.messages import OrgError
from tests.support.org.soql import FakeDatabase, contacts, record_id, records, rows_of, run

MIXED = contacts(
    {"LastName": "bob", "Score__c": 2.0, "Tier__c": "A"},
    {"LastName": "Ada", "Tier__c": "b"},
    {"LastName": "Cem", "Score__c": 10.0, "Tier__c": "C"},
    {"LastName": "ada", "Score__c": 2.0, "Tier__c": "Z"},
)


def order(clause: str, database: FakeDatabase = MIXED) -> list[str]:
    """Return the last names in the order of a clause."""
    return [record["LastName"] for record in records(f"SELECT LastName FROM Contact {clause}", database)]


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("ORDER BY LastName, Id", "Ada ada bob Cem"),
        ("ORDER BY LastName DESC, Id DESC", "Cem bob ada Ada"),
        ("ORDER BY Score__c, Id", "Ada bob ada Cem"),
        ("ORDER BY Score__c ASC NULLS LAST, Id DESC", "ada bob Cem Ada"),
        ("ORDER BY Score__c DESC, Id", "Ada Cem bob ada"),
        ("ORDER BY Score__c DESC NULLS LAST, Id", "Cem bob ada Ada"),
        ("ORDER BY Score__c DESC NULLS FIRST, Id DESC", "Ada Cem ada bob"),
        ("ORDER BY Tier__c", "Cem bob Ada ada"),
        ("ORDER BY Tier__c DESC", "ada Ada bob Cem"),
        ("ORDER BY Id LIMIT 2", "bob Ada"),
        ("ORDER BY Id LIMIT 2 OFFSET 1", "Ada Cem"),
        ("ORDER BY Id OFFSET 3", "ada"),
        ("ORDER BY Id LIMIT 0", ""),
    ],
)
def test_rows_come_in_the_order_asked_for(clause: str, expected: str) -> None:
    """Source: SOQL guide, ORDER BY: nulls first unless told, text without case, picklists in their own order."""
    assert order(clause) == expected.split()


@pytest.mark.parametrize(
    "ordering",
    [
        "Score__c",
        "Score__c DESC",
        "Score__c DESC NULLS LAST",
        "Score__c DESC, LastName",
        "Tier__c, Score__c NULLS LAST",
        "",
    ],
)
@pytest.mark.parametrize("end", ["LIMIT 7", "LIMIT 3 OFFSET 9", "LIMIT 0", "LIMIT 199"])
def test_the_first_few_of_many_are_those_of_the_whole_order(ordering: str, end: str) -> None:
    chosen = random.Random(5)
    scores = [None, 1.0, 2.0, 3.0]
    rows = [
        {"LastName": f"P{n % 50}", "Score__c": chosen.choice(scores), "Tier__c": chosen.choice([None, "A", "B"])}
        for n in range(200)
    ]
    database = contacts(*rows)
    clause = f"ORDER BY {ordering}" if ordering else ""
    everything = run(f"SELECT Id FROM Contact {clause}", database).records()
    words = end.split()
    start = int(words[3]) if "OFFSET" in words else 0
    assert (
        run(f"SELECT Id FROM Contact {clause} {end}", database).records() == everything[start : start + int(words[1])]
    )


@pytest.mark.parametrize(
    ("clause", "code", "message"),
    [
        ("ORDER BY Interests__c", "INVALID_FIELD", "field 'Interests__c' can not be sorted in a query call"),
        ("ORDER BY Description", "INVALID_FIELD", "field 'Description' can not be sorted in a query call"),
        ("ORDER BY Nope", "INVALID_FIELD", "No such column 'Nope'"),
        ("LIMIT -1", "MALFORMED_QUERY", "non-negative"),
        ("OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"),
    ],
)
def test_what_cannot_be_ordered_or_cut_is_refused(clause: str, code: str, message: str) -> None:
    """Source: SOQL guide, ORDER BY and OFFSET; error codes of the SOAP guide."""
    with pytest.raises(OrgError) as caught:
        order(clause)
    assert caught.value.code == code
    assert message in caught.value.message


def test_a_parent_s_field_orders_too_and_no_parent_is_null() -> None:
    zeta, acme = record_id("Account", 1), record_id("Account", 2)
    people = rows_of(
        "Contact", {"LastName": "A", "AccountId": zeta}, {"LastName": "B", "AccountId": acme}, {"LastName": "C"}
    )
    database = FakeDatabase({"Contact": people, "Account": rows_of("Account", {"Name": "Zeta"}, {"Name": "Acme"})})
    assert order("ORDER BY Account.Name", database) == ["C", "B", "A"]
    assert order("ORDER BY Account.Name DESC NULLS LAST", database) == ["A", "B", "C"]


class StampedDatabase(FakeDatabase):
    """A database that also has its rows by stamp; `spans` are those it was asked for."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__({"Contact": rows})
        self.spans: list[tuple[str, str]] = []
        self.read = 0

    def by_stamp(self, sobject: str, low: str, high: str, include_deleted: bool = False) -> Iterator[Row]:
        """Return the rows of a span, counting those that are read."""
        self.spans.append((low, high))
        for row in sorted(self._tables[sobject], key=lambda row: (row["SystemModstamp"], row["Id"])):
            if low <= row["SystemModstamp"] <= high and (include_deleted or not row.get("IsDeleted")):
                self.read += 1
                yield row


def stamped(count: int = 30) -> list[Row]:
    """Return contacts three of whom share each second, later ones first, every tenth deleted."""
    rows = rows_of("Contact", *({"LastName": f"P{number}"} for number in range(count)))
    for number, row in enumerate(rows):
        row["SystemModstamp"] = f"2026-05-01T00:00:{(count - number) // 3:02d}.000+0000"
        row["IsDeleted"] = number % 10 == 0
    return rows


KEYSET = (
    "(SystemModstamp > 2026-05-01T00:00:03Z OR (SystemModstamp = 2026-05-01T00:00:03Z AND Id > '{id}')) "
    "AND SystemModstamp <= 2026-05-01T00:00:08Z"
)


@pytest.mark.parametrize(
    "clause",
    [
        f"WHERE {KEYSET} ORDER BY SystemModstamp, Id LIMIT 5",
        f"WHERE {KEYSET} ORDER BY SystemModstamp ASC NULLS LAST, Id ASC",
        "WHERE SystemModstamp >= 2026-05-01T00:00:05Z AND SystemModstamp < 2026-05-01T00:00:07Z ORDER BY SystemModstamp, Id",
        "WHERE SystemModstamp = 2026-05-01T00:00:05Z ORDER BY Id DESC",
        "WHERE SystemModstamp != 2026-05-01T00:00:05Z ORDER BY SystemModstamp, Id",
        "WHERE SystemModstamp > 2026-05-01T00:00:05Z OR LastName = 'P29' ORDER BY SystemModstamp, Id",
        "WHERE (NOT SystemModstamp > 2026-05-01T00:00:05Z) ORDER BY SystemModstamp, Id",
        "ORDER BY SystemModstamp, Id LIMIT 4 OFFSET 3",
        "c WHERE c.LastName LIKE 'P1%' ORDER BY c.SystemModstamp, c.Id",
        "ORDER BY SystemModstamp LIMIT 3",
        "ORDER BY SystemModstamp DESC, Id",
        "ORDER BY Id, SystemModstamp",
        "USING SCOPE mine ORDER BY SystemModstamp, Id",
    ],
)
@pytest.mark.parametrize("include_deleted", [False, True])
def test_rows_by_stamp_never_change_the_answer(clause: str, include_deleted: bool) -> None:
    clause = clause.format(id=record_id("Contact", 20))
    statement = f"SELECT Id, LastName FROM Contact {clause}"
    plain_answer = run(statement, FakeDatabase({"Contact": stamped()}), include_deleted=include_deleted)
    quick_answer = run(statement, StampedDatabase(stamped()), include_deleted=include_deleted)
    assert plain_answer.records() == quick_answer.records() != []


def test_a_keyset_page_reads_its_own_rows_only() -> None:
    database = StampedDatabase(stamped())
    statement = f"SELECT Id FROM Contact WHERE {KEYSET.format(id=record_id('Contact', 20))} ORDER BY SystemModstamp, Id"
    assert run(f"{statement} LIMIT 5", database).total_size == 5
    assert database.spans == [("2026-05-01T00:00:03.000+0000", "2026-05-01T00:00:08.000+0000")]
    assert database.read < 10
    assert database.scans == 0
