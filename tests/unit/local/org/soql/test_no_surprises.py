"""Whatever a statement says, the answer is a result or a refusal in Salesforce's shape; and filters agree with each other."""

from __future__ import annotations

import random
from typing import Any

import pytest

from local.org.wire.messages import OrgError
from tests.support.org.soql import ME, FakeDatabase, names, record_id, rows_of, run

TEXTS = ("'a'", "''", "'A%'", "'P1'", "null")
IDS = (f"'{record_id('Contact', 3)}'", f"'{record_id('Account', 1)}'", f"'{ME[:15]}'", "''", "null")
DATES = ("2026-05-14", "1990-01-31", "TODAY", "LAST_N_DAYS:3", "THIS_FISCAL_QUARTER", "null")
MOMENTS = ("2026-05-01T00:00:00Z", "2026-05-01T02:00:00+02:00", "TODAY", "LAST_MONTH", "null")
FIELDS: dict[str, tuple[str, ...]] = {
    "Id": IDS,
    "LastName": TEXTS,
    "Email": ("'a@x.example'", "'A@X.EXAMPLE'", "'%x%'", "''", "null"),
    "OwnerId": IDS,
    "AccountId": IDS,
    "Account.Name": TEXTS,
    "Owner.Email": TEXTS,
    "ReportsTo.Account.Name": TEXTS,
    "c.Title": TEXTS,
    "Contact.Code__c": TEXTS,
    "Tier__c": TEXTS,
    "Interests__c": ("'golf'", "'golf;chess'", "''", "null"),
    "CreatedDate": MOMENTS,
    "SystemModstamp": MOMENTS,
    "Birthdate": DATES,
    "DAY_ONLY(CreatedDate)": DATES,
    "CALENDAR_YEAR(Birthdate)": ("1990", "2026", "null"),
    "Score__c": ("5", "-1.5", "0", "null"),
    "Meeting__c": ("12:00:00Z", "11:59:59.999Z", "null"),
    "HasOptedOutOfEmail": ("true", "false", "null"),
    "toLabel(Tier__c)": ("'Tier A'", "'tier b'", "null"),
    "DISTANCE(MailingAddress, GEOLOCATION(1, 2), 'km')": ("5", "0.001"),
}
ODD_OPERANDS = (
    "Notes__c MailingAddress Nope Nope.Name FORMAT(Score__c) FIELDS(ALL) FIELDS(Nope) nonsense(Id) HOUR_IN_DAY(Birthdate) "
    "toLabel(Email) MAX(Email) SUM(Score__c) SUM(Email) COUNT(Id) GROUPING(Tier__c) AVG(Birthdate) COUNT_DISTINCT(Account.Name)"
)
ODD_LITERALS = "'003000000000001AAX' 'x' 5 true LAST_N_DAYS 2026-99-01 2026-99-01T00:00:00Z 12:00:00Z USD5"


class Statements:
    """Random statements over fields, literals and functions; `oddity` is the share of what does not fit."""

    def __init__(self, seed: int, oddity: float) -> None:
        self._random, self._oddity = random.Random(seed), oddity

    def one(self) -> str:
        """Return the next statement."""
        selected = ", ".join(self._selected() for _ in range(self._random.randint(1, 3)))
        text = f"SELECT {selected} FROM Contact c"
        if self._sometimes(0.1):
            text += self._pick(" USING SCOPE mine; USING SCOPE team", ";")
        if self._sometimes(0.7):
            text += f" WHERE {self.conditions(2)}"
        if self._sometimes(0.25):
            grouped = ", ".join(self._operand() for _ in range(self._random.randint(1, 2)))
            text += self._random.choice(
                [f" GROUP BY {grouped}", f" GROUP BY ROLLUP({grouped})", f" GROUP BY CUBE({grouped})"]
            )
            if self._sometimes(0.5):
                text += f" HAVING {self.conditions(1)}"
        if self._sometimes(0.4):
            text += f" ORDER BY {self._operand()}{self._pick('; DESC; NULLS LAST; DESC NULLS LAST', ';')}"
        return text + (f" LIMIT {self._pick('0 1 200')}" if self._sometimes(0.4) else "")

    def conditions(self, depth: int) -> str:
        """Return a condition, nested at most so deep."""
        if depth and self._sometimes(0.5):
            joined = self._random.choice([" AND ", " OR "]).join(f"({self.conditions(depth - 1)})" for _ in range(2))
            return f"(NOT ({joined}))" if self._sometimes(0.3) else joined
        return self._condition()

    def _condition(self) -> str:
        operand = self._operand()
        one, two = (self._literal(operand) for _ in range(2))
        kind = self._random.random()
        if operand.startswith("DISTANCE"):
            return f"{operand} {self._pick('< >')} {one}"
        if kind < 0.5:
            return f"{operand} {self._pick('= != < <= > >=' if one != 'null' else '= !=')} {one}"
        if kind < 0.6:
            return f"{operand} LIKE {one}"
        if operand == "Interests__c" and kind < 0.9:
            return f"{operand} {self._pick('INCLUDES EXCLUDES')} ({one}, {two})"
        if kind < 0.95:
            return f"{operand} {self._pick('IN;NOT IN', ';')} ({one}, {two})"
        return f"AccountId {self._pick('IN;NOT IN', ';')} (SELECT {self._pick('Id OwnerId Name')} FROM Account)"

    def _selected(self) -> str:
        if self._sometimes(0.1):
            return f"({self._pick('SELECT Id FROM Tasks;SELECT Id, Owner.Name FROM Cases LIMIT 1;SELECT Id FROM Nope', ';')})"
        operand = self._operand()
        return operand + (f" a{self._random.randint(0, 2)}" if "(" in operand or self._sometimes(0.05) else "")

    def _operand(self) -> str:
        return self._pick(ODD_OPERANDS) if self._sometimes(self._oddity) else self._random.choice(list(FIELDS))

    def _literal(self, operand: str) -> str:
        fitting = FIELDS.get(operand, TEXTS)
        return self._pick(ODD_LITERALS) if self._sometimes(self._oddity) else self._random.choice(fitting)

    def _pick(self, text: str, separator: str | None = None) -> str:
        return self._random.choice(text.split(separator))

    def _sometimes(self, share: float) -> bool:
        return self._random.random() < share


def crowd(*, indices: bool = True) -> FakeDatabase:
    """Return twenty contacts with and without values in every field."""
    chosen = random.Random(3)
    account = record_id("Account", 1)
    values: dict[str, list[Any]] = {
        "Email": ["a@x.example", "B@x.example"],
        "AccountId": [account],
        "Birthdate": ["1990-01-31", "2026-05-14"],
        "Score__c": [5, -1.5],
        "Meeting__c": ["12:00:00.000Z"],
        "Interests__c": ["golf", "golf;chess"],
        "Tier__c": ["A", "b"],
        "Code__c": ["a", "A"],
        "Notes__c": ["text"],
        "HasOptedOutOfEmail": [True, False],
        "MailingAddress": [{"latitude": 1.0, "longitude": 2.0}, {"city": "X"}],
        "Title": ["a", "A%"],
        "ReportsToId": [record_id("Contact", 1)],
    }
    rows = [
        {
            "LastName": f"P{n}",
            "Name": f"P{n}",
            **{k: chosen.choice(v) for k, v in values.items() if chosen.random() < 0.7},
        }
        for n in range(20)
    ]
    tables = {"Contact": rows_of("Contact", *rows), "Account": rows_of("Account", {"Name": "a"}), "User": [{"Id": ME}]}
    return FakeDatabase(tables, indices=indices)


@pytest.mark.parametrize("seed", range(4))
def test_every_statement_has_an_answer_or_a_refusal(seed: int) -> None:
    statements, database, answered = Statements(seed, 0.15), crowd(), 0
    for _ in range(250):
        statement = statements.one()
        try:
            result = run(statement, database)
            assert len(result.records()) <= result.total_size
            answered += 1
        except OrgError as error:
            if error.status != 400 or not error.code.isupper():
                raise
    assert answered > 20


@pytest.mark.parametrize("seed", range(10, 13))
def test_a_condition_and_its_negation_share_no_row_and_miss_none(seed: int) -> None:
    statements = Statements(seed, 0.02)
    indexed, plain, compared = crowd(), crowd(indices=False), 0
    everybody = set(names("Id != null", plain))
    for _ in range(150):
        condition = statements.conditions(1)
        try:
            matching = set(names(condition, plain))
            others = set(names(f"(NOT ({condition}))", plain))
        except OrgError:
            continue
        assert matching | others == everybody, condition
        assert not matching & others, condition
        assert set(names(condition, indexed)) == matching, condition
        compared += 1
    assert compared > 50
