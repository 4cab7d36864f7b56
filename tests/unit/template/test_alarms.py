"""Alarms reach people: the topic lets their senders in, and everything that can stop or pile up is watched."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.template import as_list, events, functions, policy_statements, resources, template

EVENTS, CLOUDWATCH = "events.amazonaws.com", "cloudwatch.amazonaws.com"
INDEXES = [
    (table, index["IndexName"])
    for table, properties in resources("AWS::DynamoDB::Table").items()
    for index in properties.get("GlobalSecondaryIndexes", [])
]

alarms = resources("AWS::CloudWatch::Alarm")


def let_in(service: str) -> list[dict[str, Any]]:
    """Return the statements that let a service publish."""
    return [
        item
        for item in policy_statements("AlarmTopicPolicy")
        if service in as_list(item["Principal"].get("Service", []))
    ]


def watching(metric: str, **dimensions: Any) -> list[dict[str, Any]]:
    """Return the alarms of a metric with these dimensions and no others."""
    wanted = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return [alarm for alarm in alarms.values() if alarm["MetricName"] == metric and alarm["Dimensions"] == wanted]


def test_rules_publish_by_a_statement_without_a_condition() -> None:
    """EventBridge cannot publish through a statement that has one: EventBridge guide, resource-based policies."""
    (rules,) = let_in(EVENTS)
    assert rules == {
        "Sid": "Rules",
        "Effect": "Allow",
        "Principal": {"Service": EVENTS},
        "Action": "sns:Publish",
        "Resource": {"Ref": "AlarmTopic"},
    }


def test_alarms_publish_by_a_statement_of_their_own_for_this_account() -> None:
    (statement,) = let_in(CLOUDWATCH)
    assert statement["Principal"] == {"Service": CLOUDWATCH}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_no_condition_of_the_topics_policy_concerns_event_bridge() -> None:
    with_condition = [item["Principal"] for item in policy_statements("AlarmTopicPolicy") if "Condition" in item]
    assert not [principal for principal in with_condition if principal == "*" or EVENTS in str(principal)]
    assert not [principal for principal in with_condition if isinstance(principal, dict) and "*" in principal.values()]


TARGETS = {"NoticeRule": {"Id": "notices", "Arn": {"Fn::GetAtt": ["NoticeQueue", "Arn"]}}}


def test_every_rule_sends_to_the_topic_and_is_watched() -> None:
    for name, rule in resources("AWS::Events::Rule").items():
        assert rule["Targets"] == [TARGETS.get(name, {"Id": "AlarmTopic", "Arn": {"Ref": "AlarmTopic"}})]
        rule_name = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": [name, "Arn"]}]}]}
        assert watching("FailedInvocations", EventBusName={"Ref": "EventBus"}, RuleName=rule_name), name


def test_what_the_topic_could_not_deliver_is_watched() -> None:
    assert watching("NumberOfNotificationsFailed", TopicName={"Fn::GetAtt": ["AlarmTopic", "TopicName"]})


@pytest.mark.parametrize("name", functions())
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_errors_and_throttles_of_a_function_are_watched(name: str, metric: str) -> None:
    (alarm,) = watching(metric, FunctionName={"Ref": name})
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)


@pytest.mark.parametrize("name", resources("AWS::DynamoDB::Table"))
@pytest.mark.parametrize("metric", ["ReadThrottleEvents", "WriteThrottleEvents"])
def test_throttles_of_a_table_are_watched(name: str, metric: str) -> None:
    assert watching(metric, TableName={"Ref": name})


@pytest.mark.parametrize(("table", "index"), INDEXES)
def test_throttled_writes_of_an_index_are_watched(table: str, index: str) -> None:
    assert watching("WriteThrottleEvents", TableName={"Ref": table}, GlobalSecondaryIndexName=index)


def test_server_errors_of_the_api_are_watched() -> None:
    assert "Name" not in resources("AWS::Serverless::Api")["Api"]  # SAM names the API as the stack then
    assert watching("5XXError", ApiName={"Ref": "AWS::StackName"}, Stage="live")


def test_a_schedule_that_stopped_is_an_alarm_because_its_data_is_missing() -> None:
    own_metric = {"service": "token_broker", "stack": {"Ref": "AWS::StackName"}}
    stopped = {
        "ReplayFunction": watching("Invocations", FunctionName={"Ref": "ReplayFunction"}),
        "PullScheduleFunction": watching("Invocations", FunctionName={"Ref": "PullScheduleFunction"}),
        "TokenBrokerFunction": watching("RefreshRuns", **own_metric),  # others invoke it too
    }
    assert set(stopped) == {name for name, _ in events("ScheduleV2")}
    for name, found in stopped.items():
        assert [alarm["TreatMissingData"] for alarm in found] == ["breaching"], name
        assert [(alarm["ComparisonOperator"], alarm["Threshold"]) for alarm in found] == [("LessThanThreshold", 1)]


def test_only_a_schedule_that_stopped_is_known_by_missing_data() -> None:
    """Most metrics have no data at rest, and rest is no fault."""
    breaching = {name for name, alarm in alarms.items() if alarm["TreatMissingData"] != "notBreaching"}
    assert breaching == {"ReplayStoppedAlarm", "PullScheduleStoppedAlarm", "RefresherStoppedAlarm"}


def test_a_change_that_waits_for_a_day_is_an_alarm_of_this_deployment() -> None:
    (alarm,) = watching("OldestWaitingS", service="replay", stack={"Ref": "AWS::StackName"})
    assert (alarm["Namespace"], alarm["Statistic"], alarm["Threshold"]) == ("Causeway", "Maximum", 24 * 3600)


def test_own_metrics_carry_the_stack_that_alarms_ask_for() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["STACK_NAME"] == {"Ref": "AWS::StackName"}
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "Causeway"
