"""Every check of checkov that is skipped has a reason, and what a reason claims holds in the template."""

from __future__ import annotations

import re

import yaml

from tests.support.template import ROOT, functions, resources, template

CONFIGURATION = (ROOT / ".checkov.yaml").read_text(encoding="utf-8")
SKIPPED = yaml.safe_load(CONFIGURATION)["skip-check"]


def test_every_skipped_check_has_a_sentence_of_why() -> None:
    reasons = dict(re.findall(r"^  - (CKV_\w+) # (\S.{30,})$", CONFIGURATION, re.MULTILINE))
    assert list(reasons) == SKIPPED
    assert len(set(SKIPPED)) == len(SKIPPED)
    assert all(reason.endswith(".") for reason in reasons.values())


def test_nothing_is_skipped_in_the_template_itself() -> None:
    """There a skip would stand without the others, and without this test."""
    assert "checkov" not in (ROOT / "template.yaml").read_text(encoding="utf-8").lower()


def test_the_queues_are_encrypted_though_the_check_for_it_is_skipped() -> None:
    assert {queue["SqsManagedSseEnabled"] for queue in resources("AWS::SQS::Queue").values()} == {True}


def test_the_secrets_of_salesforce_are_under_the_key_of_the_stack() -> None:
    under_key = {name for name, secret in resources("AWS::SecretsManager::Secret").items() if "KmsKeyId" in secret}
    assert under_key == {"AppCredentialsSecret"}
    assert {"LinkSigningSecret", "WebhookKeySecret"} == set(resources("AWS::SecretsManager::Secret")) - under_key


def test_every_queue_that_starts_a_function_has_a_dead_letter_queue() -> None:
    queues, dead = resources("AWS::SQS::Queue"), re.compile(r"DeadLetterQueue$")
    sources = {
        event["Properties"]["Queue"]["Fn::GetAtt"][0]
        for function in functions().values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    }
    assert {name for name in sources if "RedrivePolicy" not in queues[name] and not dead.search(name)} == set()


def test_no_variable_of_a_function_is_a_secret() -> None:
    """Names and ARNs alone: a value that AWS hides (NoEcho) would stand readable in the function's configuration."""
    hidden = {name for name, parameter in template()["Parameters"].items() if parameter.get("NoEcho")}
    named = {
        value["Ref"]
        for function in functions().values()
        for value in function["Environment"]["Variables"].values()
        if isinstance(value, dict) and "Ref" in value
    }
    assert hidden
    assert not named & (hidden | {"SalesforceClientSecret"})
