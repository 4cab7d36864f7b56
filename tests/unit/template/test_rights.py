"""House rules over the rights of each function in template.yaml."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from causeway.connections.tokens.grants import Purpose

from tests.support.template import as_list, functions, resources, statements, template

EVENTS_ARN = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}"
OF_RELAYS = "events:CreateEventBus events:DeleteEventBus events:PutRule events:DeleteRule events:PutTargets events:RemoveTargets"
ONLY_EMBEDDED = json.dumps(
    {
        "Fn::If": [
            "HasTlsOnly",
            {"Ref": "AWS::NoValue"},
            {"Fn::Sub": f"{EVENTS_ARN}:rule/default/aws.partner/salesforce.com/*"},
        ]
    }
)

# Each with its reason: AWS knows no narrower resource, or the names come to be later.
WILDCARDS = {
    ("xray:PutTraceSegments xray:PutTelemetryRecords", "*"): "X-Ray has no resources",
    (
        "ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DeleteNetworkInterface "
        "ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses",
        "*",
    ): "network interfaces of the static egress come to be later",
    (
        "secretsmanager:CreateSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue secretsmanager:DeleteSecret",
        "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${AWS::StackName}/tenants/*",
    ): "a tenant's secrets come to be when it connects",
    ("sns:Unsubscribe", "*"): "the authorization reference of SNS has no resource type for it",
    (
        OF_RELAYS,
        f"{EVENTS_ARN}:event-bus/aws.partner/salesforce.com/*",
    ): "the bus of a partner event source comes to be later",
    (OF_RELAYS, f"{EVENTS_ARN}:rule/aws.partner/salesforce.com/*"): "rules of such buses come to be later",
    (OF_RELAYS, ONLY_EMBEDDED): "the embedded EventBridge takes such a bus for a rule",
    ("s3:GetObject", "${ParkedBucket.Arn}/*"): "objects of the stack's own bucket",
    ("s3:PutObject", "${ParkedBucket.Arn}/*"): "objects of the stack's own bucket",
}

OF_API_GATEWAY = "ApiLogRole"
roles = sorted(set(resources("AWS::IAM::Role")) - {OF_API_GATEWAY})
each_role = pytest.mark.parametrize("role", roles)


def resource_text(resource: Any) -> str:
    """Return a statement's resource as one text: a literal, a Sub's pattern, or JSON of the rest."""
    if isinstance(resource, str):
        return resource
    return str(resource["Fn::Sub"]) if "Fn::Sub" in resource else json.dumps(resource)


def holders(action: str, resource: str) -> set[str]:
    """Return the roles that may do an action on a resource whose text names `resource`."""
    return {
        role
        for role in roles
        for statement in statements(role)
        if action in as_list(statement["Action"])
        and any(resource in resource_text(item) for item in as_list(statement["Resource"]))
    }


def test_there_is_one_role_for_each_function() -> None:
    assert roles == sorted(name.replace("Function", "Role") for name in functions())


def test_the_one_role_besides_lets_api_gateway_write_logs_and_nothing_else() -> None:
    role = resources("AWS::IAM::Role")[OF_API_GATEWAY]
    trust = role["AssumeRolePolicyDocument"]["Statement"]
    assert [item["Principal"] for item in trust] == [{"Service": "apigateway.amazonaws.com"}]
    managed = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    assert (role["ManagedPolicyArns"], "Policies" in role) == ([{"Fn::Sub": managed}], False)


@each_role
def test_a_role_allows_no_wildcard_action(role: str) -> None:
    assert not [action for statement in statements(role) for action in as_list(statement["Action"]) if "*" in action]


@each_role
def test_a_role_names_its_resources_except_where_none_can_be_named(role: str) -> None:
    wide = {
        (" ".join(as_list(statement["Action"])), resource_text(resource))
        for statement in statements(role)
        for resource in as_list(statement["Resource"])
        if "*" in resource_text(resource)
    }
    assert wide <= set(WILDCARDS)


@each_role
def test_a_role_is_assumed_by_lambda_alone_and_only_allows(role: str) -> None:
    trust = resources("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
    assert [item["Principal"] for item in trust] == [{"Service": "lambda.amazonaws.com"}]
    assert {statement["Effect"] for statement in statements(role)} == {"Allow"}


@each_role
def test_a_role_says_what_each_right_is_for(role: str) -> None:
    named = [statement["Sid"] for statement in statements(role)]
    assert len(set(named)) == len(named)


@each_role
def test_a_role_writes_to_its_own_log_alone(role: str) -> None:
    logs = [statement for statement in statements(role) if "logs:PutLogEvents" in as_list(statement["Action"])]
    assert [statement["Resource"] for statement in logs] == [{"Fn::GetAtt": [role.replace("Role", "LogGroup"), "Arn"]}]


def test_the_token_broker_alone_reads_app_secrets_and_refresh_tokens() -> None:
    assert holders("secretsmanager:GetSecretValue", "AppCredentialsSecret") == {"TokenBrokerRole"}
    assert holders("secretsmanager:GetSecretValue", "/tenants/") == {"TokenBrokerRole"}


def test_the_token_broker_alone_seals_tokens() -> None:
    assert holders("kms:Encrypt", "TokenKey") == {"TokenBrokerRole"}


def test_the_readers_of_access_tokens_open_nothing_that_is_sealed_for_another_purpose() -> None:
    """The embedded AWS denies every encryption context, so the condition holds on AWS alone."""
    readers = holders("kms:Decrypt", "TokenKey") - {"TokenBrokerRole"}
    access_tokens = {"StringEquals": {"kms:EncryptionContext:purpose": get_args(Purpose)[0]}}
    conditions = [
        item["Condition"] for role in readers for item in statements(role) if "kms:Decrypt" in as_list(item["Action"])
    ]
    assert readers == {"ApiRole", "OauthCallbackRole", "PullRole", "PushRole"}
    assert conditions == [{"Fn::If": ["HasEncryptionContexts", access_tokens, {"Ref": "AWS::NoValue"}]}] * 4
    assert template()["Conditions"]["HasEncryptionContexts"] == {"Fn::Equals": [{"Ref": "LoopbackOrigins"}, ""]}


def test_the_functions_that_sign_or_check_links_alone_read_their_key() -> None:
    allowed = {"ApiRole", "OauthAuthorizeRole", "OauthCallbackRole"}
    assert holders("secretsmanager:GetSecretValue", "LinkSigningSecret") == allowed


def test_replay_alone_puts_changes_back_on_the_push_queue() -> None:
    assert holders("sqs:SendMessage", "PushQueue") == {"ReplayRole"}


def test_no_role_may_list_or_scan() -> None:
    actions = {action for role in roles for statement in statements(role) for action in as_list(statement["Action"])}
    assert not [
        action for action in actions if action.endswith((":Scan", ":ListBucket", ":ListSecrets", ":ListTables"))
    ]
