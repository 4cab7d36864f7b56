"""`causeway doctor` says in a sentence what is wrong with a deployment, and exits 1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.credentials import Credentials
from causeway.connections.connection import Status
from causeway_client import CausewayApi

from tests.support.clients.aws import bodies
from tests.support.clients.deployed_stack import CONSUME, NAMES, PARK, DeployedParts, a_deployed_stack
from tests.support.clients.deployment import CliStack, a_deployment, with_api
from tests.support.clients.http import Answer, session_to
from tests.support.connections.factories import an_aws_client

ROLE, ALARM = NAMES["PushRole"][0], NAMES["PushErrorsAlarm"][0]


@dataclass(frozen=True)
class Patient:
    """A deployment with a stack behind it."""

    stack: CliStack
    parts: DeployedParts

    def examined(self) -> tuple[int, dict[str, Any]]:
        typed = self.stack.type("doctor", "--json")
        return typed.code, json.loads(typed.out)

    def problems(self) -> list[str]:
        """Return the sentences of all problems; there is exit code 1 for them."""
        code, document = self.examined()
        found = [each["message"] for each in document["findings"] if each["level"] == "problem"]
        assert (code, document["ok"]) == ((1, False) if found else (0, True))
        return found


@pytest.fixture(scope="module")
def running() -> Iterator[CliStack]:
    with pytest.MonkeyPatch.context() as environment, a_deployment(environment) as stack:
        yield stack


@pytest.fixture
def patient(running: CliStack) -> Iterator[Patient]:
    iam = an_aws_client("iam")
    parts = a_deployed_stack()
    healthy = running.deployment
    running.deployment = replace(healthy, aws=parts.aws)
    yield Patient(running, parts)
    running.deployment = healthy
    for policy in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        iam.delete_role_policy(RoleName=ROLE, PolicyName=name)
    iam.delete_role(RoleName=ROLE)
    iam.delete_policy(PolicyArn=parts.trace_policy)


def test_a_healthy_deployment_is_all_well(patient: Patient) -> None:
    code, document = patient.examined()
    assert (code, document["ok"], document["stack"]) == (0, True, "causeway")
    levels = {each["check"]: each["level"] for each in document["findings"]}
    assert set(levels) == {
        "api",
        "functions",
        "triggers",
        "rights",
        "queues",
        "alarms",
        "concurrency",
        "leftovers",
        "connections",
        "quotas",
        "messages",
    }
    assert set(levels.values()) == {"ok"}, document["findings"]


def test_people_read_a_table(patient: Patient) -> None:
    typed = patient.stack.type("doctor")
    assert typed.code == 0
    assert "All is well." in typed.out


def test_a_right_that_is_lost_is_named_with_function_resource_and_statement(patient: Patient) -> None:
    patient.parts.allow(CONSUME)
    assert patient.problems() == [
        "PushFunction may not s3:PutObject on ParkedBucket any more (statement ParkLargeChanges of its role)."
    ]


def test_an_action_that_is_lost_from_a_statement_is_named(patient: Patient) -> None:
    patient.parts.allow({**CONSUME, "Action": ["sqs:ReceiveMessage"]}, PARK)
    assert patient.problems() == [
        "PushFunction may not sqs:DeleteMessage on PushQueue any more (statement ConsumeChanges of its role)."
    ]


def test_a_right_on_another_resource_is_none(patient: Patient) -> None:
    patient.parts.allow(CONSUME, {**PARK, "Resource": "arn:aws:s3:::another-bucket/*"})
    assert len(patient.problems()) == 1


def test_all_rights_at_once(patient: Patient) -> None:
    an_aws_client("iam").delete_role_policy(RoleName=ROLE, PolicyName="push")
    assert len(patient.problems()) == 3


def test_wider_rights_are_enough(patient: Patient) -> None:
    patient.parts.allow({"Sid": "All", "Effect": "Allow", "Action": "*"})
    assert patient.problems() == []


def test_a_denial_and_a_detached_policy_are_seen(patient: Patient) -> None:
    patient.parts.allow(CONSUME, PARK, {"Sid": "No", "Effect": "Deny", "Action": "s3:*"})
    an_aws_client("iam").detach_role_policy(RoleName=ROLE, PolicyArn=patient.parts.trace_policy)
    assert patient.problems() == [
        "PushFunction is denied s3:PutObject on ParkedBucket.",
        "TracePolicy is not attached to the role of PushFunction.",
    ]


def test_a_dead_letter_is_a_problem(patient: Patient) -> None:
    an_aws_client("sqs").send_message(QueueUrl=patient.stack.deployment.push_dlq_url, MessageBody="crashed")
    assert patient.problems() == ["1 messages crashed the push function and are not parked yet."]
    assert bodies(patient.stack.deployment.push_dlq_url) == ["crashed"]


def test_an_alarm_that_rings_says_what_to_look_at(patient: Patient) -> None:
    an_aws_client("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="test")
    assert patient.problems() == ["PushErrorsAlarm rings. PushFunction fails; its log says why"]
    an_aws_client("cloudwatch").delete_alarms(AlarmNames=[ALARM])
    assert patient.problems() == ["Alarms are gone: PushErrorsAlarm."]


def test_a_queue_that_starts_nothing_any_more_is_a_problem(patient: Patient) -> None:
    patient.parts.functions.trigger = "Disabled"
    (problem,) = patient.problems()
    assert problem == "causeway-PushQueue-1 does not start PushFunction: its event source mapping is Disabled."
    patient.parts.functions.trigger = None
    assert patient.problems() == ["No queue starts a function."]


def test_a_function_that_cannot_run_is_a_problem(patient: Patient) -> None:
    patient.parts.functions.configuration |= {"State": "Failed", "StateReason": "The image is gone"}
    patient.parts.functions.reserved = 0
    assert patient.problems() == [
        "PushFunction is Failed: The image is gone",
        "PushFunction is switched off: its reserved concurrency is 0.",
    ]


def concurrency(patient: Patient) -> tuple[int, str, str, str]:
    code, document = patient.examined()
    (found,) = [each for each in document["findings"] if each["check"] == "concurrency"]
    return code, found["level"], found["message"], found["remedy"]


def test_an_account_of_ten_runs_at_once_is_a_warning_that_says_what_to_raise(patient: Patient) -> None:
    patient.parts.functions.allowed = 10
    code, level, message, remedy = concurrency(patient)
    assert (code, level) == (0, "warning")
    assert message == "The account allows 10 runs at once; the queues may take 4 and leave 6 to the rest."
    assert "Raise the quota of concurrent executions to 14 at least" in remedy
    assert "--quota-code L-B99A9384 --desired-value 1000" in remedy


def test_queues_that_take_every_run_at_once_are_a_problem(patient: Patient) -> None:
    patient.parts.functions.allowed, patient.parts.functions.most = 10, 9
    code, level, message, _ = concurrency(patient)
    assert (code, level) == (1, "problem")
    assert message.endswith("the queues may take 9 and leave 1 to the rest.")


def test_a_trigger_without_a_bound_counts_as_one(patient: Patient) -> None:
    patient.parts.functions.most = None
    assert "the queues may take 1 and" in concurrency(patient)[2]


def test_tables_of_an_earlier_stack_of_the_name_are_named(patient: Patient) -> None:
    tables, own = an_aws_client("dynamodb"), "causeway-ConfigTable-NEW"
    patient.parts.cloudformation.names = {
        **patient.parts.cloudformation.names,
        "ConfigTable": (own, "AWS::DynamoDB::Table"),
    }
    names = [own, "causeway-ConfigTable-OLD1", "causeway-other-ConfigTable-X", "mine"]
    for name in names:
        tables.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
    code, document = patient.examined()
    for name in names:
        tables.delete_table(TableName=name)
    (found,) = [each for each in document["findings"] if each["check"] == "leftovers"]
    assert (code, found["level"]) == (0, "warning")
    assert found["message"].endswith("does not use them: causeway-ConfigTable-OLD1.")


def test_a_connection_that_needs_its_admin_is_a_problem(patient: Patient) -> None:
    patient.stack.push.connected(status=Status.RECONNECTION_REQUIRED, cause="grant_ended")
    (problem,) = patient.problems()
    patient.stack.push.connected()
    assert problem.startswith("acme must be connected again")


def test_an_api_that_does_not_answer_is_a_problem_and_the_rest_is_looked_at(patient: Patient) -> None:
    api = CausewayApi(
        "http://api.test",
        credentials=Credentials("test", "test"),
        region="eu-central-1",
        session=session_to(lambda call: Answer(500, {"message": "Internal server error"})),
        clock=patient.stack.clock,
    )
    patient.stack.deployment = with_api(patient.stack.deployment, api)
    code, document = patient.examined()
    levels = {each["check"]: each["level"] for each in document["findings"]}
    assert (code, levels["api"], levels["connections"], levels["rights"]) == (1, "problem", "unknown", "ok")


def test_what_could_not_be_looked_at_is_said_so(patient: Patient) -> None:
    patient.parts.cloudformation.gone = True
    typed = patient.stack.type("doctor")
    assert "AWS did not let us look: Stack with id causeway does not exist" in typed.out
    assert "All is well." not in typed.out
