"""A small stack for `causeway doctor`: IAM and CloudWatch of moto, CloudFormation and Lambda by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.support.connections.factories import an_aws_client

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CONSUME = {"Sid": "ConsumeChanges", "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"]}
PARK = {"Sid": "ParkLargeChanges", "Effect": "Allow", "Action": "s3:PutObject"}
TEMPLATE = """
Resources:
  PushRole:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [!Ref TracePolicy]
      Policies:
        - PolicyName: push
          PolicyDocument:
            Statement:
              - {Sid: ConsumeChanges, Effect: Allow, Action: [sqs:ReceiveMessage, sqs:DeleteMessage], Resource: !GetAtt PushQueue.Arn}
              - {Sid: ParkLargeChanges, Effect: Allow, Action: s3:PutObject, Resource: !Sub "${ParkedBucket.Arn}/*"}
  EgressRole: {Type: AWS::IAM::Role, Condition: HasStaticEgress, Properties: {}}
  PushFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.lambda_handler
"""
NAMES = {
    "PushQueue": ("https://sqs.test/123456789012/causeway-PushQueue-1", "AWS::SQS::Queue"),
    "ParkedBucket": ("causeway-parkedbucket-1", "AWS::S3::Bucket"),
    "PushRole": ("causeway-PushRole-1", "AWS::IAM::Role"),
    "PushFunction": ("causeway-PushFunction-1", "AWS::Lambda::Function"),
    "PushErrorsAlarm": ("causeway-PushErrorsAlarm-1", "AWS::CloudWatch::Alarm"),
}
ARNS = {
    "ConsumeChanges": "arn:aws:sqs:eu-central-1:123456789012:causeway-PushQueue-1",
    "ParkLargeChanges": "arn:aws:s3:::causeway-parkedbucket-1/*",
}


@dataclass
class FakeCloudFormation:
    """Knows one stack until it is `gone`."""

    names: Mapping[str, tuple[str, str]]
    gone: bool = False

    def get_template(self, *, StackName: str) -> Mapping[str, Any]:
        self._check(StackName)
        return {"TemplateBody": TEMPLATE}

    def get_paginator(self, operation: str) -> FakeCloudFormation:
        assert operation == "list_stack_resources"
        return self

    def paginate(self, *, StackName: str) -> Iterator[Mapping[str, Any]]:
        self._check(StackName)
        for logical, (name, kind) in self.names.items():
            item = {"LogicalResourceId": logical, "PhysicalResourceId": name, "ResourceType": kind}
            yield {"StackResourceSummaries": [item]}

    def _check(self, stack: str) -> None:
        if self.gone:
            error: Any = {"Code": "ValidationError", "Message": f"Stack with id {stack} does not exist"}
            raise ClientError({"Error": error}, "GetTemplate")


@dataclass
class FakeLambda:
    """Knows one function with one trigger."""

    configuration: dict[str, Any] = field(default_factory=lambda: {"Runtime": "python3.13", "State": "Active"})
    reserved: int | None = None
    trigger: str | None = "Enabled"
    allowed: int = 1_000
    most: int | None = 4

    def get_function(self, *, FunctionName: str) -> Mapping[str, Any]:
        concurrency = {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}
        return {"Configuration": self.configuration, "Concurrency": concurrency}

    def list_event_source_mappings(self, *, FunctionName: str) -> Mapping[str, Any]:
        scaling = {} if self.most is None else {"ScalingConfig": {"MaximumConcurrency": self.most}}
        mapping = {"State": self.trigger, "EventSourceArn": ARNS["ConsumeChanges"], **scaling}
        return {"EventSourceMappings": [mapping] if self.trigger else []}

    def get_account_settings(self) -> Mapping[str, Any]:
        return {"AccountLimit": {"ConcurrentExecutions": self.allowed, "UnreservedConcurrentExecutions": self.allowed}}


@dataclass
class DeployedParts:
    """The clients of the small stack, and its names."""

    cloudformation: FakeCloudFormation
    functions: FakeLambda
    trace_policy: str

    def aws(self, service: str) -> Any:
        """Return the client of a service."""
        own = {"cloudformation": self.cloudformation, "lambda": self.functions}
        return own.get(service) or an_aws_client(service)

    def allow(self, *statements: Mapping[str, Any]) -> None:
        """Let the push function's role have these statements only, each on what the template names."""
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Resource": ARNS.get(str(each["Sid"]), "*"), **each} for each in statements],
        }
        an_aws_client("iam").put_role_policy(
            RoleName=NAMES["PushRole"][0], PolicyName="push", PolicyDocument=json.dumps(document)
        )


def a_deployed_stack() -> DeployedParts:
    """Make a stack that has everything its template says."""
    iam = an_aws_client("iam")
    iam.create_role(RoleName=NAMES["PushRole"][0], AssumeRolePolicyDocument=json.dumps(TRUST))
    trace = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "xray:Put*", "Resource": "*"}]}
    arn = iam.create_policy(PolicyName="trace", PolicyDocument=json.dumps(trace))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=NAMES["PushRole"][0], PolicyArn=arn)
    an_aws_client("cloudwatch").put_metric_alarm(
        AlarmName=NAMES["PushErrorsAlarm"][0],
        AlarmDescription="PushFunction fails; its log says why",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    names = {**NAMES, "TracePolicy": (arn, "AWS::IAM::ManagedPolicy")}
    parts = DeployedParts(FakeCloudFormation(names), FakeLambda(), arn)
    parts.allow(CONSUME, PARK)
    return parts
