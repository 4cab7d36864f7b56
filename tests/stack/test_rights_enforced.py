"""The deny matrix: with IAM enforced, each function's role may do what its policy in the template says and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.stack.deploy import deployed
from local.stack.places import STACK_NAME
from tests.stack.probes import Probe, probes
from tests.support.template import as_list, folder, functions, statements

DENIALS = ("AccessDenied", "AccessDeniedException", "AuthorizationError")


@pytest.fixture(scope="session")
def names(stack: dict[str, Any]) -> dict[str, str]:
    """Return the physical name of each resource by its logical id."""
    return deployed(stack["aws_endpoint"]).names


def resource_key(resource: Any) -> str:
    """Return a policy's resource in the probes' words: `ConfigTable`, `ConfigTable/index/due`, `tenants/*`, `public-url`."""
    if isinstance(resource, str):
        return resource
    if "Ref" in resource:
        return str(resource["Ref"])
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    if "Fn::If" in resource:
        return json.dumps(resource)
    pattern = resource["Fn::Sub"].replace(".Arn}", "}")
    tail = re.search(r"\$\{AWS::StackName\}/(.+)$", pattern)
    return tail[1] if tail else pattern.replace("${", "").replace("}", "")


def allowed(function: str) -> set[tuple[str, str]]:
    """Return the (action, resource) pairs that a function's role has in the template."""
    return {
        (action, resource_key(resource))
        for statement in statements(function.replace("Function", "Role"))
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def is_denied(client: Any, probe: Probe) -> bool:
    """Tell whether a call is refused for want of a right; any other failure means that the right was there."""
    try:
        getattr(client, probe.operation)(**probe.parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"]).startswith(DENIALS)
    return False


def clients_of(role_arn: str, stack: dict[str, Any], aws: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a maker of clients that act as a role."""
    session = aws("sts").assume_role(RoleArn=role_arn, RoleSessionName="probe")["Credentials"]
    own = boto3.Session(
        session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"], region_name=stack["region"]
    )
    once = Config(retries={"total_max_attempts": 1})
    make: Callable[..., Any] = own.client
    return lambda service: make(service, endpoint_url=stack["aws_endpoint"], config=once)


@pytest.mark.stack
@pytest.mark.parametrize("function", sorted(functions()), ids=lambda name: folder(functions()[name]))
def test_a_function_may_do_what_the_template_says_and_nothing_else(
    function: str, stack: dict[str, Any], aws: Callable[[str], Any], names: dict[str, str]
) -> None:
    role = aws("lambda").get_function(FunctionName=names[function])["Configuration"]["Role"]
    client = clients_of(role, stack, aws)
    asked = probes(names, STACK_NAME)
    clients = {service: client(service) for service in {probe.service for probe in asked}}
    done = {(probe.action, probe.resource) for probe in asked if not is_denied(clients[probe.service], probe)}
    assert done == {(probe.action, probe.resource) for probe in asked} & allowed(function)


@pytest.mark.stack
def test_the_probes_can_see_a_right_that_should_not_be_there(
    stack: dict[str, Any], aws: Callable[[str], Any], names: dict[str, str]
) -> None:
    """A role that may do everything is denied nothing: the refusals above come from the policies, not from the probes."""
    every = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    iam = aws("iam")
    trust = iam.get_role(RoleName=names["PushRole"])["Role"]["AssumeRolePolicyDocument"]
    role = iam.create_role(RoleName="probe-of-everything", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName="probe-of-everything", PolicyName="everything", PolicyDocument=every)
    client = clients_of(role["Arn"], stack, aws)
    harmless = [probe for probe in probes(names, STACK_NAME) if not probe.action.startswith(("ssm:Put", "sqs:Purge"))]
    assert [probe for probe in harmless if is_denied(client(probe.service), probe)] == []
