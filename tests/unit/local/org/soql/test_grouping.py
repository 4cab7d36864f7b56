"""Aggregates: functions, groups, rollups and cubes, HAVING, aliases; checked against plain Python over random rows."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from typing import Any

import pytest

from local.org.wire.messages import OrgError
from tests.support.org.soql import FakeDatabase, contacts, record_id, records, rows_of, run

PEOPLE = contacts(
    {"LastName": "Ada", "Department": "Sales", "Score__c": 1.5, "Tier__c": "A", "Email": "x@x.example"},
    {"LastName": "Bob", "Department": "sales", "Score__c": 2.5, "Tier__c": "C", "Email": "X@X.example"},
    {"LastName": "Cem", "Department": "Legal", "Score__c": 4.0},
    {"LastName": "Eva", "Department": "Legal"},
    {"LastName": "Fay"},
)


def refused(statement: str) -> OrgError:
    """Return why a statement is refused."""
    with pytest.raises(OrgError) as caught:
        run(statement, PEOPLE)
    return caught.value


def test_aggregates_over_everything_are_one_row() -> None:
    """Source: SOQL guide, aggregate functions: nulls are ignored; unnamed results are expr0, expr1, ..."""
    statement = "SELECT COUNT(Id), COUNT(Score__c) scored, SUM(Score__c), AVG(Score__c), MIN(Score__c) low, MAX(LastName) FROM Contact"
    result = run(statement, PEOPLE)
    assert result.total_size == 1
    assert result.records() == [
        {
            "attributes": {"type": "AggregateResult"},
            "expr0": 5,
            "scored": 3,
            "expr1": 8.0,
            "expr2": 8.0 / 3,
            "low": 1.5,
            "expr3": "Fay",
        }
    ]


def test_aggregates_over_nothing_are_zero_or_null() -> None:
    statement = "SELECT COUNT(Id) n, SUM(Score__c) s, MAX(LastName) m FROM Contact WHERE LastName = 'nobody'"
    assert records(statement, PEOPLE) == [{"n": 0, "s": None, "m": None}]
    assert records("SELECT Department FROM Contact WHERE LastName = 'nobody' GROUP BY Department", PEOPLE) == []


def test_groups_compare_text_without_case() -> None:
    """Source: remembered: groups and COUNT_DISTINCT follow the comparison of text."""
    statement = "SELECT Department, COUNT(Id) n, COUNT_DISTINCT(Email) e FROM Contact GROUP BY Department ORDER BY Department NULLS LAST"
    assert records(statement, PEOPLE) == [
        {"Department": "Legal", "n": 2, "e": 0},
        {"Department": "Sales", "n": 2, "e": 1},
        {"Department": None, "n": 1, "e": 0},
    ]


def test_picklists_have_least_and_greatest_by_their_own_order() -> None:
    """Source: SOQL guide, aggregate functions: MIN and MAX of a picklist use the sort order of its values."""
    assert records("SELECT MIN(Tier__c) low, MAX(Tier__c) high FROM Contact", PEOPLE) == [{"low": "C", "high": "A"}]


@pytest.mark.parametrize(
    ("having", "expected"),
    [
        ("COUNT(Id) > 1", ["Legal", "Sales"]),
        ("COUNT(Id) > 1 AND SUM(Score__c) >= 4", ["Legal", "Sales"]),
        ("SUM(Score__c) > 4", []),
        ("MIN(LastName) LIKE 'c%'", ["Legal"]),
        ("Department IN ('sales', 'x')", ["Sales"]),
        ("NOT Department = 'Legal'", [None, "Sales"]),
        ("COUNT(Score__c) = 0", [None]),
        ("AVG(Score__c) = null", [None]),
    ],
)
def test_having_filters_groups(having: str, expected: list[str | None]) -> None:
    """Source: SOQL guide, HAVING."""
    statement = f"SELECT Department FROM Contact GROUP BY Department HAVING {having} ORDER BY Department"
    assert [each["Department"] for each in records(statement, PEOPLE)] == expected


def test_groups_are_ordered_and_cut() -> None:
    statement = "SELECT Department d FROM Contact GROUP BY Department ORDER BY {} LIMIT 2 OFFSET {}"
    ordered = records(statement.format("COUNT(Id) DESC, Department DESC", 0), PEOPLE)
    assert [each["d"] for each in ordered] == ["Sales", "Legal"]
    rest = records(statement.format("MAX(Score__c) NULLS LAST, Department", 1), PEOPLE)
    assert [each["d"] for each in rest] == ["Legal", None]


def test_groups_may_be_of_parents_and_of_dates() -> None:
    acme = record_id("Account", 1)
    people = rows_of(
        "Contact",
        {"LastName": "A", "AccountId": acme, "CreatedDate": "2025-12-31T23:30:00.000+0000"},
        {"LastName": "B", "AccountId": acme, "CreatedDate": "2026-02-01T00:00:00.000+0000"},
        {"LastName": "C"},
    )
    database = FakeDatabase({"Contact": people, "Account": rows_of("Account", {"Name": "Acme"})})
    by_account = "SELECT Account.Name, COUNT(Id) FROM Contact GROUP BY Account.Name ORDER BY Account.Name"
    assert records(by_account, database) == [{"Name": None, "expr0": 1}, {"Name": "Acme", "expr0": 2}]
    by_year = (
        "SELECT CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate) m, COUNT(Id) FROM Contact WHERE AccountId != null "
        "GROUP BY CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate) ORDER BY CALENDAR_YEAR(CreatedDate)"
    )
    assert records(by_year, database) == [{"expr0": 2025, "m": 12, "expr1": 1}, {"expr0": 2026, "m": 2, "expr1": 1}]
    by_day = "SELECT DAY_ONLY(CreatedDate) day FROM Contact WHERE LastName = 'B' GROUP BY DAY_ONLY(CreatedDate)"
    assert records(by_day, database) == [{"day": "2026-02-01"}]


def subtotals(clauses: str) -> dict[tuple[str | None, str | None, int, int], int]:
    """Return counts by department, tier and which of the two is summed up."""
    selected = "Department d, Tier__c t, COUNT(Id) n, GROUPING(Department) gd, GROUPING(Tier__c) gt"
    found = records(f"SELECT {selected} FROM Contact {clauses}", PEOPLE)
    return {(each["d"] and each["d"].title(), each["t"], each["gd"], each["gt"]): each["n"] for each in found}


def test_rollup_adds_subtotals_and_a_total() -> None:
    """Source: SOQL guide, GROUP BY ROLLUP and GROUPING(): 1 says that the field is summed up."""
    found = subtotals("WHERE Department != 'Legal' GROUP BY ROLLUP(Department, Tier__c)")
    assert found == {
        ("Sales", "A", 0, 0): 1,
        ("Sales", "C", 0, 0): 1,
        (None, None, 0, 0): 1,
        ("Sales", None, 0, 1): 2,
        (None, None, 0, 1): 1,
        (None, None, 1, 1): 3,
    }


def test_groups_are_ordered_by_how_far_they_are_summed_up() -> None:
    """Source: SOQL guide, GROUP BY CUBE: ORDER BY GROUPING(...) puts subtotals after the rows they sum up."""
    order = "ORDER BY GROUPING(Department), GROUPING(Tier__c) DESC"
    found = list(subtotals(f"WHERE Department = 'Sales' GROUP BY CUBE(Department, Tier__c) {order}"))
    assert [(department, tier) for _, _, department, tier in found] == [(0, 1), (0, 0), (0, 0), (1, 1), (1, 0), (1, 0)]


def test_cube_adds_every_combination() -> None:
    """Source: SOQL guide, GROUP BY CUBE."""
    found = subtotals("WHERE Department = 'Sales' GROUP BY CUBE(Department, Tier__c)")
    assert found == {
        ("Sales", "A", 0, 0): 1,
        ("Sales", "C", 0, 0): 1,
        ("Sales", None, 0, 1): 2,
        (None, "A", 1, 0): 1,
        (None, "C", 1, 0): 1,
        (None, None, 1, 1): 2,
    }


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELECT LastName, COUNT(Id) FROM Contact", "Field must be grouped or aggregated: LastName"),
        ("SELECT LastName FROM Contact GROUP BY Department", "Field must be grouped or aggregated: LastName"),
        ("SELECT Department FROM Contact GROUP BY Department ORDER BY LastName", "Ordered field must be grouped"),
        ("SELECT Department FROM Contact GROUP BY Department HAVING LastName = 'x'", "Field must be grouped"),
        ("SELECT Department d, COUNT(Id) d FROM Contact GROUP BY Department", "duplicate alias: d"),
        ("SELECT COUNT(Id) FROM Contact LIMIT 5", "overall aggregate functions cannot also use LIMIT"),
        ("SELECT SUM(LastName) FROM Contact", "field LastName does not support aggregate operator SUM"),
        ("SELECT AVG(Birthdate) FROM Contact", "field Birthdate does not support aggregate operator AVG"),
        ("SELECT COUNT(HasOptedOutOfEmail) FROM Contact", "does not support aggregate operator COUNT"),
        ("SELECT GROUPING(Department) FROM Contact GROUP BY Department", "GROUPING takes a field of GROUP BY ROLLUP"),
        ("SELECT FIELDS(ALL), COUNT(Id) FROM Contact", "Field must be grouped or aggregated"),
        ("SELECT COUNT(Id), (SELECT Id FROM Tasks) FROM Contact", "not allowed in a query with GROUP BY"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY ROLLUP(Department, Title, Email, Phone)", "at most 3"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY COUNT(Id)", "Grouping by this expression is not allowed"),
        (
            "SELECT COUNT(Id) FROM Contact GROUP BY Department HAVING Id IN (SELECT WhoId FROM Task)",
            "Field must be grouped",
        ),
    ],
)
def test_groups_have_rules(statement: str, message: str) -> None:
    """Source: SOQL guide, GROUP BY considerations; the first, alias and LIMIT texts as captured, the others remembered."""
    error = refused(statement)
    assert error.code == "MALFORMED_QUERY"
    assert message in error.message


def test_three_fields_roll_up() -> None:
    """Source: SOQL guide, GROUP BY ROLLUP: at most three fields."""
    statement = "SELECT COUNT(Id) n FROM Contact WHERE LastName = 'Ada' GROUP BY ROLLUP(Department, Title, Tier__c)"
    assert [each["n"] for each in records(statement, PEOPLE)] == [1, 1, 1, 1]


@pytest.mark.parametrize("field", ["Description", "CreatedDate", "Interests__c", "MailingAddress"])
def test_only_groupable_fields_group(field: str) -> None:
    """Source: SOAP guide, describeSObject: groupable."""
    error = refused(f"SELECT COUNT(Id) FROM Contact GROUP BY {field}")
    assert error.code == "INVALID_FIELD"
    assert f"field '{field}' can not be grouped in a query call" in error.message


def test_more_than_2000_groups_are_refused() -> None:
    """Source: SOQL guide, considerations for GROUP BY: no queryMore over aggregates; EXCEEDED_ID_LIMIT as captured."""
    many = contacts(*({"LastName": f"P{number}"} for number in range(2001)))
    with pytest.raises(OrgError, match="does not support queryMore") as caught:
        run("SELECT LastName, COUNT(Id) FROM Contact GROUP BY LastName", many)
    assert caught.value.code == "EXCEEDED_ID_LIMIT"
    assert run("SELECT LastName FROM Contact GROUP BY LastName LIMIT 2000", many).total_size == 2000


def test_random_rows_aggregate_as_plain_python_does() -> None:
    choices = random.Random(7)
    rows: list[dict[str, Any]] = [
        {
            "LastName": f"P{number}",
            "Department": choices.choice(["a", "b", "c", None]),
            "Score__c": choices.choice([None, round(choices.uniform(-9, 9), 2)]),
        }
        for number in range(300)
    ]
    scores: dict[str | None, list[float]] = defaultdict(list)
    for row in rows:
        scores[row["Department"]] += [] if row["Score__c"] is None else [row["Score__c"]]
    statement = (
        "SELECT Department d, SUM(Score__c) s, AVG(Score__c) a, MIN(Score__c) low, MAX(Score__c) high "
        "FROM Contact GROUP BY Department"
    )
    found = {each.pop("d"): each for each in records(statement, contacts(*rows))}
    assert found == {
        name: {"s": math.fsum(all_), "a": math.fsum(all_) / len(all_), "low": min(all_), "high": max(all_)}
        for name, all_ in scores.items()
    }
