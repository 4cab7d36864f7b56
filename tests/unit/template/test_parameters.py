"""Parameters that cannot contradict each other, and what a change of the template may never replace."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from tests.support.template import functions, resources, template

SALESFORCE_ENDS_A_CALL_S = 600
TIMINGS = {
    preset: {name: int(text) for name, text in timings.items()}
    for preset, timings in template()["Mappings"]["PushTimings"].items()
}
ON_AWS = ["fast", "standard", "slow"]

# What AWS replaces when the property changes, with all that is in it or points to it. Each is as it was in the first
# version: a change here is an upgrade that loses something, or needs a way around it.
AS_IT_WAS = {
    "ConfigTable": {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    },
    "StateTable": {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]},
    "ParkedTable": {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    },
    "ParkedBucket": {},
    "TokenKey": {},
    "AppCredentialsSecret": {},
    "LinkSigningSecret": {},
    "PublicUrlParameter": {"Name": {"Fn::Sub": "/${AWS::StackName}/public-url"}},
    "PushQueue": {},
    "PushDeadLetterQueue": {},
    "OutboundQueue": {},
    "PullQueue": {},
    "PullDeadLetterQueue": {},
    "NoticeQueue": {},
    "NoticeDeadLetterQueue": {},
    "RelayQueue": {},
    "RelayDeadLetterQueue": {},
    "NoticeTopic": {},
    "WebhookKeySecret": {},
    "EventBus": {"Name": {"Fn::Sub": "${AWS::StackName}-events"}},
    "AlarmTopic": {},
    "EgressAddress": {},
}
KEEPING = [
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::SSM::Parameter",
    "AWS::SQS::Queue",
    "AWS::Events::EventBus",
    "AWS::SNS::Topic",
    "AWS::EC2::EIP",
]


def replacing(kind: str) -> set[str]:
    """Return the properties of a type whose change replaces the resource, by AWS's own schema."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    paths = [*(schema.get("createOnlyProperties") or []), *(schema.get("conditionalCreateOnlyProperties") or [])]
    return {path.split("/")[2] for path in paths}


def test_what_keeps_data_or_an_address_has_the_names_and_properties_that_it_always_had() -> None:
    found = {
        name: {key: value for key, value in properties.items() if key in replacing(kind)}
        for kind in KEEPING
        for name, properties in resources(kind).items()
    }
    assert found == AS_IT_WAS


def test_the_schema_knows_what_replaces_a_table() -> None:
    """So the golden list cannot become empty unnoticed."""
    assert {"TableName", "KeySchema"} <= replacing("AWS::DynamoDB::Table")
    assert "QueueName" in replacing("AWS::SQS::Queue")


@pytest.mark.parametrize("table", resources("AWS::DynamoDB::Table"))
def test_a_table_is_not_deleted_by_mistake(table: str) -> None:
    assert resources("AWS::DynamoDB::Table")[table]["DeletionProtectionEnabled"] is True


def test_the_presets_for_aws_wait_as_long_as_salesforce_may_still_write() -> None:
    assert [TIMINGS[name]["HoldS"] for name in ON_AWS] == [SALESFORCE_ENDS_A_CALL_S] * 3
    assert [TIMINGS[name]["TimeoutS"] for name in ON_AWS] == sorted(TIMINGS[name]["TimeoutS"] for name in ON_AWS)


def test_the_presets_for_a_simulated_org_are_refused_at_deploy_where_there_is_none() -> None:
    rule = template()["Rules"]["TimingFitsTheOrg"]
    refused = {name for name, timing in TIMINGS.items() if timing["HoldS"] < SALESFORCE_ENDS_A_CALL_S}
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "LoopbackOrigins"}, ""]}
    (assertion,) = rule["Assertions"]
    listed, chosen = assertion["Assert"]["Fn::Not"][0]["Fn::Contains"]
    assert (set(listed), chosen) == (refused, {"Ref": "PushTiming"})


def test_a_preset_is_one_of_the_mapping_and_no_timing_is_a_parameter_of_its_own() -> None:
    parameters = template()["Parameters"]
    assert (
        parameters["PushTiming"]["AllowedValues"]
        == [*ON_AWS, "local-patient", "local-quick", "local-quickest"]
        == list(TIMINGS)
    )
    assert parameters["PushTiming"]["Default"] == "standard"
    assert not [name for name in parameters if name.endswith("S") and parameters[name]["Type"] == "Number"]


@pytest.mark.parametrize(
    ("function", "parameter", "default"),
    [("PushFunction", "PushConcurrency", 4), ("PullFunction", "PullConcurrency", 2)],
)
def test_what_runs_at_once_is_a_parameter_with_a_default_for_a_new_account(
    function: str, parameter: str, default: int
) -> None:
    (mapping,) = [event["Properties"] for event in functions()[function]["Events"].values()]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": {"Fn::FindInMap": ["AtOnce", {"Ref": parameter}, "Most"]}}
    assert template()["Parameters"][parameter]["Default"] == default


def test_the_defaults_leave_a_new_account_room_for_the_broker_and_the_api() -> None:
    """It has ten concurrent executions in all."""
    parameters: dict[str, Any] = template()["Parameters"]
    assert parameters["PushConcurrency"]["Default"] + parameters["PullConcurrency"]["Default"] <= 6


def test_timings_are_texts_for_the_functions_environment() -> None:
    """The embedded AWS starts no function whose environment has a number."""
    assert {type(value) for each in template()["Mappings"]["PushTimings"].values() for value in each.values()} == {str}


@pytest.mark.parametrize("parameter", ["PushConcurrency", "PullConcurrency"])
def test_every_number_that_may_be_chosen_is_mapped_to_itself_as_a_number(parameter: str) -> None:
    """A mapping's keys are texts; its values stay numbers, which the embedded AWS asks for."""
    chosen = template()["Parameters"][parameter]["AllowedValues"]
    assert template()["Mappings"]["AtOnce"] == {str(number): {"Most": number} for number in chosen}
    assert all(2 <= number <= 1000 for number in chosen)  # AWS's limits


def test_the_address_on_customers_allow_lists_outlives_the_switch_and_can_be_given_again() -> None:
    whole = template()["Resources"]
    address, nat = whole["EgressAddress"], whole["EgressNat"]["Properties"]
    assert (address["DeletionPolicy"], address["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert address["Condition"] == "HasNewEgressAddress"
    allocation = {
        "Fn::If": [
            "HasNewEgressAddress",
            {"Fn::GetAtt": ["EgressAddress", "AllocationId"]},
            {"Ref": "EgressAllocationId"},
        ]
    }
    assert nat["AllocationId"] == template()["Outputs"]["EgressAllocationId"]["Value"] == allocation
    given = {"Fn::Equals": [{"Ref": "EgressAllocationId"}, ""]}
    assert template()["Conditions"]["HasNewEgressAddress"] == {"Fn::And": [{"Condition": "HasStaticEgress"}, given]}


def test_only_what_is_an_allocation_is_taken_for_one() -> None:
    pattern = template()["Parameters"]["EgressAllocationId"]["AllowedPattern"]
    assert re.fullmatch(pattern, "")
    assert re.fullmatch(pattern, "eipalloc-0123456789abcdef0")
    assert not re.fullmatch(pattern, "203.0.113.7")


@pytest.mark.parametrize(
    ("origins", "taken"),
    [
        ("", True),
        ("http://127.0.0.1:8090", True),
        ("https://127.0.0.1:8443,http://localhost:8090", True),
        ("https://acme.my.salesforce.com", False),
        ("https://127.0.0.1:8443/", False),
        ("https://127.0.0.1.example.com:8443", False),
    ],
)
def test_only_origins_of_the_machine_itself_stand_for_salesforce(origins: str, taken: bool) -> None:
    pattern = template()["Parameters"]["LoopbackOrigins"]["AllowedPattern"]
    assert bool(re.search(pattern, origins)) is taken
