"""What API Gateway, the queues, the bucket and the topic do before any function of ours is asked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from causeway.api.answers import HEADERS, error_answer
from causeway.api.bodies.shared import ErrorAnswer
from causeway.errors import NotFound

from tests.support.template import ROOT, as_list, events, policy_statements, resources, template

API = resources("AWS::Serverless::Api")["Api"]
RESPONSES: dict[str, dict[str, Any]] = API["GatewayResponses"]
QUEUES = resources("AWS::SQS::Queue")
NOT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
PERSONAL = re.compile(r"query|\$context\.path\b|identity|sourceIp|userAgent|authorizer|integration")


def body_of(kind: str) -> Any:
    """Return a gateway response's body as a caller gets it."""
    return json.loads(RESPONSES[kind]["ResponseTemplates"]["application/json"].replace("$context.requestId", "r-1"))


@pytest.mark.parametrize("kind", RESPONSES)
def test_an_answer_of_the_gateway_has_the_shape_of_the_apis_errors(kind: str) -> None:
    error = ErrorAnswer.model_validate(body_of(kind)).error
    assert set(body_of(kind)["error"]) == {"code", "message", "remedy", "fields", "request_id"}
    assert (error.request_id, error.fields) == ("r-1", [])
    assert error.message.endswith(".")
    assert error.remedy.endswith(".")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("BAD_REQUEST_BODY", 400),
        ("BAD_REQUEST_PARAMETERS", 400),
        ("UNAUTHORIZED", 401),
        ("ACCESS_DENIED", 403),
        ("EXPIRED_TOKEN", 403),
        ("INVALID_SIGNATURE", 403),
        ("MISSING_AUTHENTICATION_TOKEN", 403),
        ("WAF_FILTERED", 403),
        ("RESOURCE_NOT_FOUND", 404),
        ("REQUEST_TOO_LARGE", 413),
        ("THROTTLED", 429),
        ("QUOTA_EXCEEDED", 429),
        ("INTEGRATION_TIMEOUT", 504),
    ],
)
def test_an_answer_of_the_gateway_has_its_status(kind: str, status: int) -> None:
    assert RESPONSES[kind]["StatusCode"] == status


def test_all_other_answers_of_the_gateway_have_the_shape_and_keep_their_status() -> None:
    assert "StatusCode" not in RESPONSES["DEFAULT_4XX"] | RESPONSES["DEFAULT_5XX"]


def test_no_answer_of_the_gateway_is_kept_or_repeats_what_was_sent() -> None:
    for kind, response in RESPONSES.items():
        assert response["ResponseParameters"]["Headers"]["Cache-Control"] == f"'{HEADERS['Cache-Control']}'", kind
        assert set(re.findall(r"\$[\w.]+", str(response["ResponseTemplates"]))) == {"$context.requestId"}, kind


def test_a_throttled_caller_reads_when_to_try_again() -> None:
    assert {
        RESPONSES[kind]["ResponseParameters"]["Headers"]["Retry-After"] for kind in ("THROTTLED", "QUOTA_EXCEEDED")
    } == {"'1'"}


def test_an_unknown_address_reads_as_the_api_says_it() -> None:
    said = json.loads(error_answer(NotFound("?", "?"), "r-1")["body"])
    assert body_of("MISSING_AUTHENTICATION_TOKEN") == body_of("RESOURCE_NOT_FOUND") == said


def test_the_console_knows_an_ended_session_by_the_code_that_only_the_gateway_gives() -> None:
    """The API itself answers 403 with not_found: the console must not take that for an ended session."""
    script = (ROOT / "web" / "src" / "api" / "client.ts").read_text("utf-8")
    assert {body_of(kind)["error"]["code"] for kind in ("UNAUTHORIZED", "ACCESS_DENIED")} == {"access_denied"}
    assert "body.code === 'access_denied'" in script


def test_every_route_that_anyone_may_call_has_a_limit_of_its_own_below_the_common_one() -> None:
    common, *own = API["MethodSettings"]
    limits = {(item["ResourcePath"], item["HttpMethod"]): item["ThrottlingRateLimit"] for item in own}
    anyone = {
        ("/" + event["Path"].replace("/", "~1"), event["Method"])
        for _, event in events("Api")
        if event.get("Auth") == {"Authorizer": "NONE"}
    }
    assert (common["ResourcePath"], common["HttpMethod"]) == ("/*", "*")
    assert set(limits) == anyone
    assert max(limits.values()) <= common["ThrottlingRateLimit"] / 4


def test_the_access_log_has_neither_query_strings_nor_what_names_people() -> None:
    condition, setting, otherwise = API["AccessLogSetting"]["Fn::If"]
    assert (condition, otherwise) == ("HasAccessLog", {"Ref": "AWS::NoValue"})
    logged = json.loads(setting["Format"])
    assert {"$context.requestId", "$context.resourcePath", "$context.status"} <= set(logged.values())
    assert not PERSONAL.search(setting["Format"])


def test_the_accounts_log_role_is_set_before_the_stage_that_needs_it() -> None:
    found = template()["Resources"]
    assert found["ApiGatewayAccount"]["DependsOn"] == "Api"
    assert "{'Ref': 'ApiGatewayAccount'}" in str(found["ApiAccessLogGroup"]["Properties"])
    assert API["AccessLogSetting"]["Fn::If"][1]["DestinationArn"] == {"Fn::GetAtt": ["ApiAccessLogGroup", "Arn"]}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_reached_by_tls_alone(queue: str) -> None:
    denied = policy_statements(f"{queue}Policy")[0]
    assert template()["Resources"][f"{queue}Policy"]["Properties"]["Queues"] == [{"Ref": queue}]
    assert denied == {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": {"Fn::GetAtt": [queue, "Arn"]},
        "Condition": NOT_TLS,
    }


def test_the_bucket_is_reached_by_tls_alone() -> None:
    (denied,) = policy_statements("ParkedBucketPolicy")
    assert (denied["Effect"], denied["Principal"], denied["Action"], denied["Condition"]) == (
        "Deny",
        "*",
        "s3:*",
        NOT_TLS,
    )
    assert len(denied["Resource"]) == 2


def test_callers_of_the_account_reach_the_topic_by_tls_alone() -> None:
    """Not everyone: a condition that meets EventBridge would stop its mails."""
    denied = [item for item in policy_statements("AlarmTopicPolicy") if item["Effect"] == "Deny"]
    assert [(item["Principal"], item["Condition"]) for item in denied] == [(ACCOUNT, NOT_TLS)]


def test_every_topic_has_a_policy_and_mail_to_subscribers_takes_no_plain_http_from_anybody() -> None:
    covered = {found["Ref"] for each in resources("AWS::SNS::TopicPolicy").values() for found in each["Topics"]}
    assert covered == set(resources("AWS::SNS::Topic"))
    (denied,) = policy_statements("NoticeTopicPolicy")
    assert (denied["Effect"], denied["Principal"], denied["Condition"]) == ("Deny", "*", NOT_TLS)


def test_plain_http_is_let_in_only_where_a_simulated_org_is() -> None:
    assert template()["Conditions"]["HasTlsOnly"] == {"Fn::Equals": [{"Ref": "LoopbackOrigins"}, ""]}
    policies = {**resources("AWS::SQS::QueuePolicy"), **resources("AWS::S3::BucketPolicy")}
    assert {template()["Resources"][name]["Condition"] for name in policies} == {"HasTlsOnly"}


def test_other_accounts_may_send_changes_and_nothing_else() -> None:
    allowed = {
        name: [item for item in policy_statements(name) if item["Effect"] == "Allow"]
        for name in resources("AWS::SQS::QueuePolicy")
    }
    (producers,) = allowed.pop("PushQueuePolicy")
    (events,) = allowed.pop("NoticeQueuePolicy")
    assert events["Principal"] == {"Service": "events.amazonaws.com"}
    assert events["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["NoticeRule", "Arn"]}}}
    (relayed,) = allowed.pop("RelayQueuePolicy")
    assert relayed["Principal"] == {"Service": "events.amazonaws.com"}
    rules = {
        "Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/aws.partner/salesforce.com/*"
    }
    assert relayed["Condition"] == {"ArnLike": {"aws:SourceArn": rules}}
    assert not any(allowed.values())
    assert producers["Principal"] == {"AWS": {"Fn::Split": [",", {"Ref": "ProducerArns"}]}}
    assert set(as_list(producers["Action"])) == {"sqs:SendMessage", "sqs:GetQueueUrl"}


@pytest.mark.parametrize(
    ("arns", "is_taken"),
    [
        ("", True),
        ("arn:aws:iam::123456789012:root", True),
        ("arn:aws:iam::123456789012:role/shop/sender,arn:aws-cn:iam::210987654321:user/ci", True),
        ("*", False),
        ("arn:aws:iam::123456789012:role/*", False),
        ("arn:aws:iam::123456789012:root,", False),
        ("123456789012", False),
    ],
)
def test_producers_are_named_one_by_one(arns: str, is_taken: bool) -> None:
    assert bool(re.fullmatch(template()["Parameters"]["ProducerArns"]["AllowedPattern"], arns)) is is_taken


def test_the_bucket_keeps_versions_for_a_week() -> None:
    bucket = resources("AWS::S3::Bucket")["ParkedBucket"]
    kept = bucket["LifecycleConfiguration"]["Rules"][0]["NoncurrentVersionExpiration"]
    assert (bucket["VersioningConfiguration"], kept) == ({"Status": "Enabled"}, {"NoncurrentDays": 7})


def test_a_firewall_goes_before_the_live_stage_when_one_is_named() -> None:
    association = template()["Resources"]["ApiWebAcl"]
    assert template()["Conditions"]["HasWebAcl"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "WebAclArn"}, ""]}]}
    assert (association["Condition"], association["Properties"]["WebACLArn"]) == ("HasWebAcl", {"Ref": "WebAclArn"})
    assert association["Properties"]["ResourceArn"]["Fn::Sub"].endswith("/restapis/${Api}/stages/${Api.Stage}")
