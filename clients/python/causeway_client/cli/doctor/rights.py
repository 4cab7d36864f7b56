"""Whether every function's role still has the rights that the template gave it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from causeway_client.cli.doctor.findings import Finding
from causeway_client.cli.doctor.stack import DeployedStack

CHECK = "rights"
REMEDY = "Deploy the stack again, or give the right back."
_NAMED = re.compile(r"\$\{(\w+)")


def check_rights(stack: DeployedStack) -> Iterator[Finding]:
    """Yield a problem for each right that a role lacks or that is denied to it, or one finding that all is well."""
    roles = [
        (logical, resource["Properties"])
        for logical, resource in stack.template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and logical in stack.names  # some are made on a condition only
    ]
    problems = [problem for logical, wanted in roles for problem in _problems(stack, logical, wanted)]
    yield from problems
    if not problems:
        yield Finding(CHECK, "ok", f"Every role ({len(roles)}) has the rights that the template gives it.")


def _problems(stack: DeployedStack, logical: str, wanted: Mapping[str, Any]) -> Iterator[Finding]:
    iam, role = stack.deployment.aws("iam"), stack.names.get(logical, "")
    function = logical.removesuffix("Role") + "Function"
    try:
        inline = [_inline(iam, role, name) for name in _inline_names(iam, role)]
    except iam.exceptions.NoSuchEntityException:
        yield Finding(CHECK, "problem", f"The role of {function} is gone.", REMEDY)
        return
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    present = [statement for document in inline for statement in _statements(document)]
    extra = [_managed(iam, policy["PolicyArn"]) for policy in attached]
    denied = [each for each in (*present, *(s for d in extra for s in _statements(d))) if each["Effect"] == "Deny"]
    allowed = [statement for statement in present if statement["Effect"] == "Allow"]
    for policy in wanted.get("Policies", ()):
        for statement in _statements(policy["PolicyDocument"]):
            yield from lacking(function, statement, allowed, denied, stack.names)
    yield from _detached(stack, function, wanted, {policy["PolicyArn"] for policy in attached})


def lacking(
    function: str,
    wanted: Mapping[str, Any],
    allowed: list[Mapping[str, Any]],
    denied: list[Mapping[str, Any]],
    names: Mapping[str, str],
) -> Iterator[Finding]:
    """Yield what one statement of the template gives and the role does not have, one finding for each action."""
    targets = sorted(named_in(wanted["Resource"]))
    what = f"on {', '.join(targets)}" if targets else ""
    for action in _listed(wanted["Action"]):
        if any(_is_about(action, deny) for deny in denied):
            yield Finding(CHECK, "problem", f"{function} is denied {action} {what}".rstrip() + ".", REMEDY)
        elif not any(_is_about(action, allow) and _covers(allow, targets, names) for allow in allowed):
            sid = wanted.get("Sid", "without a Sid")
            sentence = f"{function} may not {action} {what}".rstrip() + f" any more (statement {sid} of its role)."
            yield Finding(CHECK, "problem", sentence, REMEDY)


def _detached(stack: DeployedStack, function: str, wanted: Mapping[str, Any], attached: set[str]) -> Iterator[Finding]:
    for policy in wanted.get("ManagedPolicyArns", ()):
        logical = policy.get("Ref", "") if isinstance(policy, Mapping) else ""
        if logical and stack.names.get(logical) not in attached:
            yield Finding(CHECK, "problem", f"{logical} is not attached to the role of {function}.", REMEDY)


def _is_about(action: str, statement: Mapping[str, Any]) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in _listed(statement.get("Action", ())))


def _covers(statement: Mapping[str, Any], targets: Iterable[str], names: Mapping[str, str]) -> bool:
    """Return whether a statement names each resource that the template names, by its physical name."""
    resources = [str(each) for each in _listed(statement.get("Resource", ()))]
    wanted = [names.get(target, "").rpartition("/")[2] for target in targets]
    return all(any(name in resource or resource == "*" for resource in resources) for name in wanted)


def named_in(value: Any) -> set[str]:
    """Return the logical ids that a value refers to."""
    if isinstance(value, list):
        return {name for each in value for name in named_in(each)}
    if not isinstance(value, Mapping):
        return set()
    if "Ref" in value:
        return {value["Ref"]} - {name for name in [value["Ref"]] if name.startswith("AWS::")}
    if "Fn::GetAtt" in value:
        of = value["Fn::GetAtt"]
        return {of[0] if isinstance(of, list) else of.partition(".")[0]}
    if "Fn::Sub" in value:
        text = value["Fn::Sub"]
        return set(_NAMED.findall(text if isinstance(text, str) else text[0])) - {"AWS"}
    return {name for each in value.values() for name in named_in(each)}


def _inline_names(iam: Any, role: str) -> list[str]:
    names: list[str] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return names


def _inline(iam: Any, role: str, name: str) -> Any:
    return _decoded(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])


def _managed(iam: Any, arn: str) -> Any:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return _decoded(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _decoded(document: Any) -> Any:
    return json.loads(unquote(document)) if isinstance(document, str) else document


def _statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return _listed(document.get("Statement", ()))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
