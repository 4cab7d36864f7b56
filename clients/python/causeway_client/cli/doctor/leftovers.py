"""Whether tables of an earlier stack of the same name are kept, with data that this one does not use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from causeway_client.cli.doctor.findings import Finding
from causeway_client.cli.doctor.stack import DeployedStack

CHECK = "leftovers"
REMEDY = "docs/operations.md, 'Deploy again under an old name', says how to take them over, or what to delete."


def check_leftovers(stack: DeployedStack) -> Iterator[Finding]:
    """Yield a warning for tables that CloudFormation named for this stack and that are none of its resources."""
    own = dict(stack.of_type("AWS::DynamoDB::Table"))
    named = re.compile(rf"{re.escape(stack.deployment.stack)}-(?:{'|'.join(own)})-\w+") if own else None
    pages = stack.deployment.aws("dynamodb").get_paginator("list_tables").paginate()
    tables = [name for page in pages for name in page["TableNames"]]
    kept = sorted(name for name in tables if named and named.fullmatch(name) and name not in own.values())
    if kept:
        message = (
            f"Tables of an earlier stack of this name are kept, and this one does not use them: {', '.join(kept)}."
        )
        yield Finding(CHECK, "warning", message, REMEDY)
    else:
        yield Finding(CHECK, "ok", "No table of an earlier stack of this name is left.")
