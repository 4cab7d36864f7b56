"""The API as backends and browsers use it, over stores in moto and the simulated org over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from copy import replace

import pytest
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.push.memory.claims.answers import Held
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import key_identifier, memory_key
from causeway.push.memory.links import RememberedKey, link_record
from causeway.push.memory.settled_changes import Settled, remember_data, settle_change
from causeway.wiring.clients import now_ms

from tests.support.api.factories import STATE_TABLE
from tests.support.api.stack import ApiStack, an_api_stack


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        running.walk()
        yield running


def a_token(stack: ApiStack, role: str, tenant: str = "acme", user: str = "ada") -> str:
    status, answer = stack.backend("POST", "sessions", {"user": user, "role": role}, tenant=tenant)
    assert status == 201
    token: str = answer["token"]
    return token


def test_a_tenant_connects_through_a_link_and_shows_as_connected(stack: ApiStack) -> None:
    status, connection = stack.backend("GET", "connection")
    assert (status, connection["status"], connection["org_id"]) == (200, "connected", stack.connect.org.org_id)
    assert connection["history"][0]["status"] == "connected"


def test_a_tenant_that_never_connected_reads_what_to_do(stack: ApiStack) -> None:
    status, connection = stack.backend("GET", "connection", tenant="nobody")
    assert (status, connection["status"], connection["cause"]) == (200, "disconnected", "never_connected")
    assert connection["remedy"]


def test_syncs_are_saved_checked_changed_listed_and_deleted(stack: ApiStack) -> None:
    status, saved = stack.backend("POST", "syncs", {"source": "crud", "sobject": "Contact", "enabled": True})
    assert (status, saved["id"], saved["enabled"], saved["problems"]) == (201, "crud-contact", True, [])
    status, changed = stack.backend("PUT", "syncs/crud-contact", {**saved, "position": 3})
    assert (status, changed["revision"], changed["position"]) == (200, 2, 3)
    assert stack.backend("PUT", "syncs/crud-contact", saved)[0] == 409
    assert changed in stack.backend("GET", "syncs")[1]["syncs"]
    assert stack.backend("GET", "syncs/crud-contact") == (200, changed)
    assert stack.backend("DELETE", "syncs/crud-contact") == (204, None)
    assert stack.backend("GET", "syncs/crud-contact")[0] == 404


def test_enabling_a_sync_that_can_not_work_lists_its_problems(stack: ApiStack) -> None:
    draft = {
        "source": "bad",
        "sobject": "Lead",
        "enabled": True,
        "push": {"create_when_missing": True},
        "mappings": [{"product": "x", "salesforce": "Nope__c"}],
    }
    status, answer = stack.backend("POST", "syncs", draft)
    assert (status, answer["error"]["code"]) == (409, "sync_has_errors")
    assert {"Nope__c", "LastName", "Company"} <= set(answer["error"]["fields"])
    assert {"required_field_not_mapped", "unknown_field"} <= {each["code"] for each in answer["error"]["problems"]}
    status, saved = stack.backend("POST", "syncs", {**draft, "enabled": False})
    assert (status, saved["enabled"]) == (201, False)


def test_what_a_new_connection_proposes_can_be_saved_as_it_is(stack: ApiStack) -> None:
    _, proposed = stack.backend("GET", "syncs/proposed", tenant="fresh")
    stack.walk("fresh")
    for sync in proposed["syncs"]:
        status, saved = stack.backend("POST", "syncs", {**sync, "enabled": True}, tenant="fresh")
        assert (status, saved["id"]) == (201, sync["id"])


def test_each_ready_template_is_listed_proposed_and_can_be_enabled(stack: ApiStack) -> None:
    stack.walk("templated")
    _, listed = stack.backend("GET", "templates", tenant="templated")
    assert {line["name"] for line in listed["templates"]} >= {"people", "companies", "conversations", "deals"}
    for line in listed["templates"]:
        for sobject in line["sobjects"]:
            query = {"template": line["name"], "sobject": sobject}
            _, proposed = stack.backend("GET", "syncs/proposed", tenant="templated", **query)
            (sync,) = proposed["syncs"]
            status, saved = stack.backend("POST", "syncs", {**sync, "enabled": True}, tenant="templated")
            assert (status, saved["source"], saved["enabled"]) == (201, line["source"], True)


def test_a_template_for_another_sobject_is_refused(stack: ApiStack) -> None:
    status, answer = stack.backend("GET", "syncs/proposed", template="deals", sobject="Lead")
    assert (status, answer["error"]["fields"]) == (400, ["sobject"])
    assert "Opportunity" in answer["error"]["message"]


def test_the_orgs_fields_are_shown_with_what_a_mapping_needs(stack: ApiStack) -> None:
    status, lead = stack.backend("GET", "sobjects/lead")
    fields = {field["name"]: field for field in lead["fields"]}
    assert (status, lead["name"]) == (200, "Lead")
    assert (fields["Company"]["required"], fields["Email"]["type"]) == (True, "email")
    assert any(choice["value"] for choice in fields["LeadSource"]["picklist"])
    assert fields["OwnerId"]["reference_to"]


def test_all_sobjects_are_listed(stack: ApiStack) -> None:
    _, answer = stack.backend("GET", "sobjects")
    assert {"Account", "Contact", "Lead", "Task"} <= {line["name"] for line in answer["sobjects"]}


def test_an_sobject_that_does_not_exist_is_not_found(stack: ApiStack) -> None:
    assert stack.backend("GET", "sobjects/Nope__c")[0] == 404
    assert stack.backend("GET", "sobjects/Lead'%20OR%20'")[0] == 404


def test_discovery_of_an_unconnected_tenant_says_what_to_do(stack: ApiStack) -> None:
    status, answer = stack.backend("GET", "sobjects", tenant="nobody")
    assert (status, answer["error"]["code"]) == (409, "not_connected")
    assert answer["error"]["remedy"]


def test_the_product_registers_its_fields(stack: ApiStack) -> None:
    fields = [{"name": "zip", "label": "ZIP code"}, {"name": "employees", "type": "number"}]
    assert stack.backend("PUT", "sources/interaction%3Aquiz-42/fields", {"fields": fields})[0] == 200
    _, answer = stack.backend("GET", "sources/interaction:quiz-42/fields")
    assert [field["name"] for field in answer["fields"]] == ["zip", "employees"]


def test_a_test_of_the_connection_reports_user_org_and_what_is_lacking(stack: ApiStack) -> None:
    stack.walk("tested")
    status, report = stack.backend("POST", "connection/test", {}, tenant="tested")
    assert (status, report["ok"]) == (200, True)
    assert report["user"]["username"] == "integration@northwind.example"
    assert report["org"]["edition"]
    status, report = stack.backend("POST", "connection/test", tenant="nobody")
    assert (status, report["ok"], report["findings"][0]["code"]) == (200, False, "not_connected")


def test_a_dry_run_reports_the_decision_and_the_request_and_writes_nothing(stack: ApiStack) -> None:
    stack.backend(
        "POST", "syncs", {"id": "try", "source": "try", "sobject": "Contact", "push": {"create_when_missing": True}}
    )
    change = {"key": "k1", "occurred_at": "2026-11-20T10:00:00Z", "fields": {"last_name": "Lovelace", "vip": True}}
    status, outcome = stack.backend("POST", "syncs/try/dry-run", change)
    assert (status, outcome["result"], outcome["request"]["method"]) == (200, "created", "POST")
    assert outcome["request"]["values"] == {"LastName": "Lovelace"}
    assert stack.backend("POST", "syncs/try/dry-run", change)[1]["result"] == "created"


def test_a_dry_run_refuses_what_push_would_refuse(stack: ApiStack) -> None:
    stack.backend("POST", "syncs", {"id": "try2", "source": "try2", "sobject": "Contact"})
    status, answer = stack.backend("POST", "syncs/try2/dry-run", {"key": "k1", "feilds": {}})
    assert (status, answer["error"]["code"]) == (400, "invalid_request")
    assert stack.backend("POST", "syncs/nope/dry-run", {"key": "k1"})[0] == 404
    assert stack.backend("POST", "syncs/try2/dry-run", ["no object"])[0] == 400


def test_a_draft_is_checked_and_tried_while_what_is_saved_stays_as_it_is(stack: ApiStack) -> None:
    _, saved = stack.backend("POST", "syncs", {"id": "drafted", "source": "drafted", "sobject": "Contact"})
    rows = [{"product": "name", "salesforce": "LastName"}, {"product": "shoe", "salesforce": "Shoe__c"}]
    draft = {"id": "drafted", "revision": 1, "push": {"create_when_missing": True}, "mappings": rows}
    status, checked = stack.backend("POST", "syncs/check", draft)
    assert (status, [(each["code"], each["field"]) for each in checked["problems"]]) == (
        200,
        [("unknown_field", "Shoe__c")],
    )
    tried = {"sync": {**draft, "mappings": rows[:1]}, "change": {"key": "k1", "fields": {"name": "Lovelace"}}}
    status, outcome = stack.backend("POST", "syncs/dry-run", tried)
    assert (status, outcome["result"], outcome["request"]["values"]) == (200, "created", {"LastName": "Lovelace"})
    assert stack.backend("GET", "syncs/drafted")[1] == saved


def test_a_draft_that_was_never_saved_is_checked_as_a_new_sync(stack: ApiStack) -> None:
    before = stack.backend("GET", "syncs")[1]
    draft = {
        "source": "fresh",
        "sobject": "Lead",
        "enabled": True,
        "push": {"create_when_missing": True},
        "mappings": [],
    }
    _, checked = stack.backend("POST", "syncs/check", draft)
    assert {each["field"] for each in checked["problems"] if each["level"] == "error"} == {"LastName", "Company"}
    assert stack.backend("GET", "syncs")[1] == before


def test_checking_a_draft_costs_no_call_while_the_describe_is_fresh(stack: ApiStack) -> None:
    stack.backend("GET", "sobjects/Contact")
    before = len(stack.connect.org.audit.entries)
    draft = {"source": "fresh", "sobject": "Contact", "mappings": [{"product": "x", "salesforce": "Nope__c"}]}
    assert stack.backend("POST", "syncs/check", draft)[1]["problems"]
    assert len(stack.connect.org.audit.entries) == before


def test_a_record_shows_its_links_last_outcomes_and_data(stack: ApiStack) -> None:
    org_id = stack.connect.org.org_id
    entity = Entity()
    memory = memory_key("lead", "a/b c")
    link_record(entity, RememberedKey(memory, "lead", "a/b c"), "Contact", "003000000000001AAA")
    settle_change(entity, memory, "lead-contact", Settled(1, "content", 1, {"result": "created"}))
    remember_data(entity, memory, {"salesforce_account_name": "Northwind"})
    store = ClaimTable(stack.use.memory._client, STATE_TABLE, "worker", now_ms, 60_000)
    identity = key_identifier(org_id, "lead", "a/b c")
    (claim,) = store.acquire("acme", ["home"]).values()
    assert isinstance(claim, Held)
    store.point("acme", {identity: "home"})
    store.complete("acme", {"home": (claim.fence, entity.text())})
    status, record = stack.backend("GET", "records/lead/a%2Fb%20c")
    assert status == 200
    assert record == {
        "source": "lead",
        "key": "a/b c",
        "links": {"Contact": "003000000000001AAA"},
        "outcomes": {"lead-contact": {"result": "created"}},
        "data": {"salesforce_account_name": "Northwind"},
        "field_times": {"003000000000001AAA": {}},
        "instance_url": stack.connect.org_url,
        "events": [],
        "parked": [],
        "next": None,
    }
    assert stack.backend("GET", "records/lead/a%2Fb%20c", tenant="nobody")[0] == 404
    assert stack.backend("GET", "records/deal/a%2Fb%20c")[0] == 404


def test_usage_is_what_the_org_last_reported(stack: ApiStack) -> None:
    stack.backend("GET", "sobjects", refresh="true")
    status, usage = stack.backend("GET", "usage")
    assert (status, usage["is_alarming"]) == (200, False)
    assert 0 < usage["used"] <= usage["pauses_at"] < usage["allowed"]
    assert stack.backend("GET", "usage", tenant="nobody")[1]["allowed"] is None


def test_a_browser_acts_for_its_own_tenant_alone(stack: ApiStack) -> None:
    token = a_token(stack, "manager", tenant="nobody")
    assert stack.browser("GET", "connection", token=token)[1]["tenant"] == "nobody"
    assert stack.browser("GET", "session", token=token)[1] == {
        "tenant": "nobody",
        "user": "ada",
        "role": "manager",
        "may_set_pull_rules": False,
        "acts_for": None,
        "origin": None,
        "source": None,
    }


def test_admins_set_pull_rules_only_where_the_deployment_lets_them(stack: ApiStack) -> None:
    token = a_token(stack, "manager")
    pulled = {"id": "mine", "source": "mine", "sobject": "Contact", "direction": "pull"}
    assert stack.browser("POST", "syncs", pulled, token=token)[0] == 403
    stack.use.settings = replace(stack.use.settings, admins_may_set_pull_rules=True)
    try:
        assert stack.browser("GET", "session", token=token)[1]["may_set_pull_rules"]
        assert stack.browser("POST", "syncs", pulled, token=token)[0] == 201
        assert stack.browser("POST", "syncs", pulled, token=a_token(stack, "viewer"))[0] == 403
    finally:
        stack.use.settings = replace(stack.use.settings, admins_may_set_pull_rules=False)


def test_an_integrator_makes_its_own_connect_link_and_a_viewer_does_not(stack: ApiStack) -> None:
    status, link = stack.browser("POST", "connection/connect-link", {}, token=a_token(stack, "integrator"))
    assert (status, link["url"].startswith(stack.connect.public_url)) == (201, True)
    assert stack.browser("POST", "connection/connect-link", {}, token=a_token(stack, "viewer"))[0] == 403
    forged = {"user": "somebody-else", "role": "operator"}
    assert stack.browser("POST", "connection/connect-link", forged, token=a_token(stack, "integrator"))[0] == 400


def test_an_ended_session_opens_nothing(stack: ApiStack) -> None:
    token = a_token(stack, "viewer", user="bob")
    assert stack.browser("GET", "syncs", token=token)[0] == 200
    assert stack.backend("DELETE", "sessions", user="bob") == (200, {"ended": 1})
    assert stack.browser("GET", "syncs", token=token)[0] == 403


def test_operators_page_through_every_tenant_that_connected(stack: ApiStack) -> None:
    stack.walk("second")
    found, token = [], ""
    while True:
        _, answer = stack.backend("GET", "connections", tenant=None, limit="1", **({"next": token} if token else {}))
        found += [line["tenant"] for line in answer["connections"]]
        token = answer["next"] or ""
        if not token:
            break
    assert {"acme", "second"} <= set(found)
    assert len(found) == len(set(found))


def test_a_token_of_another_list_is_refused(stack: ApiStack) -> None:
    for token in ("x", "AAAA", "WzAsbnVsbF0", "ü"):
        assert stack.backend("GET", "connections", tenant=None, next=token)[0] == 400


def test_deauthorizing_ends_the_connection_and_keeps_the_syncs(stack: ApiStack) -> None:
    stack.walk("leaver")
    stack.backend("POST", "syncs", {"source": "lead", "sobject": "Contact", "enabled": True}, tenant="leaver")
    status, ended = stack.backend("DELETE", "connection", tenant="leaver")
    assert (status, ended["status"], ended["revoked"]) == (200, "disconnected", True)
    assert [sync["id"] for sync in stack.backend("GET", "syncs", tenant="leaver")[1]["syncs"]] == ["lead-contact"]
    assert stack.backend("GET", "sobjects", tenant="leaver")[0] == 409


def test_people_are_looked_up_by_backends_and_viewers(stack: ApiStack) -> None:
    stack.walk()  # the approvals of other tests may have ended this one's: an org keeps five
    asked = {"items": [{"email": "lookup@example.com"}], "fields": {"Contact": ["Title", "Nope"]}, "max_age_s": 0}
    status, answer = stack.backend("POST", "lookups", asked)
    assert (status, answer["results"][0]["found"], answer["read_at"][:2]) == (200, False, "20")
    assert [each["field"] for each in answer["problems"]] == ["Nope"]
    status, seen = stack.browser("POST", "lookups", asked, token=a_token(stack, "viewer"))
    assert (status, len(seen["results"])) == (200, 1)
    assert [each["field"] for each in seen["problems"]] == ["Title", "Nope"], "a viewer gets what syncs map"
    status, refused = stack.backend("POST", "lookups", {"items": [{"key": "k"}]})
    assert (status, "a key needs its source" in refused["error"]["message"]) == (400, True)
    assert stack.backend("POST", "lookups", {"items": [{}] * 201})[0] == 400


def test_a_lookup_at_the_limit_is_answered_with_when_to_come_back(stack: ApiStack) -> None:
    stack.walk()
    stack.backend("POST", "lookups", {"items": [{"email": "quota@example.com"}], "max_age_s": 0})
    table = stack.use.connections
    before = table.get("acme").usage
    assert before is not None
    table.note_usage("acme", replace(before, used=before.allowed, read_at_ms=now_ms()))
    status, answer = stack.backend("POST", "lookups", {"items": [{"email": "quota@example.com"}], "max_age_s": 0})
    table.note_usage("acme", replace(before, read_at_ms=now_ms() + 1))
    assert (status, answer["error"]["code"]) == (429, "quota_spent")
    assert "Ask again in 15 minutes" in answer["error"]["remedy"]
