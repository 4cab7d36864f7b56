"""ActivityHistories and OpenActivities: closed and open tasks and events as lists of what they are about (Object Reference)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.org.edge import API, Client, error_code

HISTORY_ORDER = "ORDER BY ActivityDate DESC, LastModifiedDate DESC"
OPEN_ORDER = "ORDER BY ActivityDate ASC NULLS LAST, LastModifiedDate DESC"


class Desk:
    """An org with one account, its contact and opportunity, and what was done and is planned with them."""

    def __init__(self) -> None:
        self.client = Client()
        self.headers = self.client.session()
        self.account = self.load("Account", Name="Acme")
        self.contact = self.load("Contact", LastName="Doe", AccountId=self.account)
        deal = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-31", "AccountId": self.account}
        self.deal = self.saved("Opportunity", **deal)
        self.saved(
            "Task", Subject="Called", WhoId=self.contact, Status="Completed", ActivityDate="2020-01-03", Type="Call"
        )
        self.saved("Task", Subject="Send quote", WhatId=self.deal)
        self.saved(
            "Event", Subject="Met", WhatId=self.account, StartDateTime="2020-01-02T10:00:00Z", DurationInMinutes=30
        )
        self.saved(
            "Event", Subject="Meet", WhoId=self.contact, StartDateTime="2199-01-02T10:00:00Z", DurationInMinutes=30
        )

    def load(self, sobject: str, **values: Any) -> str:
        return str(self.client.control("POST", "records", {"sobject": sobject, "records": [values]})["ids"][0])

    def saved(self, sobject: str, **values: Any) -> str:
        answer = self.client.send("POST", f"{API}/sobjects/{sobject}", {}, json.dumps(values).encode(), self.headers)
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    def ask(self, statement: str) -> Any:
        return self.client.get("/query", self.headers, q=statement)

    def subjects(self, relationship: str, sobject: str, tail: str = "") -> list[str]:
        """Return the subjects of the list of the one record of an sObject."""
        answer = self.ask(f"SELECT Id, (SELECT Subject FROM {relationship} {tail}) FROM {sobject}")
        assert answer.status == 200, answer.body
        listed = answer.body["records"][0][relationship]
        return [each["Subject"] for each in listed["records"]] if listed else []


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("sobject", "closed", "planned"),
    [
        ("Account", ["Called", "Met"], ["Meet", "Send quote"]),
        ("Contact", ["Called"], ["Meet"]),
        ("Opportunity", [], ["Send quote"]),
    ],
)
def test_closed_tasks_and_past_events_are_history_and_the_others_are_open(
    desk: Desk, sobject: str, closed: list[str], planned: list[str]
) -> None:
    """Object Reference: an account's lists hold the activities of its contacts and opportunities too."""
    assert desk.subjects("ActivityHistories", sobject, HISTORY_ORDER) == closed
    assert sorted(desk.subjects("OpenActivities", sobject)) == planned


def test_a_row_is_read_as_jsforce_does(desk: Desk) -> None:
    """jsforce's live suite, schema.test.ts: Owner and What beside the fields; the statement of timeline-lwc."""
    fields = (
        "Id, Subject, ActivityDate, IsClosed, IsTask, ActivityType, Owner.Username, Who.Name, What.Name, Account.Name"
    )
    answer = desk.ask(
        f"SELECT Id, (SELECT {fields} FROM ActivityHistories WHERE IsTask = true) FROM Account WHERE Type = null"
    )
    [row] = answer.body["records"][0]["ActivityHistories"]["records"]
    assert row["attributes"]["type"] == "ActivityHistory"
    assert row["attributes"]["url"].endswith(f"/sobjects/ActivityHistory/{row['Id']}")
    assert (row["Subject"], row["ActivityType"], row["IsClosed"], row["IsTask"]) == ("Called", "Call", True, True)
    assert (row["Owner"]["Username"], row["Who"]["Name"], row["What"], row["Account"]["Name"]) == (
        "admin@northwind.example",
        "Doe",
        None,
        "Acme",
    )


def test_an_activity_moves_from_one_list_to_the_other_as_time_passes(desk: Desk) -> None:
    desk.saved("Event", Subject="Soon", WhatId=desk.deal, StartDateTime="2199-01-02T10:00:00Z", DurationInMinutes=30)
    assert sorted(desk.subjects("OpenActivities", "Opportunity")) == ["Send quote", "Soon"]
    desk.client.control("POST", "clock", {"now": "2199-01-02T10:30:00Z"})
    desk.headers = desk.client.session()
    assert desk.subjects("OpenActivities", "Opportunity") == ["Send quote"]
    assert desk.subjects("ActivityHistories", "Opportunity") == ["Soon"]


def test_a_deleted_activity_is_listed_for_query_all_alone(desk: Desk) -> None:
    task = desk.ask("SELECT Id FROM Task WHERE IsClosed = true").body["records"][0]["Id"]
    desk.client.send("DELETE", f"{API}/sobjects/Task/{task}", headers=desk.headers)
    statement = "SELECT Id, (SELECT Subject FROM ActivityHistories) FROM Contact"
    assert desk.ask(statement).body["records"][0]["ActivityHistories"] is None
    listed = desk.client.get("/queryAll", desk.headers, q=statement).body["records"][0]["ActivityHistories"]
    assert listed["totalSize"] == 1


@pytest.mark.parametrize("sobject", ["ActivityHistory", "OpenActivity", "Name"])
def test_what_is_no_table_is_not_queried(desk: Desk, sobject: str) -> None:
    """The text as clients met it when they copied every sObject (a list of those that could not be read, on GitHub)."""
    answer = desk.ask(f"SELECT Id FROM {sobject}")
    assert error_code(answer) == (400, "INVALID_TYPE_FOR_OPERATION")
    assert answer.body[0]["message"] == f"entity type {sobject} does not support query"
    assert desk.client.get(f"/sobjects/{sobject}/describe", desk.headers).body["queryable"] is False


@pytest.mark.parametrize("sobject", ["ActivityHistory", "OpenActivity", "Name"])
def test_what_has_no_ids_of_its_own_gives_no_record_of_another_sobject(desk: Desk, sobject: str) -> None:
    """describe: they have no key prefix, so no Id is theirs."""
    assert error_code(desk.client.get(f"/sobjects/{sobject}/{desk.account}", desk.headers)) == (404, "NOT_FOUND")
    found = desk.client.get(f"/composite/sobjects/{sobject}", desk.headers, ids=desk.account, fields="Id")
    assert found.body == [None]
    assert desk.client.send("PATCH", f"{API}/sobjects/{sobject}/{desk.account}", {}, b"{}", desk.headers).status == 404


def test_a_describe_lists_them_as_children_once(desk: Desk) -> None:
    """Captured: Account lists ActivityHistory and OpenActivity by AccountId, no others of theirs."""
    for sobject, field in (("Account", "AccountId"), ("Contact", "WhoId"), ("Case", "WhatId")):
        children = desk.client.get(f"/sobjects/{sobject}/describe", desk.headers).body["childRelationships"]
        names = {each["field"]: each["relationshipName"] for each in children if each["childSObject"] == "OpenActivity"}
        assert names == {field: "OpenActivities"}


def test_custom_objects_with_activities_have_the_lists(desk: Desk) -> None:
    desk.client.control("POST", "schema", {"sobjects": [{"name": "Visit__c", "enableActivities": True}]})
    visit = desk.load("Visit__c", Name="One")
    desk.saved("Task", Subject="Prepare", WhatId=visit)
    assert desk.subjects("OpenActivities", "Visit__c") == ["Prepare"]


# --- users without View All Data ---

ONE = "FROM Account WHERE Id = '{account}'"


def restricted(desk: Desk, statement: str) -> str:
    """Ask as a user without View All Data; return the error's message, or nothing."""
    desk.client.control(
        "POST", "schema", {"permissions": {"jane@northwind.example": {"system": {"ViewAllData": False}}}}
    )
    headers = desk.client.session(username="jane@northwind.example")
    answer = desk.client.get("/query", headers, q=statement.format(account=desk.account))
    if answer.status == 200:
        return ""
    assert error_code(answer) == (400, "MALFORMED_QUERY")
    return str(answer.body[0]["message"])


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT Id, (SELECT Subject FROM ActivityHistories {HISTORY_ORDER} LIMIT 500) {ONE}",
        f"SELECT Id, (SELECT Subject FROM ActivityHistories {HISTORY_ORDER.replace('DESC,', 'DESC NULLS LAST,')} LIMIT 3) {ONE} LIMIT 1",
        f"SELECT Id, (SELECT Subject FROM OpenActivities {OPEN_ORDER} LIMIT 500) {ONE} AND Name != null",
        "SELECT Id, (SELECT Subject FROM Tasks) FROM Account",
    ],
)
def test_what_keeps_the_restrictions_is_answered(desk: Desk, statement: str) -> None:
    assert restricted(desk, statement) == ""


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            f"SELECT Id, (SELECT Subject FROM ActivityHistories LIMIT 5) {ONE}",
            "sort order: ActivityDate DESC, LastModifiedDate DESC",
        ),
        (
            f"SELECT Id, (SELECT Subject FROM OpenActivities {HISTORY_ORDER} LIMIT 5) {ONE}",
            "sort order: ActivityDate ASC, LastModified",
        ),
        (
            f"SELECT Id, (SELECT Subject FROM ActivityHistories {HISTORY_ORDER}) {ONE}",
            "LIMIT clause with a maximum value of 500",
        ),
        (f"SELECT Id, (SELECT Subject FROM ActivityHistories {HISTORY_ORDER} LIMIT 501) {ONE}", "LIMIT clause"),
        (
            f"SELECT Id, (SELECT Subject FROM ActivityHistories WHERE IsTask = true {HISTORY_ORDER} LIMIT 5) {ONE}",
            "WHERE clause",
        ),
        (f"SELECT Id, (SELECT Subject FROM ActivityHistories {HISTORY_ORDER} LIMIT 5) FROM Account", "single Id"),
        (
            f"SELECT Id, (SELECT Subject FROM ActivityHistories {HISTORY_ORDER} LIMIT 5) {ONE} OR Name = 'x'",
            "single Id",
        ),
    ],
)
def test_what_breaks_a_restriction_is_refused(desk: Desk, statement: str, rule: str) -> None:
    """Object Reference, ActivityHistory, usage; the text of the sort order: timeline-lwc's issue 194. Others may ask all of it."""
    message = restricted(desk, statement)
    assert message.startswith("There is an implementation restriction on ")
    assert rule in message
    assert desk.ask(statement.format(account=desk.account)).status == 200
