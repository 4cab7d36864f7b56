"""
Every role of the stack against every call that any of them may make, answered by IAM's own simulator.

A role must be allowed what the template gives it, whatever boundaries and organization policies there are, and nothing that the
template gives to others alone, whatever was attached to it since.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import unquote

from causeway_client.cli.doctor.findings import Finding
from causeway_client.cli.doctor.stack import DeployedStack

CHECK = "simulation"
REMEDY = (
    "Look for a permissions boundary, an organization policy or a policy attached by hand; then deploy the stack again."
)
# What template.yaml names in conditions: an access token is opened for this purpose.
CONTEXT = [
    {
        "ContextKeyName": "kms:EncryptionContext:purpose",
        "ContextKeyValues": ["access-token"],
        "ContextKeyType": "string",
    }
]


class Right(NamedTuple):
    """One action on one resource (an ARN, perhaps with wildcards) that a role's policies allow."""

    action: str
    resource: str

    @property
    def example(self) -> str:
        """Return a resource to simulate with: one that the right covers."""
        return self.resource if self.resource == "*" else self.resource.replace("*", "probe")


def check_simulated_rights(stack: DeployedStack) -> Iterator[Finding]:
    """Yield a problem for each call that a role may make and should not, or should and may not."""
    iam = stack.deployment.aws("iam")
    roles = {
        logical: name for logical, name in stack.of_type("AWS::IAM::Role") if logical in stack.template["Resources"]
    }
    given = {logical: list(_rights(iam, stack, logical, name)) for logical, name in roles.items()}
    calls = sorted({(right.action, right.example) for rights in given.values() for right in rights})
    problems = [
        problem for logical, name in roles.items() for problem in _problems(iam, logical, name, given[logical], calls)
    ]
    yield from problems
    if not problems:
        yield Finding(
            CHECK,
            "ok",
            f"IAM's simulator agrees with the template: {len(roles)} roles, each against {len(calls)} calls.",
        )


def _problems(
    iam: Any, logical: str, name: str, own: Iterable[Right], calls: Iterable[tuple[str, str]]
) -> Iterator[Finding]:
    arn = iam.get_role(RoleName=name)["Role"]["Arn"]
    own = list(own)
    by_resource: dict[str, list[str]] = defaultdict(list)
    for action, resource in calls:
        by_resource[resource].append(action)
    for resource, actions in by_resource.items():
        for action, is_allowed in _simulated(iam, arn, actions, resource):
            is_given = any(_covers(right, action, resource) for right in own)
            if is_given and not is_allowed:
                yield Finding(
                    CHECK, "problem", f"{logical} may not {action} on {resource}, which the template gives it.", REMEDY
                )
            elif is_allowed and not is_given:
                yield Finding(
                    CHECK,
                    "problem",
                    f"{logical} may {action} on {resource}, which the template does not give it.",
                    REMEDY,
                )


def _simulated(iam: Any, role: str, actions: list[str], resource: str) -> Iterator[tuple[str, bool]]:
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=role, ActionNames=actions, ResourceArns=[resource], ContextEntries=CONTEXT
    )
    for page in pages:
        for result in page["EvaluationResults"]:
            yield result["EvalActionName"], result["EvalDecision"] == "allowed"


def _covers(right: Right, action: str, resource: str) -> bool:
    return fnmatchcase(action.lower(), right.action.lower()) and fnmatchcase(resource, right.resource)


def _rights(iam: Any, stack: DeployedStack, logical: str, name: str) -> Iterator[Right]:
    """Yield what the role's own policies, and those of the stack that the template attaches, allow."""
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        yield from _allowed(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
    for attached in stack.template["Resources"][logical].get("Properties", {}).get("ManagedPolicyArns", ()):
        arn = stack.names.get(attached.get("Ref", "")) if isinstance(attached, Mapping) else None
        if arn:
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            yield from _allowed(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _allowed(document: Any) -> Iterator[Right]:
    whole = json.loads(unquote(document)) if isinstance(document, str) else document
    for statement in _listed(whole["Statement"]):
        if statement["Effect"] == "Allow":
            for action in _listed(statement["Action"]):
                for resource in _listed(statement["Resource"]):
                    yield Right(action, resource)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
