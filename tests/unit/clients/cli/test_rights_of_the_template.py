"""The doctor understands every statement of the real template, and notices when any of them is lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from causeway_client.cli.doctor.rights import lacking, named_in
from causeway_client.cli.doctor.stack import TemplateLoader

from tests.support.template import ROOT


def template(path: Path = ROOT / "template.yaml") -> Mapping[str, Any]:
    """Return the template as the doctor reads it."""
    read: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), TemplateLoader)
    return read


RESOURCES = template()["Resources"]
NAMES = {logical: f"physical-{logical}" for logical in RESOURCES}
STATEMENTS = [
    (logical, statement)
    for logical, resource in RESOURCES.items()
    if resource["Type"] == "AWS::IAM::Role"
    for policy in resource["Properties"].get("Policies", ())
    for statement in policy["PolicyDocument"]["Statement"]
]


def as_deployed(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement with the physical names in place of what the template refers to."""
    resources = [f"arn:aws:any:::{NAMES[name]}/*" for name in named_in(statement["Resource"])]
    return {**statement, "Resource": resources or statement["Resource"]}


@pytest.mark.parametrize(
    ("role", "statement"), STATEMENTS, ids=[f"{role}-{each.get('Sid')}" for role, each in STATEMENTS]
)
def test_a_statement_that_is_deployed_is_found_and_one_that_is_lost_is_named(
    role: str, statement: Mapping[str, Any]
) -> None:
    assert list(lacking(role, statement, [as_deployed(statement)], [], NAMES)) == []
    lost = list(lacking(role, statement, [], [], NAMES))
    assert lost
    assert all(str(statement["Sid"]) in finding.message for finding in lost)


@pytest.mark.parametrize(
    ("role", "statement"), STATEMENTS, ids=[f"{role}-{each.get('Sid')}" for role, each in STATEMENTS]
)
def test_a_statement_on_another_resource_is_no_right(role: str, statement: Mapping[str, Any]) -> None:
    if named_in(statement["Resource"]):
        elsewhere = {**statement, "Resource": "arn:aws:any:::another"}
        assert list(lacking(role, statement, [elsewhere], [], NAMES))
