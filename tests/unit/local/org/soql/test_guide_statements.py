"""Statements in the forms of the SOQL guide, and near misses of them: the org answers each, or refuses it with its code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.org.edge import Client

LISTED = [
    json.loads(line) for line in (Path(__file__).parent / "guide_statements.jsonl").read_text("utf-8").splitlines()
]
CLAUSES = (
    "ROLLUP(", "CUBE(", "HAVING", "TYPEOF", "FIELDS(", "FORMAT(", "toLabel(", "DISTANCE(", "USING SCOPE", "SECURITY_ENFORCED",
    "FOR VIEW", "FOR REFERENCE", "FOR UPDATE", "ALL ROWS", "convertTimezone(", "FISCAL_", "CALENDAR_", "NOT IN (SELECT", "GROUPING(",
)  # fmt: skip


@pytest.fixture(scope="module")
def answered() -> dict[str, str]:
    """Return the error code of every statement, empty where the org answers it."""
    client = Client()
    headers = client.session()
    answers = {each["soql"]: client.get("/query", headers, q=each["soql"]) for each in LISTED}
    return {soql: "" if answer.status == 200 else answer.body[0]["errorCode"] for soql, answer in answers.items()}


def test_every_statement_gets_its_verdict(answered: dict[str, str]) -> None:
    """
    Source: SOQL guide, the page of each clause and function; error codes as in the guide, in the Summer '24 release notes
    and in clients' reports. FOR UPDATE, ALL ROWS and bind variables belong to Apex.
    """
    assert [(each["soql"], answered[each["soql"]]) for each in LISTED if answered[each["soql"]] != each["code"]] == []


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_is_among_them(clause: str) -> None:
    assert any(clause in each["soql"] for each in LISTED)


def test_answers_and_refusals_are_both_common() -> None:
    refused = [each for each in LISTED if each["code"]]
    assert len(refused) > 40
    assert len(LISTED) - len(refused) > 70
    assert {each["code"] for each in refused} >= {"MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE"}


def test_scopes_give_what_they_name() -> None:
    """Source: SOQL guide, USING SCOPE: delegated tasks, and records of the user's queues; R that team is one's own."""
    client = Client()
    load = client.org.store.load
    admin, queue = client.org.store.default_user_id, load("Group", [{"Name": "Q", "Type": "Queue"}])[0]
    jane = client.get("/query", client.session(), q="SELECT Id FROM User WHERE Alias = 'jane'").body["records"][0]["Id"]
    load("GroupMember", [{"GroupId": queue, "UserOrGroupId": admin}])
    load("Case", [{"Subject": name, "OwnerId": owner} for name, owner in (("m", admin), ("q", queue), ("j", jane))])
    load("Task", [{"Subject": name, "OwnerId": owner} for name, owner in (("m", admin), ("j", jane))])
    load("Account", [{"Name": name, "OwnerId": owner} for name, owner in (("m", admin), ("j", jane))])

    def found(field: str, rest: str) -> list[str]:
        answer = client.get("/query", client.session(), q=f"SELECT {field} FROM {rest}")
        return [each[field] for each in answer.body["records"]]

    assert found("Subject", "Case USING SCOPE mineAndMyGroups ORDER BY Subject") == ["m", "q"]
    assert found("Subject", "Case USING SCOPE mine") == ["m"]
    assert found("Subject", "Task USING SCOPE delegated") == ["j"]
    assert found("Name", "Account USING SCOPE team") == ["m"]
    assert found("Name", "Account USING SCOPE scopingRule ORDER BY Name") == ["j", "m"]
    scopes = client.get("/sobjects/Account/describe", client.session()).body["supportedScopes"]
    assert [each["name"] for each in scopes] == ["everything", "mine", "scopingRule", "team"]
