"""House rules over the queues, tables and routes of template.yaml."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tests.support.template import events, functions, of_preset, resources, template

DAY_S = 24 * 3600
DEAD_LETTER_QUEUES = {"PushDeadLetterQueue", "PullDeadLetterQueue", "NoticeDeadLetterQueue", "RelayDeadLetterQueue"}
IAM, SESSION, ANYONE = "AWS_IAM", "SessionAuthorizer", "NONE"

mappings = events("SQS")


def queue_of(mapping: dict[str, Any]) -> str:
    """Return the logical id of the queue that a mapping reads."""
    return str(mapping["Queue"]["Fn::GetAtt"][0])


def seconds(value: Any) -> int:
    """Return a number of seconds, of the default preset when it is one of a preset."""
    default: str = template()["Parameters"]["PushTiming"]["Default"]
    found = of_preset(value, default) if isinstance(value, dict) else value
    assert isinstance(found, int)
    return found


@pytest.mark.parametrize(("function", "mapping"), mappings, ids=[queue_of(mapping) for _, mapping in mappings])
def test_a_mapping_reports_single_failures_and_hides_messages_long_enough(
    function: str, mapping: dict[str, Any]
) -> None:
    queue = resources("AWS::SQS::Queue")[queue_of(mapping)]
    default = template()["Globals"]["Function"]["Timeout"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert seconds(queue["VisibilityTimeout"]) >= 6 * seconds(functions()[function].get("Timeout", default))


def test_every_queue_that_a_function_reads_has_a_dead_letter_queue_that_is_read_too() -> None:
    read = {queue_of(mapping) for _, mapping in mappings}
    behind = {
        name: queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for name, queue in resources("AWS::SQS::Queue").items()
        if "RedrivePolicy" in queue
    }
    assert set(behind) == read - DEAD_LETTER_QUEUES
    assert set(behind.values()) == DEAD_LETTER_QUEUES <= read


def test_the_claim_and_not_the_queue_counts_failed_attempts() -> None:
    redrives = [queue["RedrivePolicy"] for queue in resources("AWS::SQS::Queue").values() if "RedrivePolicy" in queue]
    assert all(redrive["maxReceiveCount"] == 50 for redrive in redrives)


def test_sources_keep_four_days_and_the_others_fourteen() -> None:
    """A dead-letter queue counts from the first send, so it must keep longer than its source."""
    kept = {name: queue["MessageRetentionPeriod"] // DAY_S for name, queue in resources("AWS::SQS::Queue").items()}
    sources = {"PushQueue": 4, "PullQueue": 4, "NoticeQueue": 4, "RelayQueue": 4}
    assert kept == {**sources, "OutboundQueue": 14, **dict.fromkeys(DEAD_LETTER_QUEUES, 14)}


def test_queues_that_carry_changes_take_a_whole_mebibyte() -> None:
    queues = resources("AWS::SQS::Queue")
    carriers = ("PushQueue", "PushDeadLetterQueue", "OutboundQueue")
    assert [queues[name]["MaximumMessageSize"] for name in carriers] == [1024 * 1024] * 3


def test_every_queue_is_encrypted() -> None:
    assert all(queue["SqsManagedSseEnabled"] is True for queue in resources("AWS::SQS::Queue").values())


@pytest.mark.parametrize("name", ["ConfigTable", "StateTable", "ParkedTable", "ParkedBucket", "TokenKey"])
def test_what_was_synced_outlives_the_stack(name: str) -> None:
    assert template()["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert template()["Resources"][name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", ["ConfigTable", "StateTable", "ParkedTable"])
def test_a_table_expires_by_the_one_attribute_and_can_be_restored(name: str) -> None:
    table = resources("AWS::DynamoDB::Table")[name]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_parked_bucket_is_private_and_forgets_in_time() -> None:
    bucket = resources("AWS::S3::Bucket")["ParkedBucket"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == {"Ref": "ParkedRetentionDays"}


def test_each_route_is_open_to_those_it_is_for() -> None:
    routes: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for _, event in events("Api"):
        routes[event["Path"]].add((event["Method"], event.get("Auth", {}).get("Authorizer", IAM)))
    every_method = ("GET", "POST", "PUT", "DELETE")
    assert routes == {
        "/oauth/authorize": {("GET", ANYONE), ("POST", ANYONE)},
        "/oauth/callback": {("GET", ANYONE)},
        "/v1/openapi.json": {("GET", ANYONE)},
        "/v1/health": {("GET", ANYONE)},
        "/v1/{proxy+}": {(method, IAM) for method in every_method},
        "/console/api/{proxy+}": {(method, SESSION) for method in every_method},
        "/console": {("GET", ANYONE)},
        "/console/{asset}": {("GET", ANYONE)},
    }


def test_callers_are_checked_on_every_request() -> None:
    auth = resources("AWS::Serverless::Api")["Api"]["Auth"]
    assert auth["DefaultAuthorizer"] == IAM
    assert auth["InvokeRole"] == "NONE"
    assert auth["Authorizers"]["SessionAuthorizer"]["Identity"] == {"ReauthorizeEvery": 0}
