"""The stack as CloudFormation knows it: what it was deployed from, and the names of its resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from causeway_client.cli.deployment import Deployment


class TemplateLoader(yaml.SafeLoader):
    """Reads templates with the short forms of intrinsic functions (`!Ref`, `!GetAtt`, `!Sub`)."""


def _intrinsic(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any = None
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


TemplateLoader.add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True)
class DeployedStack:
    """Reads a stack, each part once."""

    deployment: Deployment

    @cached_property
    def names(self) -> dict[str, str]:
        """Return physical names by logical id."""
        return {logical: name for logical, (name, _) in self._resources.items()}

    def of_type(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yield logical id and physical name of every resource of a type, such as AWS::Lambda::Function."""
        for logical, (name, found) in self._resources.items():
            if found == kind:
                yield logical, name

    @cached_property
    def template(self) -> Mapping[str, Any]:
        """Return the template that was deployed, intrinsic functions in their long form."""
        answer = self.deployment.aws("cloudformation").get_template(StackName=self.deployment.stack)
        body = answer["TemplateBody"]
        template: Mapping[str, Any] = yaml.load(body, TemplateLoader) if isinstance(body, str) else body
        return template

    @cached_property
    def _resources(self) -> dict[str, tuple[str, str]]:
        pages = self.deployment.aws("cloudformation").get_paginator("list_stack_resources")
        return {
            item["LogicalResourceId"]: (item.get("PhysicalResourceId", ""), item["ResourceType"])
            for page in pages.paginate(StackName=self.deployment.stack)
            for item in page["StackResourceSummaries"]
        }
