"""The control API, the clock and the audit log."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from local.org.app import Org
from local.org.oauth.users import ADMIN_USERNAME, INTEGRATION_USERNAME
from local.org.server.audit import ENTRIES_WITH_TEXT, Audit
from local.org.setup.clock import Clock
from local.org.setup.settings import Settings
from local.org.wire.call import Call
from local.org.wire.messages import Request, Response
from tests.support.org.edge import API, Client, error_code


def test_a_session_without_the_pages_names_user_and_org() -> None:
    client = Client()
    client.org.origin = "http://127.0.0.1:4711"
    answer = client.control("POST", "sessions")
    assert answer["instance_url"] == "http://127.0.0.1:4711"
    assert answer["org_id"] == client.org.org_id
    assert answer["username"] == ADMIN_USERNAME
    assert answer["access_token"].startswith(client.org.org_id[:15])
    other = client.control("POST", "sessions", {"username": INTEGRATION_USERNAME})
    assert other["user_id"] != answer["user_id"]


def test_a_session_may_come_with_a_refresh_token() -> None:
    client = Client()
    answer = client.control("POST", "sessions", {"refresh": True})
    assert client.refresh(answer["refresh_token"]).status == 200


def test_a_session_may_have_its_own_lifetime_and_dies_with_its_refresh_token() -> None:
    client = Client()
    headers = client.session(timeout_s=900_000)
    client.advance(800_000)
    assert client.get("", headers).status == 200
    answer = client.control("POST", "sessions", {"refresh": True})
    client.form("/services/oauth2/revoke", token=answer["refresh_token"])
    assert client.get("", {"Authorization": f"Bearer {answer['access_token']}"}).status == 401


def test_a_session_of_nobody_is_an_error() -> None:
    answer = Client().control("POST", "sessions", {"username": "nobody@example.com"})
    assert answer[0]["errorCode"] == "NOT_FOUND"


def test_all_sessions_can_be_ended() -> None:
    client = Client()
    headers = client.session()
    client.control("DELETE", "sessions")
    assert error_code(client.get("", headers)) == (401, "INVALID_SESSION_ID")


def test_records_go_in_and_come_out_past_the_rules() -> None:
    client = Client()
    answer = client.control(
        "POST", "records", {"sobject": "Contact", "records": [{"Email": "no-last-name@example.com"}]}
    )
    assert len(answer["ids"][0]) == 18
    rows = client.control("GET", "records/contact")["records"]
    assert [(row["Id"], row["Email"]) for row in rows] == [(answer["ids"][0], "no-last-name@example.com")]


@pytest.mark.parametrize(
    "body", [{"sobject": "Nothing", "records": [{}]}, {"records": []}, {"sobject": "Lead", "records": [{"X": 1}]}]
)
def test_records_that_fit_no_schema_are_refused(body: dict[str, Any]) -> None:
    assert Client().control("POST", "records", body)[0]["errorCode"]


def test_a_reset_forgets_everything_but_who_it_is() -> None:
    client = Client()
    headers = client.session()
    client.settings(edition="Enterprise Edition")
    client.fault(do="drop_before", path="never")
    client.control("POST", "records", {"sobject": "Lead", "records": [{"LastName": "Doe"}]})
    client.get("", headers)
    client.advance(3600)
    before = client.org.org_id
    assert client.control("POST", "reset") == {"org_id": before}
    assert client.control("GET", "records/Lead")["records"] == []
    assert client.control("GET", "faults")["faults"] == []
    assert client.control("GET", "audit")["entries"] == []
    assert client.control("GET", "stats") == {"api_calls": 0, "by_kind": {}}
    assert client.control("GET", "settings")["edition"] == "Developer Edition"
    assert abs(client.control("GET", "clock")["now_ms"] - time.time() * 1000) < 5_000
    assert error_code(client.get("", headers)) == (401, "INVALID_SESSION_ID")


def test_a_reset_may_keep_logins_and_settings() -> None:
    client = Client()
    tokens = client.connect()
    client.app("mine", client_secret="s")
    client.control("POST", "records", {"sobject": "Lead", "records": [{"LastName": "Doe"}]})
    client.control("POST", "reset", {"keep": ["logins", "settings"]})
    assert client.control("GET", "records/Lead")["records"] == []
    assert client.get("/limits", {"Authorization": f"Bearer {tokens['access_token']}"}).status == 200
    assert client.refresh(tokens["refresh_token"]).status == 200
    assert "mine" in client.org.settings.apps
    client.control("POST", "reset", {"keep": ["logins"]})
    assert "mine" not in client.org.settings.apps
    assert client.control("POST", "reset", {"keep": ["everything"]})[0]["errorCode"] == "INVALID_FIELD"


def test_kept_settings_still_shape_the_schema_after_a_reset() -> None:
    client = Client()
    client.settings(person_accounts=True)
    client.control("POST", "reset", {"keep": ["settings"]})
    names = {each["name"] for each in client.get("/sobjects/Account/describe", client.session()).body["fields"]}
    assert "IsPersonAccount" in names


def test_the_same_seed_is_the_same_org_and_another_seed_another_one() -> None:
    first, again, other = Client(Org(7)), Client(Org(7)), Client(Org(8))
    assert first.control("POST", "sessions") == again.control("POST", "sessions")
    assert first.org.org_id != other.org.org_id


def test_settings_can_be_read_and_each_has_its_meaning() -> None:
    client = Client()
    answer = client.control("GET", "settings")
    meanings = answer.pop("meanings")
    assert set(meanings) == set(answer)
    assert all(len(sentence) > 20 for sentence in meanings.values())
    assert client.control("PATCH", "settings", {**answer, "meanings": meanings}) == answer


@pytest.mark.parametrize(
    "change",
    [
        {"apps": ["x"]},
        {"daily_api_limit": True},
        {"frozen_users": [1]},
        {"editon": "x"},
        {"daily_api_limit": "9"},
        {"is_sandbox": 1},
        {"commit_delay_s": "1"},
        {"login_ip_ranges": ["anywhere"]},
    ],
)
def test_a_setting_that_does_not_exist_or_fit_is_refused_and_nothing_changes(change: dict[str, Any]) -> None:
    client = Client()
    answer = client.control("PATCH", "settings", {"licences": 99, **change})
    assert answer[0]["errorCode"] == "INVALID_FIELD"
    assert client.org.settings == Settings(token_processing_s=0.0)


@pytest.mark.parametrize(
    "app",
    [
        {"client_id": "x", "colour": 1},
        {"name": "x"},
        {"client_id": "x", "refresh_policy": "maybe"},
        {"client_id": "x", "scopes": ["y"]},
        {"client_id": "x", "ip_ranges": ["anywhere"]},
        {"client_id": "x", "ip_ranges": -1},
        {"client_id": {}},
        {"client_id": "x", "rotation": "yes"},
        {"client_id": "x", "MEANINGS": {}},
    ],
)
def test_an_app_that_cannot_be_is_refused(app: dict[str, Any]) -> None:
    assert Client().control("PATCH", "settings", {"apps": [app]})[0]["errorCode"] == "INVALID_FIELD"


def test_the_organization_record_follows_the_settings() -> None:
    client = Client()
    client.settings(org_name="Acme", edition="Enterprise Edition", is_sandbox=True)
    row = client.control("GET", "records/Organization")["records"][0]
    assert (row["Name"], row["OrganizationType"], row["IsSandbox"]) == ("Acme", "Enterprise Edition", True)
    assert row["Id"] == client.org.org_id


def test_the_clock_moves_and_stops_and_stamps_records() -> None:
    client = Client()
    client.control("POST", "clock", {"now": "2027-01-02T03:04:05Z", "stop": True})
    client.control("POST", "records", {"sobject": "Lead", "records": [{"LastName": "Doe"}]})
    assert client.control("POST", "clock", {"advance_s": 60})["now"] == "2027-01-02T03:05:05.000+0000"
    assert client.control("GET", "records/Lead")["records"][0]["SystemModstamp"] == "2027-01-02T03:04:05.000+0000"
    stopped = client.control("GET", "clock")["now_ms"]
    started = client.control("POST", "clock", {"stop": False})["now_ms"]
    assert 0 <= started - stopped < 5_000
    time.sleep(0.01)
    assert client.control("GET", "clock")["now_ms"] > started


def test_the_clock_refuses_what_it_does_not_understand() -> None:
    client = Client()
    assert client.control("POST", "clock", {"advance": 5})[0]["errorCode"] == "INVALID_FIELD"
    assert client.control("POST", "clock", {"now": "tomorrow"})[0]["errorCode"] == "INVALID_FIELD"


def test_locked_rows_refuse_saves_until_the_lock_ends() -> None:
    client = Client()
    headers = client.session()
    record_id = client.control(
        "POST", "records", {"sobject": "Lead", "records": [{"LastName": "Doe", "Company": "A"}]}
    )["ids"][0]
    client.control("POST", "locks", {"ids": [record_id], "seconds": 30})
    path = f"{API}/sobjects/Lead/{record_id}"
    assert error_code(client.send("PATCH", path, body=b'{"Title": "CEO"}', headers=headers)) == (
        400,
        "UNABLE_TO_LOCK_ROW",
    )
    client.advance(31)
    assert client.send("PATCH", path, body=b'{"Title": "CEO"}', headers=headers).status == 204


def test_the_audit_log_lists_each_request_with_its_effect() -> None:
    client = Client()
    headers = client.session(username=INTEGRATION_USERNAME)
    created = client.send(
        "POST", API + "/sobjects/Lead", body=b'{"LastName": "Doe", "Company": "Acme"}', headers=headers
    )
    record_id = created.body["id"]
    client.send("PATCH", f"{API}/sobjects/Lead/{record_id}", body=b'{"Title": "CEO"}', headers=headers)
    client.send("DELETE", f"{API}/sobjects/Lead/{record_id}", headers=headers)
    entries = client.control("GET", "audit")["entries"]
    assert [(e["method"], e["status"], e["kind"], e["api_calls"]) for e in entries] == [
        ("POST", 201, "row", 1),
        ("PATCH", 204, "row", 1),
        ("DELETE", 204, "row", 1),
    ]
    effects = [(e["effects"][0]["action"], e["effects"][0]["sobject"], e["effects"][0]["id"]) for e in entries]
    assert effects == [(action, "Lead", record_id) for action in ("created", "updated", "deleted")]
    assert {e["username"] for e in entries} == {INTEGRATION_USERNAME}
    assert json.loads(entries[0]["body"])["LastName"] == "Doe"
    assert json.loads(entries[0]["response"])["id"] == record_id


def test_the_audit_log_lists_the_parts_of_a_composite() -> None:
    client = Client()
    parts = [
        {
            "method": "POST",
            "url": API + "/sobjects/Lead",
            "referenceId": "a",
            "body": {"LastName": "Doe", "Company": "A"},
        },
        {"method": "GET", "url": API + "/nothing", "referenceId": "b"},
    ]
    body = json.dumps({"compositeRequest": parts}).encode()
    client.send("POST", API + "/composite", body=body, headers=client.session())
    entry = client.control("GET", "audit?kind=composite")["entries"][0]
    assert [(part["method"], part["status"]) for part in entry["subrequests"]] == [("POST", 201), ("GET", 404)]
    assert [effect["action"] for effect in entry["effects"]] == ["created"]


def test_the_audit_log_can_be_read_from_a_number_on() -> None:
    client = Client()
    headers = client.session()
    for _ in range(3):
        client.get("", headers)
    assert [entry["number"] for entry in client.control("GET", "audit?since=1")["entries"]] == [2, 3]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("records", {"sobject": "Lead", "records": [1]}),
        ("records", {"sobject": 1, "records": []}),
        ("faults", {"faults": ["x"]}),
        ("clock", {"advance_s": "5"}),
        ("clock", {"stop": "yes"}),
        ("limits", {"DailyApiRequests": "many"}),
        ("limits", {"Nothing": 1}),
        ("limits", {"DailyApiRequests": True}),
        ("faults", {"do": "delay", "where": {"Email": 1}}),
        ("locks", {"ids": "x"}),
        ("locks", {"ids": [], "seconds": True}),
        ("leads/nothing/convert", {}),
        ("merge", {"master": 1}),
        ("sessions", {"scopes": 5}),
        ("sessions", {"scopes": [[]]}),
        ("sessions", {"username": {}}),
        ("records", {"sobject": "Lead", "records": [], "visible_after_s": "x"}),
        ("schema", {"sobjects": [{"name": "Lead", "fields": [1]}]}),
        ("faults", {"do": "delay", "times": "many"}),
        ("faults", {"do": "delay", "where": []}),
        ("faults", {"do": [], "path": 5}),
        ("delete", {"ids": 5}),
        ("delete", [1]),
        ("leads/nothing/convert", "x"),
    ],
)
def test_a_control_call_with_a_wrong_body_is_answered_with_the_reason_and_is_no_defect(
    path: str, body: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Client().control("POST", path, body)
    assert answer[0]["errorCode"] != "UNKNOWN_EXCEPTION"
    assert answer[0]["message"]
    assert capsys.readouterr().err == ""


def test_control_calls_are_neither_audited_nor_counted_and_unknown_ones_are_errors() -> None:
    client = Client()
    assert client.control("GET", "nothing")[0]["errorCode"] == "NOT_FOUND"
    assert client.control("DELETE", "clock")[0]["errorCode"] == "METHOD_NOT_ALLOWED"
    assert client.control("POST", "sessions", [])[0]["errorCode"] == "JSON_PARSER_ERROR"
    assert client.control("GET", "audit")["entries"] == []


def test_a_defect_of_the_org_answers_as_salesforce_would_and_is_printed_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(call: Call[Org]) -> Response:
        raise ZeroDivisionError("a defect")

    client = Client()
    client.org.add_routes([("GET", "/broken", broken)])
    assert error_code(client.get("/broken", client.session())) == (500, "UNKNOWN_EXCEPTION")
    assert "a defect" in capsys.readouterr().err


def test_only_the_newest_entries_keep_their_bodies_and_all_keep_their_effects() -> None:
    audit = Audit(Clock())
    for _ in range(ENTRIES_WITH_TEXT + 1):
        with audit.recording(Request("POST", "/x", body=b"body"), "row"):
            audit.effect("created", "Lead", "00Q000000000001AAA")
    assert [entry.body for entry in (audit.entries[0], audit.entries[1], audit.entries[-1])] == ["", "body", "body"]
    assert all(entry.effects for entry in audit.entries)
