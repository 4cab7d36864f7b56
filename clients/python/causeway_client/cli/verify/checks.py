"""All checks of a deployed stack that AWS itself answers."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_client.cli.deployment import Deployment
from causeway_client.cli.doctor.findings import Check, Finding, found
from causeway_client.cli.doctor.functions import check_concurrency
from causeway_client.cli.doctor.stack import DeployedStack
from causeway_client.cli.verify.message import check_message
from causeway_client.cli.verify.rights import check_simulated_rights
from causeway_client.timing import Clock


def verified(deployment: Deployment, clock: Clock) -> Iterator[Finding]:
    """Yield what each check finds: every role against every call, the quotas, and one message through the stack."""
    stack = DeployedStack(deployment)
    checks: dict[str, Check] = {
        "simulation": lambda: check_simulated_rights(stack),
        "concurrency": lambda: check_concurrency(stack),
        "message": lambda: check_message(deployment, clock),
    }
    for name, check in checks.items():
        yield from found(name, check)
