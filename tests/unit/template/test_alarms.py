"""Alarms reach people: the topic lets their senders in, and everything that can stop or pile up is watched."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.template import ROOT, as_list, events, functions, policy_statements, resources, statements, template

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


def test_no_rule_publishes_to_the_topic_itself() -> None:
    """A storm of events would be a storm of mails, and EventBridge cannot publish through a statement with a condition."""
    assert let_in(EVENTS) == []
    assert {rule["Targets"][0]["Id"] for rule in resources("AWS::Events::Rule").values()} == {"notices"}


def test_the_notices_function_may_mail_the_operators() -> None:
    (mail,) = [item for item in statements("NoticesRole") if item["Sid"] == "SendMail"]
    assert {"Ref": "AlarmTopic"} in mail["Resource"]
    variables = functions()["NoticesFunction"]["Environment"]["Variables"]
    assert variables["ALARM_TOPIC_ARN"] == {"Ref": "AlarmTopic"}


def test_alarms_publish_by_a_statement_of_their_own_for_this_account() -> None:
    (statement,) = let_in(CLOUDWATCH)
    assert statement["Principal"] == {"Service": CLOUDWATCH}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


NOTICES = {"Id": "notices", "Arn": {"Fn::GetAtt": ["NoticeQueue", "Arn"]}}


def test_every_rule_sends_to_the_notices_and_is_watched() -> None:
    for name, rule in resources("AWS::Events::Rule").items():
        assert rule["Targets"] == [NOTICES]
        rule_name = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": [name, "Arn"]}]}]}
        assert watching("FailedInvocations", EventBusName={"Ref": "EventBus"}, RuleName=rule_name), name


def test_an_alarm_on_a_metric_of_ours_names_service_and_stack_and_a_metric_that_some_function_adds() -> None:
    """An alarm with other dimensions than the metric's sees no data, and never goes off."""
    added = {
        (path.parent.name, name)
        for path in (ROOT / "functions").glob("*/app.py")
        for name in re.findall(r'add_metric\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    own = {name: alarm for name, alarm in alarms.items() if alarm["Namespace"] == "Causeway"}
    assert {"PullDefectsAlarm", "OldestWaitingAlarm", "RefresherStoppedAlarm"} <= own.keys()
    for name, alarm in own.items():
        dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        assert dimensions == {"service": dimensions["service"], "stack": {"Ref": "AWS::StackName"}}, name
        assert (dimensions["service"], alarm["MetricName"]) in added, name


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
