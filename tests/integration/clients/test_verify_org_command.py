"""`causeway verify-org` asks an org what nobody checked, leaves nothing there, and the simulated org takes the answers over."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from causeway.wiring.clients import settings
from causeway_client.cli.verify_org.asking import QUESTIONS
from causeway_client.cli.verify_org.org import MARK, MARKED

from local.org.measured import UnreadableFacts, assumed, differences, read
from local.org.running import RunningOrg, running_org
from tests.support.clients.deployed_stack import a_deployed_stack
from tests.support.clients.deployment import CliStack, Typed, a_deployment

FIELDS = [
    {"name": "Product_key__c", "type": "string", "length": 40, "externalId": True},
    {"name": "Notes__c", "type": "textarea", "length": 1000, "htmlFormatted": True},
    {"name": "Topics__c", "type": "multipicklist", "picklistValues": ["Jazz", "Rock"]},
    {"name": "Tier__c", "type": "picklist", "picklistValues": ["Gold", "Silver"]},
    {
        "name": "Sub_tier__c",
        "type": "picklist",
        "restrictedPicklist": True,
        "controllerName": "Tier__c",
        "picklistValues": [{"value": "Plate", "validFor": ["Silver"]}],
    },
]


@pytest.fixture(scope="module")
def stack() -> Iterator[CliStack]:
    with pytest.MonkeyPatch.context() as environment, a_deployment(environment) as stack:
        parts, genuine = a_deployed_stack(), stack.deployment.aws
        parts.cloudformation.names = {
            **parts.cloudformation.names,
            "ConfigTable": (settings().config_table, "AWS::DynamoDB::Table"),
        }
        by_hand = {"cloudformation": parts.aws}
        stack.deployment = replace(stack.deployment, aws=lambda service: by_hand.get(service, genuine)(service))
        yield stack


@pytest.fixture
def org(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningOrg]:
    with running_org() as org:
        monkeypatch.setenv("SALESFORCE_ACCESS_TOKEN", org.access_token)
        yield org


@pytest.fixture
def ask(stack: CliStack, org: RunningOrg, tmp_path: Path) -> Callable[..., tuple[Typed, dict[str, Any]]]:
    def asked(*options: str) -> tuple[Typed, dict[str, Any]]:
        file = tmp_path / "org-facts.json"
        typed = stack.type("verify-org", "--json", "--instance-url", org.origin, "--file", str(file), *options)
        return typed, read(file) if file.exists() else {}

    return asked


def of_the_mark(records: Callable[[str], list[dict[str, Any]]]) -> list[str]:
    """Return the Ids of marked records that are not deleted."""
    return [
        row["Id"]
        for sobject, name in MARKED.items()
        for row in records(sobject)
        if str(row.get(name, "")).startswith(MARK) and not row.get("IsDeleted")
    ]


def test_the_simulated_org_does_what_it_says_it_assumes(
    ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg
) -> None:
    org.schema({"sobjects": [{"name": "Contact", "fields": FIELDS}]})
    org.settings(state_country_picklists=True)
    typed, answers = ask()
    assert typed.code == 0, typed.err
    assert [*differences(answers)] == []
    assert answers.keys() == QUESTIONS.keys()


def test_no_record_is_left_and_none_of_others_is_touched(
    ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg
) -> None:
    org.load("Contact", {"LastName": "Lovelace"}, {"LastName": f"{MARK} plan"}, {"LastName": f"{MARK} 0123abcd"})
    typed, _ = ask()
    assert (typed.code, json.loads(typed.out)["left"]) == (0, [])
    kept = [row["LastName"] for row in org.records("Contact") if not row["IsDeleted"]]
    assert sorted(kept) == sorted(["Lovelace", f"{MARK} plan"])  # the record of a run that died is gone, too
    assert len(of_the_mark(org.records)) == 1
    for sobject in ("CampaignMember", "Attachment"):
        assert [row for row in org.records(sobject) if not row.get("IsDeleted")] == []


def test_records_that_stay_are_named(ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg) -> None:
    org.fault(do="record_error", code="UNABLE_TO_LOCK_ROW", sobject="Contact", action="delete", times=None)
    typed, answers = ask()
    assert typed.code == 4
    assert len(answers) > 60
    assert "records stayed" in typed.err


def test_an_org_that_does_not_say_what_is_left_is_no_clean_org(
    ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg
) -> None:
    looks = 2 * len(MARKED)  # what an earlier run left is looked for twice
    org.fault(do="error", code="REQUEST_LIMIT_EXCEEDED", body=f"LIKE '{MARK}", skip=looks, times=None)
    typed, _ = ask()
    assert typed.code == 4
    assert "does not say whether marked records are there" in typed.err
    org.control("DELETE", "faults")
    assert ask()[0].code == 0
    assert of_the_mark(org.records) == []


def test_an_answer_that_nobody_expected_ends_its_own_question_alone(
    ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg
) -> None:
    org.fault(do="html", kind="tree", times=None)
    org.fault(do="garbage", kind="describe", times=1)
    typed, answers = ask()
    assert typed.code == 0
    facts = json.loads(typed.out)["facts"]
    assert "another shape" in facts["rest.REPEATED_TREE_REFERENCE"]["not_asked"]
    assert len(answers) > 60


def test_a_user_who_sees_no_campaigns_is_asked_the_rest(
    ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg
) -> None:
    org.schema({"permissions": {org.username: {"objects": {"Campaign": {"read": False}}}}})
    typed, answers = ask()
    assert typed.code == 0, typed.err
    assert "settings.unknown_member_status" not in answers


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("upsert_by_id_lookup", True),
        ("unknown_field_fails_collection", False),
        ("multiline_length", "characters"),
        ("multiline_length", "bytes"),
        ("unknown_reference_code", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"),
        ("unknown_member_status", "default"),
        ("duplicates_named_in_collections", False),
        ("cookies", True),
    ],
)
def test_a_setting_that_differs_is_found_and_an_org_begins_with_it(
    setting: str, value: object, ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg
) -> None:
    org.settings(**{setting: value})
    _, answers = ask()
    found = {each.name: each.answered for each in differences(answers)}
    assert found[f"settings.{setting}"] == value


def test_an_org_that_is_served_with_the_answers_prints_what_differs_and_behaves_so(
    ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg, tmp_path: Path
) -> None:
    org.settings(upsert_by_id_lookup=True)
    org.fault(do="error", path="/services/data/v30", code="NOT_FOUND", status=404, times=None)
    ask()
    command = [sys.executable, "-m", "local.org", "--port", "0", "--facts", str(tmp_path / "org-facts.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        try:
            lines = [served.stdout.readline().strip() for _ in range(3)] if served.stdout else []
            origin = lines[-1].rpartition(" ")[2]
            http = requests.Session()
            http.trust_env = False
            retired = http.get(f"{origin}/services/data/v30.0/sobjects", timeout=10).status_code
            settings = http.get(f"{origin}/_control/settings", timeout=10).json()
            http.post(f"{origin}/_control/reset", timeout=10)
            after = http.get(f"{origin}/_control/settings", timeout=10).json()
        finally:
            served.terminate()
    assert lines[:2] == [
        "settings.upsert_by_id_lookup: assumed false, the org answered true",
        "wire.RETIRED_VERSION_STATUS: assumed 410, the org answered 404",
    ]
    assert retired == 404
    assert settings["upsert_by_id_lookup"] is after["upsert_by_id_lookup"] is True


def test_a_production_org_is_asked_only_when_one_says_so(
    ask: Callable[..., tuple[Typed, dict[str, Any]]], org: RunningOrg
) -> None:
    org.settings(edition="Enterprise Edition")
    typed, answers = ask()
    assert (typed.code, answers) == (2, {})
    assert "is a production org" in typed.err
    assert not any(each["effects"] for each in org.control("GET", "audit")["entries"])
    org.settings(is_sandbox=True)
    assert ask()[0].code == 0
    org.settings(is_sandbox=False)
    assert ask("--production")[0].code == 0


def test_the_tenants_connection_is_asked(stack: CliStack, tmp_path: Path) -> None:
    file = tmp_path / "org-facts.json"
    typed = stack.type("verify-org", "--json", "--file", str(file))
    assert typed.code == 0, typed.err
    assert [*differences(read(file))] == []
    assert of_the_mark(lambda sobject: stack.push.control("GET", f"records/{sobject}")["records"]) == []


def test_an_org_that_is_not_reached_ends_in_a_sentence(stack: CliStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SALESFORCE_ACCESS_TOKEN", raising=False)
    for url, code, says in (
        ("https://x.my.salesforce.com", 2, "needs an access token"),
        ("http://x.my.salesforce.com", 2, "is no address of an org"),
    ):
        typed = stack.type("verify-org", "--instance-url", url)
        assert typed.code == code
        assert says in typed.err
    monkeypatch.setenv("SALESFORCE_ACCESS_TOKEN", "wrong")
    with running_org() as org:
        typed = stack.type("verify-org", "--instance-url", org.origin)
        assert typed.code == 4
        assert "Session expired or invalid" in typed.err


def test_answers_in_parts_differ_in_parts_and_unknown_names_are_refused(tmp_path: Path) -> None:
    answers = {"rest.SAVE_ERROR_STATUS": {"ENTITY_IS_DELETED": 404, "INVALID_CROSS_REFERENCE_KEY": 403}}
    (found,) = differences(answers)
    assert (found.assumed, found.answered) == (
        {"INVALID_CROSS_REFERENCE_KEY": 400},
        {"INVALID_CROSS_REFERENCE_KEY": 403},
    )
    with pytest.raises(UnreadableFacts):
        assumed("rest.NO_SUCH_FACT")
    other = tmp_path / "other.json"
    other.write_text("[]")
    with pytest.raises(UnreadableFacts):
        read(other)
