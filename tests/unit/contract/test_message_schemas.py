"""What is sent fits the published schemas, and what they leave out is never sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from causeway.contract.messages import PushMessage, parse_message
from causeway.contract.outcomes import Candidate, Outcome, Result, Warning
from causeway.pull.pages.page_content import SHARED, PageContent, form_of
from causeway.pull.pages.texts import page_id, page_text, record_text
from causeway.pull.planning.plan import planned
from causeway.push.outcomes.pages import pages
from causeway.salesforce.describe import describe_from_json
from pydantic import ValidationError

from local.documents import documents
from local.message_shapes import OutcomesMessage, RecordsMessage, SharedRecordsMessage
from tests.support.api.factories import a_describe, a_sync

CONTACT = "003000000000001AAA"


def test_outcomes_as_they_are_sent_fit_their_schema() -> None:
    outcomes = [
        Outcome("lead-1", Result.SKIPPED, code="no_sync", detail="No sync."),
        Outcome(
            "lead-2",
            Result.UPDATED,
            "lead-contact",
            "Contact",
            salesforce_id=CONTACT,
            fields_written=("Phone",),
            warnings=(Warning("Title", "cut", "Cut."),),
            candidates=(Candidate(CONTACT, "email", chosen=True),),
            data={"salesforce_account_name": "Northwind"},
            signals=("big_account",),
        ),
        *(Outcome(f"lead-{number}", result) for number, result in enumerate(Result)),
    ]
    (sent,) = pages("acme", "lead", "run-1", outcomes)
    assert len(OutcomesMessage.model_validate_json(sent).outcomes) == len(outcomes)


@pytest.mark.parametrize("kind", ["created", "updated", "deleted", "merged", "converted"])
def test_pulled_records_as_they_are_sent_fit_their_schema(kind: Any) -> None:
    sync = a_sync(direction="pull")
    plan = planned(sync, describe_from_json(a_describe("Contact")))
    row = dict.fromkeys(column.partition(".")[0] for column in plan.columns) | {
        "Id": CONTACT,
        "SystemModstamp": "2026-11-20T10:00:00.000+0000",
        "LastName": "Lovelace",
        "MasterRecordId": CONTACT,
        "IsConverted": kind == "converted",
        "ConvertedContactId": CONTACT,
    }
    record = plan.record(row, plan.read(row), kind, "lead-1")
    head = (sync, "acme", "run-1", 1, page_id("acme", "00D000000000001EAA", sync.id, 1), True)
    assert RecordsMessage.model_validate_json(page_text(*head, [record_text(record)])).records[0].kind == kind
    content = PageContent()
    text = form_of(SHARED, "Contact")(record)
    content.add(text, content.growth(text))
    sent = page_text(*head, content.records, content.shared)
    assert SharedRecordsMessage.model_validate_json(sent).records[0].kind == kind


@pytest.mark.parametrize("message", [OutcomesMessage, RecordsMessage, SharedRecordsMessage, PushMessage])
def test_a_key_that_no_schema_names_is_refused(message: Any) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        message.model_validate({"version": 1, "surprise": True})


def test_the_push_schema_names_what_the_parser_takes_and_no_more() -> None:
    (push,) = (content for path, content in documents().items() if path.name == "push.json")
    assert isinstance(push, dict)
    assert (push["additionalProperties"], push["required"]) == (False, ["version", "tenant", "source", "changes"])
    change = {
        "key": "lead-1",
        "occurred_at": "2026-11-20T10:00:00Z",
        "fields": {"email": "ada@example.com"},
        "conversation": [{"at": "2026-11-20T09:58:00Z", "speaker": "lead", "text": "Hello"}],
        "about": {"source": "lead", "key": "lead-7"},
    }
    assert change.keys() == push["$defs"]["ChangeBody"]["properties"].keys()
    message = {"version": 1, "tenant": "acme", "source": "lead", "run": "r", "urgent": True, "changes": [change]}
    assert message.keys() == push["properties"].keys()
    assert parse_message(json.dumps(message), 1_800_000_000_000).refused == ()
