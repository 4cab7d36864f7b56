"""`causeway push` on files of people: columns become fields, everything that became of them is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.wiring.tables import run_table
from openpyxl import Workbook

from tests.support.clients.deployment import CliStack, a_deployment
from tests.support.push.world import contact_sync, lead_sync
from tests.support.template import ROOT

PEOPLE = ROOT / "examples" / "people.csv"
WITH_COMPANY = 10


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[CliStack]:
    with a_deployment(monkeypatch) as running:
        running.push.save(contact_sync(create_unless="never"), lead_sync(create_unless="never"))
        yield running


def pushed(stack: CliStack, file: Path, *more: str) -> dict[str, Any]:
    """Push a file with --json and return the document."""
    typed = stack.type("push", str(file), "--source", "lead", "--json", *more)
    document: dict[str, Any] = json.loads(typed.out)
    return document


def test_the_example_people_end_in_a_table_of_outcomes(stack: CliStack) -> None:
    typed = stack.type("push", str(PEOPLE), "--source", "lead")
    assert typed.code == 0, typed.err
    table = [line for line in typed.out.splitlines() if "lead-contact" in line or "lead-lead" in line]
    assert any("Contact" in line and " 59 " in line for line in table)
    assert any("Lead" in line and " 10 " in line and " 49 " in line for line in table)
    assert "missing_required_field" in typed.out
    assert "Key: CustomerId" in typed.err


def test_the_same_file_again_writes_nothing(stack: CliStack) -> None:
    pushed(stack, PEOPLE)
    again = pushed(stack, PEOPLE)
    assert again["by_sync"] == {"lead-contact": {"unchanged": 59}, "lead-lead": {"unchanged": 10, "rejected": 49}}
    assert (again["complete"], again["sent"], len(again["refused"])) == (True, 59, 49)


def test_names_and_companies_arrive_in_the_org(stack: CliStack) -> None:
    pushed(stack, PEOPLE)
    leads = stack.push.control("GET", "records/Lead")["records"]
    names = {(lead["FirstName"], lead["LastName"], lead["Company"]) for lead in leads}
    assert ("Luís", "Gonçalves", "Embraer - Empresa Brasileira de Aeronáutica S.A.") in names
    assert len(leads) == WITH_COMPANY


def test_a_workbook_and_json_lines_are_the_same_people(stack: CliStack, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (("Id", "E-Mail", "Surname"), (1, "ada@example.com", "Lovelace"), (2, "alan@example.com", "Turing")):
        sheet.append(row)
    book.save(tmp_path / "people.xlsx")
    lines = [{"key": str(each), "fields": {"email": "x@example.com"}} for each in (1, 2)]
    lines[0]["fields"] = {"email": "ada@example.com", "last_name": "Lovelace"}
    lines[1]["fields"] = {"email": "alan@example.com", "last_name": "Turing"}
    (tmp_path / "people.jsonl").write_text("\n".join(json.dumps(each) for each in lines))
    assert pushed(stack, tmp_path / "people.xlsx")["by_sync"]["lead-contact"] == {"created": 2}
    assert pushed(stack, tmp_path / "people.jsonl")["by_sync"]["lead-contact"] == {"unchanged": 2}


def test_a_row_that_cannot_be_sent_is_named_and_the_others_go(stack: CliStack, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email,last_name\nada@example.com,Lovelace\n,Turing\n")
    typed = stack.type("push", str(tmp_path / "people.csv"), "--source", "lead", "--json")
    document = json.loads(typed.out)
    assert (typed.code, document["sent"]) == (4, 1)
    assert [each["row"] for each in document["rows_not_sent"]] == [3]


def test_strict_makes_a_rejected_outcome_an_exit_code(stack: CliStack, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email,last_name\nada@example.com,Lovelace\n")
    assert stack.type("push", str(tmp_path / "people.csv"), "--source", "lead").code == 0
    assert stack.type("push", str(tmp_path / "people.csv"), "--source", "lead", "--strict").code == 4


def test_showing_sends_nothing(stack: CliStack) -> None:
    document = pushed(stack, PEOPLE, "--show")
    assert document["changes"] == 59
    assert document["columns"]["FirstName"] == "first_name"
    assert stack.push.control("GET", "records/Contact")["records"] == []


def test_when_nothing_moves_it_ends_with_a_sentence_and_what_to_look_at(stack: CliStack) -> None:
    stack.stopped()
    typed = stack.type("push", str(PEOPLE), "--source", "lead", "--patience", "30")
    assert typed.code == 5
    assert "0 of 118 outcomes are there, and none came for 30 s." in typed.err
    assert "causeway doctor" in typed.err


def test_outcomes_that_the_history_did_not_count_are_seen_in_the_records(stack: CliStack, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email,last_name\nada@example.com,Lovelace\nalan@example.com,Turing\n")
    work = stack.clock.work

    def lossy() -> None:
        work()
        lose_counts(stack)

    stack.clock.work = lossy
    document = pushed(stack, tmp_path / "people.csv")
    assert document["by_sync"] == {"lead-contact": {"created": 2}, "lead-lead": {"rejected": 2}}
    assert document["outcomes"]["created"] == 2


def lose_counts(stack: CliStack) -> None:
    """Let every run of the history have counted one outcome only, as if its function had died before it counted more."""
    for run in run_table().page("acme")[0]:
        stack.push.dynamodb.update_item(
            TableName="config_table",
            Key={"pk": {"S": "T#acme"}, "sk": {"S": f"RUN#{run.run_id}"}},
            UpdateExpression="SET n_read = :one, n_created = :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )


def test_what_waits_for_the_connection_is_counted_as_waiting(stack: CliStack, tmp_path: Path) -> None:
    stack.push.connected(status=Status.RECONNECTION_REQUIRED, cause="grant_ended")
    (tmp_path / "people.csv").write_text("email,last_name\nada@example.com,Lovelace\n")
    document = pushed(stack, tmp_path / "people.csv", "--tenant", "acme")
    assert document["outcomes"]["waiting"] == 2
    assert document["by_sync"] is None


def test_a_source_without_a_sync_is_skipped_and_said_so(stack: CliStack) -> None:
    typed = stack.type("push", str(PEOPLE), "--source", "nobody", "--json")
    assert json.loads(typed.out)["outcomes"]["skipped"] == 59


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a,b\n1,2\n1,2\n", "No column identifies a row"),
        ("email,email\na,b\n", "Two columns are named"),
        ("email\n", "no row below its header"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(stack: CliStack, tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "people.csv").write_text(content)
    typed = stack.type("push", str(tmp_path / "people.csv"), "--source", "lead")
    assert (typed.code, sentence in typed.err) == (2, True)
