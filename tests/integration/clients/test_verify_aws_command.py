"""`causeway verify-aws` believes AWS, not the template: what IAM's simulator says, and the outcome of a message of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support.clients.deployed_stack import NAMES, DeployedParts, a_deployed_stack
from tests.support.clients.deployment import CliStack, a_deployment
from tests.support.connections.factories import an_aws_client

ROLE = NAMES["PushRole"][0]
DENIED = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}]}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass
class SimulatingIam:
    """moto's IAM, with a simulator that reads all policies of a role and of the organization."""

    genuine: Any
    organization: Mapping[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.genuine, name)

    def get_paginator(self, operation: str) -> SimulatingIam:
        assert operation == "simulate_principal_policy"
        return self

    def paginate(
        self, *, PolicySourceArn: str, ActionNames: list[str], ResourceArns: list[str], ContextEntries: Any
    ) -> Iterator[Mapping[str, Any]]:
        statements = list(self._statements(PolicySourceArn.rpartition("/")[2]))
        (resource,) = ResourceArns
        yield {"EvaluationResults": [self._result(statements, action, resource) for action in ActionNames]}

    def _result(self, statements: list[Mapping[str, Any]], action: str, resource: str) -> Mapping[str, Any]:
        effects = {each["Effect"] for each in statements if _matches(each, action, resource)}
        decision = "explicitDeny" if "Deny" in effects else "allowed" if "Allow" in effects else "implicitDeny"
        return {"EvalActionName": action, "EvalDecision": decision}

    def _statements(self, role: str) -> Iterator[Mapping[str, Any]]:
        for name in self.genuine.list_role_policies(RoleName=role)["PolicyNames"]:
            yield from self.genuine.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
        for policy in self.genuine.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
            arn = policy["PolicyArn"]
            version = self.genuine.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = self.genuine.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
            yield from document["Statement"]
        yield from (self.organization or {}).get("Statement", ())


def _matches(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    def listed(value: Any) -> list[str]:
        return value if isinstance(value, list) else [value]

    return any(fnmatchcase(action, each) for each in listed(statement["Action"])) and any(
        fnmatchcase(resource, each) for each in listed(statement["Resource"])
    )


@dataclass
class Verified:
    stack: CliStack
    parts: DeployedParts
    iam: SimulatingIam

    def findings(self) -> tuple[int, dict[str, list[dict[str, str]]]]:
        typed = self.stack.type("verify-aws", "--json")
        found: dict[str, list[dict[str, str]]] = {}
        for each in json.loads(typed.out)["findings"]:
            found.setdefault(each["check"], []).append(each)
        return typed.code, found


@pytest.fixture(scope="module")
def running() -> Iterator[CliStack]:
    with pytest.MonkeyPatch.context() as environment, a_deployment(environment) as stack:
        yield stack


@pytest.fixture
def deployed(running: CliStack) -> Iterator[Verified]:
    genuine, healthy, parts = an_aws_client("iam"), running.deployment, a_deployed_stack()
    iam = SimulatingIam(genuine)
    running.deployment = replace(healthy, aws=lambda service: iam if service == "iam" else parts.aws(service))
    yield Verified(running, parts, iam)
    running.deployment = healthy
    for policy in genuine.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        genuine.detach_role_policy(RoleName=ROLE, PolicyArn=policy["PolicyArn"])
        genuine.delete_policy(PolicyArn=policy["PolicyArn"])
    for name in genuine.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        genuine.delete_role_policy(RoleName=ROLE, PolicyName=name)
    genuine.delete_role(RoleName=ROLE)


def test_a_healthy_stack_agrees_with_its_template_and_brings_a_message_back(deployed: Verified) -> None:
    code, found = deployed.findings()
    assert code == 0
    assert {check: [each["level"] for each in findings] for check, findings in found.items()} == {
        "simulation": ["ok"],
        "concurrency": ["ok"],
        "message": ["ok"],
    }
    assert "skipped, not_connected" in found["message"][0]["message"]


def test_a_call_that_an_organization_forbids_is_named(deployed: Verified) -> None:
    deployed.iam.organization = DENIED
    code, found = deployed.findings()
    (problem,) = found["simulation"]
    assert code == 1
    assert problem["message"].startswith("PushRole may not s3:PutObject on arn:aws:s3:::causeway-parkedbucket-1/probe")


def test_a_call_that_a_policy_attached_by_hand_allows_is_named(deployed: Verified) -> None:
    iam = an_aws_client("iam")
    narrow = {**EVERYTHING, "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
    deployed.parts.allow({"Sid": "ConsumeChanges", "Effect": "Allow", "Action": ["sqs:ReceiveMessage"]})
    arn = iam.create_policy(PolicyName="by-hand", PolicyDocument=json.dumps(narrow))["Policy"]["Arn"]
    iam.create_role(RoleName="causeway-ApiRole-1", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="causeway-ApiRole-1", PolicyArn=arn)
    names = {**deployed.parts.cloudformation.names, "EgressRole": ("causeway-ApiRole-1", "AWS::IAM::Role")}
    deployed.parts.cloudformation.names = names
    code, found = deployed.findings()
    iam.detach_role_policy(RoleName="causeway-ApiRole-1", PolicyArn=arn)
    iam.delete_role(RoleName="causeway-ApiRole-1")
    iam.delete_policy(PolicyArn=arn)
    assert code == 1
    assert [each["message"].partition(" on ")[0] for each in found["simulation"]] == [
        "EgressRole may sqs:ReceiveMessage"
    ]


def test_a_message_that_never_comes_back_is_a_problem(deployed: Verified) -> None:
    work = deployed.stack.clock.work
    deployed.stack.stopped()
    code, found = deployed.findings()
    deployed.stack.clock.work = work
    deployed.stack.push.run_push()
    assert code == 1
    assert found["message"][0]["level"] == "problem"
