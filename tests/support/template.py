"""template.yaml as data: intrinsic functions in their long form, resources by type."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
Resource = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!GetAtt A.B` becomes {"Fn::GetAtt": ["A", "B"]}."""


def _intrinsic(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if tag == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _intrinsic)


@cache
def template() -> dict[str, Any]:
    """Return the whole template."""
    loaded: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), _Loader)
    return loaded


def resources(kind: str) -> dict[str, Resource]:
    """Return the properties of every resource of a type (`AWS::SQS::Queue`), by logical id."""
    found = template()["Resources"].items()
    return {name: item.get("Properties", {}) for name, item in found if item["Type"] == kind}


def functions() -> dict[str, Resource]:
    """Return the properties of every function, by logical id."""
    return resources("AWS::Serverless::Function")


def folder(function: Resource) -> str:
    """Return the name of a function's folder, which is its name everywhere else."""
    return str(function["CodeUri"]).strip("/").rpartition("/")[2]


def of_preset(value: Any, preset: str) -> int:
    """Return a number of the mapping PushTimings."""
    mapping, chosen, name = value["Fn::FindInMap"]
    assert (mapping, chosen) == ("PushTimings", {"Ref": "PushTiming"})
    return int(template()["Mappings"][mapping][preset][name])


def events(kind: str) -> list[tuple[str, Resource]]:
    """Return (function's logical id, event properties) of every event of a type (`SQS`, `Api`, `ScheduleV2`)."""
    return [
        (name, event["Properties"])
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == kind
    ]


def statements(role: str) -> list[Resource]:
    """Return the statements of a role, its shared managed policies included; conditional policies as if they applied."""
    properties = template()["Resources"][role]["Properties"]
    inline = [policy["PolicyDocument"] for policy in properties["Policies"]]
    managed = [
        template()["Resources"][name]["Properties"]["PolicyDocument"] for name in _refs(properties["ManagedPolicyArns"])
    ]
    return [statement for document in [*inline, *managed] for statement in document["Statement"]]


def policy_statements(policy: str) -> list[Resource]:
    """Return the statements of a queue's, topic's or bucket's policy; conditional statements as if they applied."""
    document = template()["Resources"][policy]["Properties"]["PolicyDocument"]
    return [item["Fn::If"][1] if "Fn::If" in item else item for item in document["Statement"]]


def _refs(value: Any) -> Iterator[str]:
    """Yield every logical id that a value refers to."""
    if isinstance(value, dict):
        if "Ref" in value and not value["Ref"].startswith("AWS::"):
            yield value["Ref"]
        for item in value.values():
            yield from _refs(item)
    if isinstance(value, list):
        for item in value:
            yield from _refs(item)


def as_list(value: Any) -> list[Any]:
    """Return a value that CloudFormation allows to be one or many as many."""
    return value if isinstance(value, list) else [value]
