"""Fault rules: each kind of failure strikes exactly the requests it names, and has exactly the effect it promises."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local.org.server.error_catalogue import ERRORS
from local.org.server.fault_rules import ACTIONS
from local.org.wire.messages import Response
from tests.support.org.edge import API, Client, error_code

LEADS = API + "/sobjects/Lead"


def create(client: Client, headers: dict[str, str], name: str = "Doe") -> Response:
    return client.send("POST", LEADS, body=json.dumps({"LastName": name, "Company": "Acme"}).encode(), headers=headers)


def leads(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.control("GET", "records/Lead")["records"]
    return found


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_error_class_can_be_injected_by_its_code(code: str) -> None:
    client = Client()
    headers = client.session()
    client.fault(do="error", code=code)
    answer = create(client, headers)
    assert error_code(answer) == (ERRORS[code][0], code)
    assert answer.body[0]["message"] == ERRORS[code][1]
    assert leads(client) == []
    assert create(client, headers).status == 201


def test_an_error_may_have_its_own_status_message_and_fields() -> None:
    client = Client()
    client.fault(do="error", code="STRING_TOO_LONG", status=422, message="no", fields=["Title"])
    answer = create(client, client.session())
    assert answer.status == 422
    assert answer.body == [{"message": "no", "errorCode": "STRING_TOO_LONG", "fields": ["Title"]}]


def test_an_error_after_applying_leaves_the_record() -> None:
    client = Client()
    client.fault(do="error", code="UNKNOWN_EXCEPTION", applied=True)
    assert create(client, client.session()).status == 500
    assert len(leads(client)) == 1


@pytest.mark.parametrize(("action", "applied"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_has_no_answer_and_applies_or_not(action: str, applied: int) -> None:
    client = Client()
    client.fault(do=action)
    create(client, client.session())
    assert client.dropped
    assert len(leads(client)) == applied
    entry = client.control("GET", "audit")["entries"][0]
    assert (entry["status"], entry["fault"]) == (0, action)


def test_a_late_request_is_applied_after_the_client_was_cut_off() -> None:
    client = Client()
    client.control("POST", "clock", {"stop": True})
    client.fault(do="late", late_s=30)
    create(client, client.session())
    assert client.dropped
    client.advance(29)
    assert leads(client) == []
    client.advance(1)
    assert eventually(lambda: len(leads(client)) == 1)
    assert client.control("GET", "audit")["entries"][1]["fault"] == "applied late"


def test_lateness_is_bounded_by_a_setting() -> None:
    client = Client()
    client.settings(late_apply_max_s=10)
    client.control("POST", "clock", {"stop": True})
    client.fault(do="late", late_s=600)
    create(client, client.session())
    client.advance(10)
    assert eventually(lambda: len(leads(client)) == 1)


def test_a_reset_forgets_requests_that_were_to_be_applied_late() -> None:
    client = Client()
    client.control("POST", "clock", {"stop": True})
    client.fault(do="late", late_s=5)
    create(client, client.session())
    client.control("POST", "reset", {"keep": ["logins"]})
    client.advance(10)
    assert not eventually(lambda: len(leads(client)) == 1, within_s=0.15)


def eventually(holds: Any, within_s: float = 3.0) -> bool:
    """Wait for another thread."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.005)
    return False


def test_a_delay_holds_the_request_and_then_applies_it() -> None:
    client = Client()
    client.fault(do="delay", delay_s=0.05)
    began = time.monotonic()
    assert create(client, client.session()).status == 201
    assert time.monotonic() - began >= 0.05


def test_a_truncated_answer_was_applied() -> None:
    client = Client()
    client.fault(do="truncate")
    create(client, client.session())
    assert client.cut
    assert len(leads(client)) == 1


def test_an_answer_without_a_body_can_be_truncated_too() -> None:
    client = Client()
    headers = client.session()
    record_id = create(client, headers).body["id"]
    client.fault(do="truncate")
    answer = client.send("DELETE", f"{LEADS}/{record_id}", headers=headers)
    assert client.cut
    assert answer.body


@pytest.mark.parametrize(
    ("rule", "status", "begins"),
    [
        ({"do": "html"}, 503, "<html>"),
        ({"do": "html", "status": 502}, 502, "<html>"),
        ({"do": "html", "status": 500, "message": "<p>down</p>"}, 500, "<p>down"),
        ({"do": "garbage"}, 200, "<!--"),
        ({"do": "empty", "status": 500}, 500, None),
    ],
)
def test_answers_that_are_no_json(rule: dict[str, Any], status: int, begins: str | None) -> None:
    client = Client()
    client.fault(**rule)
    answer = create(client, client.session())
    assert answer.status == status
    assert answer.body is None if begins is None else answer.body.startswith(begins)
    assert len(leads(client)) == (1 if rule["do"] == "garbage" else 0)


@pytest.mark.parametrize("rule", [{"do": "html"}, {"do": "empty", "status": 500}])
def test_a_gateway_may_fail_after_the_org_applied_the_request(rule: dict[str, Any]) -> None:
    client = Client()
    headers = client.session()
    client.fault(**rule)
    assert create(client, headers).status >= 500
    assert leads(client) == []
    client.fault(**rule, applied=True)
    assert create(client, headers).status >= 500
    assert len(leads(client)) == 1


def test_an_expired_session_stays_expired() -> None:
    client = Client()
    headers = client.session()
    client.fault(do="expire_session")
    assert error_code(create(client, headers)) == (401, "INVALID_SESSION_ID")
    assert error_code(create(client, headers)) == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(
    "condition",
    [
        {"method": "POST"},
        {"path": "/sobjects/Lead$"},
        {"body": "Doe"},
        {"kind": "row"},
        {"username": "admin@northwind.example"},
    ],
)
def test_a_rule_strikes_only_what_it_matches(condition: dict[str, str]) -> None:
    client = Client()
    headers = client.session()
    client.fault(do="error", code="SERVER_UNAVAILABLE", **condition)
    assert client.get("/limits", client.session(username="jane@northwind.example")).status == 200
    assert create(client, headers).status == 503


def test_skip_and_times_choose_which_matches_are_struck() -> None:
    client = Client()
    headers = client.session()
    client.fault(do="error", code="SERVER_UNAVAILABLE", skip=1, times=2)
    assert [client.get("", headers).status for _ in range(5)] == [200, 503, 503, 200, 200]


def test_times_null_lasts_until_the_rules_are_deleted() -> None:
    client = Client()
    headers = client.session()
    client.fault(do="error", code="SERVER_UNAVAILABLE", times=None)
    assert [client.get("", headers).status for _ in range(3)] == [503] * 3
    assert client.control("GET", "faults")["faults"][0]["hits"] == 3
    client.control("DELETE", "faults")
    assert client.get("", headers).status == 200


def collection(client: Client, names: list[str]) -> list[dict[str, Any]]:
    records = [{"attributes": {"type": "Lead"}, "LastName": name, "Company": "Acme"} for name in names]
    body = json.dumps({"allOrNone": False, "records": records}).encode()
    answer: list[dict[str, Any]] = client.send(
        "POST", API + "/composite/sobjects", body=body, headers=client.session()
    ).body
    return answer


def test_chosen_records_of_a_collection_fail_and_the_others_do_not() -> None:
    client = Client()
    client.fault(do="record_error", code="UNABLE_TO_LOCK_ROW", sobject="Lead", where={"LastName": "^B"})
    results = collection(client, ["Ann", "Bob", "Cid"])
    assert [each["success"] for each in results] == [True, False, True]
    assert results[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert sorted(lead["LastName"] for lead in leads(client)) == ["Ann", "Cid"]


def test_records_may_be_chosen_by_id_and_by_what_is_done_to_them() -> None:
    client = Client()
    headers = client.session()
    first, second = (create(client, headers, name).body["id"] for name in ("Ann", "Bob"))
    client.fault(do="record_error", code="UNABLE_TO_LOCK_ROW", ids=[first[:15]], times=None)
    client.fault(do="record_error", code="STORAGE_LIMIT_EXCEEDED", action="create", times=None)
    assert error_code(client.send("DELETE", f"{LEADS}/{first}", headers=headers)) == (400, "UNABLE_TO_LOCK_ROW")
    assert client.send("DELETE", f"{LEADS}/{second}", headers=headers).status == 204
    assert error_code(create(client, headers, "Cid")) == (400, "STORAGE_LIMIT_EXCEEDED")


def test_records_may_be_chosen_by_their_position() -> None:
    client = Client()
    client.fault(do="record_error", code="UNABLE_TO_LOCK_ROW", skip=1, times=1)
    assert [each["success"] for each in collection(client, ["Ann", "Bob", "Cid"])] == [True, False, True]


@pytest.mark.parametrize("applied", [False, True])
def test_one_part_of_a_composite_can_fail_alone(applied: bool) -> None:
    client = Client()
    client.fault(do="error", part=True, body="Bob", code="UNABLE_TO_LOCK_ROW", applied=applied)
    parts = [
        {
            "method": "POST",
            "url": LEADS,
            "referenceId": name,
            "body": {"LastName": name, "Company": "Acme"},
        }
        for name in ("Ann", "Bob", "Cid")
    ]
    body = json.dumps({"allOrNone": False, "compositeRequest": parts}).encode()
    answer = client.send("POST", API + "/composite", body=body, headers=client.session()).body["compositeResponse"]
    assert [each["httpStatusCode"] for each in answer] == [201, 400, 201]
    assert answer[1]["body"][0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
    assert len(leads(client)) == (3 if applied else 2)


def test_a_rule_that_makes_no_sense_is_refused_with_the_reason() -> None:
    client = Client()
    for rule in (
        {"do": "explode"},
        {"do": "error"},
        {"do": "late", "late_s": 601},
        {"do": "delay", "pth": "x"},
        {"do": "delay", "path": "("},
        {"do": "drop_after", "part": True},
        {"kind": "row"},
    ):
        answer = client.control("POST", "faults", rule)
        assert answer[0]["errorCode"] == "INVALID_FAULT"
        assert answer[0]["message"]
    assert client.control("GET", "faults")["faults"] == []


def test_what_was_struck_before_it_reached_the_org_is_not_counted() -> None:
    client = Client()
    headers = client.session()
    for rule in ({"do": "drop_before"}, {"do": "html"}, {"do": "error", "code": "REQUEST_LIMIT_EXCEEDED"}):
        client.fault(**rule)
        create(client, headers)
    assert client.control("GET", "stats")["api_calls"] == 0
    for rule in ({"do": "drop_after"}, {"do": "truncate"}, {"do": "error", "code": "UNKNOWN_EXCEPTION"}):
        client.fault(**rule)
        create(client, headers)
    assert client.control("GET", "stats")["api_calls"] == 3


def test_every_action_is_tested_here() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_fault*.py"))
    assert [action for action in ACTIONS if f'"{action}"' not in text and action != "oauth_error"] == []
