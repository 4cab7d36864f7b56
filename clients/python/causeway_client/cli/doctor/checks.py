"""All checks, in the order in which a person would look."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_client.cli.deployment import Deployment
from causeway_client.cli.doctor.alarms import check_alarms
from causeway_client.cli.doctor.findings import Check, Finding, found
from causeway_client.cli.doctor.functions import check_concurrency, check_functions, check_triggers
from causeway_client.cli.doctor.leftovers import check_leftovers
from causeway_client.cli.doctor.queues import check_queues
from causeway_client.cli.doctor.rights import check_rights
from causeway_client.cli.doctor.service import check_api, check_connections, check_quotas, check_unreadable
from causeway_client.cli.doctor.stack import DeployedStack


def findings(deployment: Deployment) -> Iterator[Finding]:
    """Yield what every check finds."""
    api, stack = deployment.api, DeployedStack(deployment)
    checks: dict[str, Check] = {
        "api": lambda: check_api(api),
        "functions": lambda: check_functions(stack),
        "triggers": lambda: check_triggers(stack),
        "rights": lambda: check_rights(stack),
        "queues": lambda: check_queues(deployment),
        "alarms": lambda: check_alarms(stack),
        "concurrency": lambda: check_concurrency(stack),
        "leftovers": lambda: check_leftovers(stack),
        "connections": lambda: check_connections(api),
        "quotas": lambda: check_quotas(api),
        "messages": lambda: check_unreadable(api),
    }
    for name, check in checks.items():
        yield from found(name, check)
