"""Which rows a condition matches: types, nulls, text without case, negation, multi-select, semi-joins, indices."""

from __future__ import annotations

import pytest

from local.org.wire.messages import OrgError
from tests.support.org.soql import ME, FakeDatabase, contacts, names, record_id, records, rows_of, run

PEOPLE = contacts(
    {
        "LastName": "Ada",
        "Email": "Ada@Example.com",
        "Score__c": 3.5,
        "HasOptedOutOfEmail": True,
        "Birthdate": "2026-05-14",
    },
    {"LastName": "Bob", "Email": "bob@example.com", "Score__c": -2.0, "Interests__c": "golf;chess"},
    {"LastName": "Cem", "Title": "50% off_", "Interests__c": "opera", "Meeting__c": "12:00:00.000Z"},
    {"LastName": "dora", "Title": "line\nbreak", "Code__c": "AbC", "Interests__c": "golf;opera;chess"},
)


def refused(condition: str) -> OrgError:
    """Return why a condition is refused."""
    with pytest.raises(OrgError) as caught:
        names(condition, PEOPLE)
    return caught.value


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ("LastName = 'ADA'", "Ada"),
        ("Email = 'ada@EXAMPLE.com'", "Ada"),
        ("Email IN ('ADA@example.com', 'x')", "Ada"),
        ("LastName LIKE 'D%'", "dora"),
        ("LastName > 'b'", "Bob Cem dora"),
        ("LastName >= 'BOB' AND LastName < 'd'", "Bob Cem"),
    ],
)
def test_text_compares_without_regard_to_case(condition: str, matching: str) -> None:
    """Source: SOQL guide, comparison operators."""
    assert names(condition, PEOPLE) == matching.split()


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ("Email > ''", "Ada Bob"),
        ("Email >= ''", "Ada Bob"),
        ("Email < ''", ""),
        ("Email <= ''", ""),
        ("Id > ''", "Ada Bob Cem dora"),
    ],
)
def test_every_value_is_behind_the_empty_text(condition: str, matching: str) -> None:
    """Source: django-salesforce, test_integration.py, test_group_by_compile, which runs against live orgs; pages by Id begin so."""
    assert names(condition, PEOPLE) == matching.split()


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_null_has_no_order(operator: str) -> None:
    assert refused(f"Email {operator} null").code == "INVALID_QUERY_FILTER_OPERATOR"


def test_a_case_sensitive_unique_field_compares_with_case() -> None:
    """Source: SOQL guide, comparison operators: fields defined as unique case-sensitive."""
    assert names("Code__c = 'AbC'", PEOPLE) == ["dora"]
    assert names("Code__c = 'abc'", PEOPLE) == []
    assert names("Code__c IN ('abc')", PEOPLE) == []


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ("Email = null", "Cem dora"),
        ("Email != null", "Ada Bob"),
        ("Email = ''", "Cem dora"),
        ("Email != 'bob@example.com'", "Ada Cem dora"),
        ("Email NOT IN ('bob@example.com')", "Ada Cem dora"),
        ("Email NOT IN ('bob@example.com', null)", "Ada"),
        ("Email IN ('bob@example.com', null)", "Bob Cem dora"),
        ("NOT Email IN ('bob@example.com')", "Ada Cem dora"),
        ("Score__c < 100", "Ada Bob"),
        ("Score__c > -100", "Ada Bob"),
        ("HasOptedOutOfEmail = false", "Bob Cem dora"),
        ("HasOptedOutOfEmail = null", "Bob Cem dora"),
        ("HasOptedOutOfEmail != true", "Bob Cem dora"),
        ("HasOptedOutOfEmail IN (true, false)", "Ada Bob Cem dora"),
        ("AccountId = null", "Ada Bob Cem dora"),
    ],
)
def test_null_means_no_value_and_differs_from_every_value(condition: str, matching: str) -> None:
    """Source: SOQL guide, null values; that != and NOT IN match null rows is remembered (soql/facts.py)."""
    assert names(condition, PEOPLE) == matching.split()


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ("Score__c = 3.5", "Ada"),
        ("Score__c >= -2 AND Score__c <= 3", "Bob"),
        ("Score__c IN (3.50, -2)", "Ada Bob"),
        ("Birthdate = 2026-05-14", "Ada"),
        ("Birthdate < 2026-05-14", ""),
        ("Birthdate = TODAY", "Ada"),
        ("Birthdate IN (YESTERDAY, TODAY)", "Ada"),
        ("Birthdate != TODAY", "Bob Cem dora"),
        ("Meeting__c >= 12:00:00Z", "Cem"),
        ("Meeting__c < 12:00:00.000Z", ""),
    ],
)
def test_numbers_dates_and_times_compare_by_value(condition: str, matching: str) -> None:
    assert names(condition, PEOPLE) == matching.split()


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ("Title LIKE '50\\% off\\_'", "Cem"),
        ("Title LIKE '50% OFF_'", "Cem"),
        ("Title LIKE '5_\\%%'", "Cem"),
        ("Title LIKE '50_off'", ""),
        ("Title LIKE 'line%'", "dora"),
        ("Title = 'line\\nbreak'", "dora"),
        ("Title LIKE 'line\\nb%'", "dora"),
        ("LastName LIKE 'A.a'", ""),
        ("LastName LIKE '%d%'", "Ada dora"),
        ("NOT LastName LIKE '%d%'", "Bob Cem"),
        ("Title LIKE '%'", "Cem dora"),
    ],
)
def test_like_has_two_wildcards_and_their_escapes(condition: str, matching: str) -> None:
    """Source: SOQL guide, comparison operators (LIKE) and quoted string escape sequences."""
    assert names(condition, PEOPLE) == matching.split()


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ("Interests__c INCLUDES ('golf')", "Bob dora"),
        ("Interests__c INCLUDES ('golf;opera')", "dora"),
        ("Interests__c INCLUDES ('opera;golf', 'chess')", "Bob dora"),
        ("Interests__c INCLUDES ('GOLF;chess','opera')", "Bob Cem dora"),
        ("Interests__c EXCLUDES ('golf')", "Ada Cem"),
        ("Interests__c = 'golf;chess'", "Bob"),
    ],
)
def test_a_semicolon_in_includes_means_both(condition: str, matching: str) -> None:
    """Source: SOQL guide, query multi-select picklists; that EXCLUDES matches null rows is remembered."""
    assert names(condition, PEOPLE) == matching.split()


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ("LastName = 'Ada' OR (LastName = 'Bob' AND Score__c > 0)", "Ada"),
        ("(LastName = 'Ada' OR LastName = 'Bob') AND Score__c > 0", "Ada"),
        ("NOT (LastName = 'Ada' OR LastName = 'Bob')", "Cem dora"),
        ("(NOT LastName = 'Ada') AND (NOT (NOT LastName = 'Bob'))", "Bob"),
        ("LastName = 'Ada' OR LastName = 'Bob' OR LastName = 'Cem'", "Ada Bob Cem"),
        ("LastName != 'Ada' AND LastName != 'Bob' AND LastName != 'Cem'", "dora"),
    ],
)
def test_boolean_operators_nest(condition: str, matching: str) -> None:
    assert names(condition, PEOPLE) == matching.split()


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ("Email = 'ada@example.com' OR Email = null OR LastName = 'Bob' OR LastName = 'x'", "Ada Bob Cem dora"),
        ("Email != 'ada@example.com' AND Email != 'x'", "Bob Cem dora"),
        ("Email != 'ada@example.com' AND Email != null", "Bob"),
        ("Birthdate = TODAY OR Birthdate = 1990-01-01", "Ada"),
        ("Birthdate != TODAY AND Birthdate != null", ""),
        ("HasOptedOutOfEmail = true OR HasOptedOutOfEmail = false", "Ada Bob Cem dora"),
        ("HasOptedOutOfEmail != true AND HasOptedOutOfEmail != null", ""),
        ("Score__c = 3.5 OR Score__c = -2 OR Email = 'x'", "Ada Bob"),
        ("Code__c = 'abc' OR Code__c = 'AbC'", "dora"),
        ("Interests__c = 'opera' OR Interests__c = 'GOLF;chess'", "Bob Cem"),
    ],
)
def test_many_equalities_are_one_set(condition: str, matching: str) -> None:
    assert names(condition, PEOPLE) == matching.split()


def test_thousands_of_equalities_are_looked_up_at_once() -> None:
    database = contacts(*({"LastName": f"P{number}", "Email": f"p{number}@x.example"} for number in range(2000)))
    condition = " OR ".join(f"Email = 'p{number}@x.example'" for number in range(0, 4000, 2))
    assert len(names(condition, database)) == 1000
    assert (database.asked, database.scans) == ([("Contact", "Email")], 0)
    unequal = " AND ".join(f"LastName != 'P{number}'" for number in range(1, 2000))
    assert names(unequal, database) == ["P0"]


def test_ids_compare_in_either_length() -> None:
    """Source: SOAP guide, ID field type: 15 case-sensitive or 18 case-safe characters."""
    full = record_id("Contact", 2)
    assert names(f"Id = '{full[:15]}'", PEOPLE) == ["Bob"]
    assert names(f"Id IN ('{full.lower()}')", PEOPLE) == ["Bob"]
    assert names(f"Id > '{full}'", PEOPLE) == ["Cem", "dora"]
    assert names(f"OwnerId = '{ME[:15]}' AND Id != '{full}'", PEOPLE) == ["Ada", "Cem", "dora"]


@pytest.mark.parametrize(
    ("condition", "code", "message"),
    [
        ("Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
        ("Id IN ('003000000000001AAX')", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: 003000000000001AAX"),
        (
            "CreatedDate > '2026-01-01'",
            "INVALID_FIELD",
            "must be of type dateTime and should not be enclosed in quotes",
        ),
        ("CreatedDate > 2026-01-01", "INVALID_FIELD", "must be of type dateTime and should not be enclosed in quotes"),
        (
            "Birthdate > 2026-01-01T00:00:00Z",
            "INVALID_FIELD",
            "must be of type date and should not be enclosed in quotes",
        ),
        ("LastName = 5", "INVALID_FIELD", "field 'LastName' must be of type string and should be enclosed in quotes"),
        ("LastName = true", "INVALID_FIELD", "must be of type string and should be enclosed in quotes"),
        ("Score__c = '5'", "INVALID_FIELD", "must be of type double and should not be enclosed in quotes"),
        ("IsDeleted = 'true'", "INVALID_FIELD", "must be of type boolean and should not be enclosed in quotes"),
        ("Description = 'x'", "INVALID_FIELD", "field 'Description' can not be filtered in a query call"),
        ("MailingAddress = 'x'", "INVALID_FIELD", "field 'MailingAddress' can not be filtered in a query call"),
        ("Nope__c = 'x'", "INVALID_FIELD", "No such column 'Nope__c' on entity 'Contact'."),
        ("Nope__r.Name = 'x'", "INVALID_FIELD", "Didn't understand relationship 'Nope__r' in field path."),
        ("IsDeleted > false", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        ("LastName > null", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        ("Score__c LIKE '5%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on double field"),
        ("Id LIKE '003%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"),
        ("LastName INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        ("CreatedDate > 2020-52-12t12:12:00-05:00", "MALFORMED_QUERY", "Invalid datetime: 2020-52-12t12:12:00-05:00"),
        ("Birthdate = 2026-02-30", "MALFORMED_QUERY", "Invalid date: 2026-02-30"),
        ("Meeting__c > 12:00:00+01:00", "MALFORMED_QUERY", "Invalid time: 12:00:00+01:00"),
        ("Meeting__c > 25:00:00Z", "MALFORMED_QUERY", "Invalid time: 25:00:00Z"),
        ("Birthdate = LAST_N_DAYS", "MALFORMED_QUERY", "Invalid date literal: LAST_N_DAYS"),
        ("Birthdate = TODAY:5", "MALFORMED_QUERY", "Invalid date literal: TODAY:5"),
        ("Score__c > USD5000", "FUNCTIONALITY_NOT_ENABLED", "amounts with a currency such as USD5000"),
        ("COUNT(Id) > 1", "MALFORMED_QUERY", "Aggregate functions are not allowed in a WHERE clause"),
        (f"LastName = '{'x' * 4001}'", "MALFORMED_QUERY", "longer than 4000 characters"),
    ],
)
def test_what_does_not_fit_the_field_is_refused(condition: str, code: str, message: str) -> None:
    """
    Source: SOAP guide, error codes; texts as clients captured them (INVALID_FIELD, invalid ID field), Summer '24 release
    notes (Invalid datetime); the others are remembered.
    """
    error = refused(condition)
    assert error.code == code
    assert message in error.message


def test_an_error_shows_the_place_it_means() -> None:
    """Source: captured "No such column" answers: blank line, excerpt, caret, row and column counted from 1."""
    with pytest.raises(OrgError) as caught:
        run("SELECT Id, Foo FROM Contact", PEOPLE)
    lines = caught.value.message.split("\n")
    assert lines[:4] == ["", "SELECT Id, Foo FROM Contact", "           ^", "ERROR at Row:1:Column:12"]
    with pytest.raises(OrgError, match="Row:3:Column:8"):
        run("SELECT Id\nFROM Contact\n WHERE Foo = 5", PEOPLE)


def test_hundreds_of_nested_negations_are_too_complicated() -> None:
    """Source: limits cheat sheet: QUERY_TOO_COMPLICATED below 100,000 characters is possible."""
    assert names("(NOT " * 50 + "LastName = 'Ada'" + ")" * 50, PEOPLE) == ["Ada"]
    assert refused("(NOT " * 5000 + "LastName = 'Ada'" + ")" * 5000).code == "QUERY_TOO_COMPLICATED"


# --- semi-joins ---


def family(*, indices: bool = True) -> FakeDatabase:
    """Return two accounts with three contacts, the last of whom has none."""
    acme, zeta = record_id("Account", 1), record_id("Account", 2)
    people = rows_of(
        "Contact", {"LastName": "Ada", "AccountId": acme}, {"LastName": "Bob", "AccountId": zeta}, {"LastName": "Cem"}
    )
    accounts = rows_of("Account", {"Name": "Acme", "Industry": "Energy"}, {"Name": "Zeta"})
    return FakeDatabase({"Contact": people, "Account": accounts}, indices=indices)


def test_semi_and_anti_joins_compare_with_a_subquery() -> None:
    """Source: SOQL guide, comparison operators, semi-joins with IN and anti-joins with NOT IN."""
    assert names("AccountId IN (SELECT Id FROM Account WHERE Name LIKE 'A%')", family()) == ["Ada"]
    assert names("AccountId NOT IN (SELECT Id FROM Account WHERE Name LIKE 'A%')", family()) == ["Bob", "Cem"]
    reached = records(
        "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE LastName > 'B')", family()
    )
    assert reached == [{"Name": "Zeta"}]
    alone = records("SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)", family())
    assert alone == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("Account.OwnerId IN (SELECT Id FROM User)", "left operand"),
        ("LastName IN (SELECT Id FROM Account)", "left operand"),
        ("AccountId IN (SELECT Name FROM Account)", "Id or reference"),
        ("AccountId IN (SELECT Account.ParentId FROM Contact)", "Id or reference"),
        ("Id IN (SELECT Id FROM Contact)", "same object type"),
        ("AccountId IN (SELECT OwnerId FROM Lead)", "point to the same object type"),
        ("LastName = 'x' OR AccountId IN (SELECT Id FROM Account)", "'OR' operator"),
        ("NOT AccountId IN (SELECT Id FROM Account)", "'NOT' operator"),
        ("AccountId IN (SELECT Id FROM Account WHERE OwnerId IN (SELECT Id FROM User))", "Nesting"),
        (
            "AccountId IN (SELECT Id FROM Account) AND OwnerId IN (SELECT Id FROM User) AND Id IN (SELECT WhoId FROM Task)",
            "Maximum 2 semi join",
        ),
    ],
)
def test_semi_joins_have_the_limits_of_the_guide(condition: str, message: str) -> None:
    """Source: SOQL guide, comparison operators, "semi-join and anti-join" restrictions; texts remembered."""
    with pytest.raises(OrgError, match=message):
        names(condition, family())


# --- indices ---

INDEXED = (
    "Email = 'a@x.example'",
    "Email IN ('a@x.example', 'B@X.example')",
    "Id IN ('{id}') AND LastName != null",
    "LastName != null AND (NOT Email = 'a@x.example') AND Id = '{id}'",
    "Email = 'a@x.example' OR Id = '{id}'",
    "Email = null",
    "AccountId IN (SELECT Id FROM Account WHERE Name = 'Acme')",
    "Email = 'a@x.example' AND Id = '{id}'",
)
UNINDEXED = (
    "NOT Email = 'a@x.example'",
    "Email != 'a@x.example'",
    "Email NOT IN ('a@x.example')",
    "Email = 'a@x.example' OR LastName LIKE 'C%'",
    "AccountId NOT IN (SELECT Id FROM Account)",
)


def addresses(*, indices: bool) -> FakeDatabase:
    """Return contacts with addresses and accounts."""
    acme = record_id("Account", 1)
    people = rows_of(
        "Contact",
        {"LastName": "Ada", "Email": "A@x.example", "AccountId": acme},
        {"LastName": "Bob", "Email": "b@x.example"},
        {"LastName": "Cem", "AccountId": acme},
        {"LastName": "Eva", "Email": "a@x.example", "IsDeleted": True},
    )
    return FakeDatabase({"Contact": people, "Account": rows_of("Account", {"Name": "Acme"})}, indices=indices)


@pytest.mark.parametrize("condition", [*INDEXED, *UNINDEXED])
@pytest.mark.parametrize("include_deleted", [False, True])
def test_an_index_never_changes_the_answer(condition: str, include_deleted: bool) -> None:
    condition = condition.format(id=record_id("Contact", 2))
    with_index = names(condition, addresses(indices=True), include_deleted=include_deleted)
    without = names(condition, addresses(indices=False), include_deleted=include_deleted)
    assert with_index == without


@pytest.mark.parametrize("condition", INDEXED)
def test_selective_conditions_need_no_scan(condition: str) -> None:
    database = addresses(indices=True)
    names(condition.format(id=record_id("Contact", 2)), database)
    assert database.scans == 0


@pytest.mark.parametrize("condition", UNINDEXED)
def test_other_conditions_look_at_every_row(condition: str) -> None:
    database = addresses(indices=True)
    names(condition, database)
    assert database.scans >= 1
