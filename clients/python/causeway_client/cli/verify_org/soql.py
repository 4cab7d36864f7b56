"""What SOQL answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from causeway_client.cli.verify_org.org import Org
from causeway_client.cli.verify_org.questions import NotAsked, Questions

SOQL = Questions()
LONG = 4_000
MODES = ("SECURITY_ENFORCED", "USER_MODE")
CHILDREN = 201
FILTERED_BY = {  # Object Reference
    "ContentDocumentLink": ("ContentDocumentId", "LinkedEntityId"),
    "FieldDefinition": ("EntityDefinitionId", "DurableId"),
}


def _titled(org: Org) -> tuple[str, str]:
    """Return two contacts of the mark: one with the title x, one without."""
    return org.create("Contact", Title="x"), org.create("Contact")


def _found(org: Org, condition: str, sobject: str = "Contact") -> set[str]:
    return {row["Id"] for row in org.rows(f"SELECT Id FROM {sobject} WHERE {condition}")}


@SOQL.about("soql.language.NOT_EQUAL_MATCHES_NULL")
def not_equal(org: Org) -> bool:
    """Title != 'x' and Title NOT IN ('x') over a contact without a title."""
    _, without = _titled(org)
    one, several = (_found(org, f"Title {each} AND Id = '{without}'") for each in ("!= 'x'", "NOT IN ('x')"))
    return without in one and without in several


@SOQL.about("soql.language.EXCLUDES_MATCHES_NULL")
def excludes(org: Org) -> bool:
    """EXCLUDES over a record without a value of a multi-select picklist, if the org has one."""
    for sobject in ("Contact", "Lead", "Account"):
        for name, each in org.describe(sobject).items():
            if each["type"] == "multipicklist" and each["createable"] and each["picklistValues"]:
                value = str(each["picklistValues"][0]["value"]).replace("'", "\\'")
                record_id = org.create(sobject)
                return record_id in _found(org, f"{name} EXCLUDES ('{value}') AND Id = '{record_id}'", sobject)
    raise NotAsked("Contact, Lead and Account have no multi-select picklist.")


@SOQL.about("soql.language.EMPTY_TEXT_IS_NULL")
def empty_text(org: Org) -> bool:
    """Title = '' over a contact without a title."""
    _, without = _titled(org)
    return without in _found(org, f"Title = '' AND Id = '{without}'")


@SOQL.about("soql.language.TEXTS_ARE_BEHIND_THE_EMPTY_ONE")
def behind_the_empty_text(org: Org) -> bool:
    """Title > '' over a contact with a title and one without."""
    having, without = _titled(org)
    return _found(org, f"Title > '' AND Id IN ('{having}', '{without}')") == {having}


@SOQL.about("soql.language.WEEKS_BEGIN_ON_SUNDAY")
def weeks(org: Org) -> bool:
    """ActivityDate = THIS_WEEK over tasks on the last Sunday and the Saturday after it; the user's locale decides."""
    today = datetime.now(UTC).date()
    sunday = today - timedelta(days=today.isoweekday() % 7)
    days = [sunday, sunday + timedelta(days=6)]
    tasks = {org.create("Task", ActivityDate=_day(day)) for day in days}
    ids = "', '".join(sorted(tasks))
    return _found(org, f"ActivityDate = THIS_WEEK AND Id IN ('{ids}')", "Task") == tasks


def _day(day: date) -> str:
    return day.isoformat()


@SOQL.about("soql.language.MAX_FILTER_STRING")
def filter_string(org: Org) -> Any:
    """A condition with a text of 4,000 characters, and one with 4,001."""
    taken = [
        not org.query(f"SELECT Id FROM Contact WHERE Title = '{'x' * size}'").is_refused for size in (LONG, LONG + 1)
    ]
    return LONG if taken == [True, False] else "more" if all(taken) else "less"


@SOQL.about("soql.language.INVALID_FILTER_CODE")
def invalid_filter(org: Org) -> str:
    """A condition on Id with a text that is no Id."""
    return org.query("SELECT Id FROM Contact WHERE Id = 'no Id'").error[0]


@SOQL.about("soql.language.HARMLESS_MODES")
def modes(org: Org) -> list[str]:
    """WITH SECURITY_ENFORCED and WITH USER_MODE over REST."""
    return [each.lower() for each in MODES if not org.query(f"SELECT Id FROM Contact WITH {each} LIMIT 1").is_refused]


@SOQL.about("soql.language.POLYMORPHIC_TYPE")
def polymorphic_type(org: Org) -> str:
    """attributes.type of Who of a task about a contact, read by Who.Name."""
    task = org.create("Task", WhoId=org.create("Contact"))
    (row,) = org.rows(f"SELECT Who.Name FROM Task WHERE Id = '{task}'")
    return str(row["Who"]["attributes"]["type"])


@SOQL.about("soql.language.CHILDREN_PER_PAGE")
def children_per_page(org: Org) -> int:
    """An account with 201 contacts, read with its contacts."""
    account = org.create("Account")
    for size in (CHILDREN - 1, 1):
        org.collect("Contact", [{"AccountId": account}] * size)
    (row,) = org.rows(f"SELECT Id, (SELECT Id FROM Contacts) FROM Account WHERE Id = '{account}'")
    return len(row["Contacts"]["records"])


@SOQL.about("soql.language.GROUPS_IGNORE_CASE")
def groups(org: Org) -> bool:
    """GROUP BY Title over two contacts with the titles x and X."""
    ids = "', '".join(org.create("Contact", Title=title) for title in ("x", "X"))
    return len(org.rows(f"SELECT Title, COUNT(Id) FROM Contact WHERE Id IN ('{ids}') GROUP BY Title")) == 1


@SOQL.about("soql.language.NEEDED_FILTERS")
def needed_filters(org: Org) -> dict[str, list[Any]]:
    """Queries of ContentDocumentLink and FieldDefinition without a condition: the fields that each should name, and the message."""
    return {
        sobject: [list(fields), org.query(f"SELECT Id FROM {sobject}").error[1]]
        for sobject, fields in FILTERED_BY.items()
    }
