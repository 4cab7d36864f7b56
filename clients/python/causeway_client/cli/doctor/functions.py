"""Whether the functions can run: their state, their triggers, the account's concurrency, and their versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from causeway_client.cli.doctor.findings import Finding
from causeway_client.cli.doctor.stack import DeployedStack

FOR_THE_API = 10  # runs at once that the API, the schedules and the token broker need beside the queues


def check_functions(stack: DeployedStack) -> Iterator[Finding]:
    """Yield a problem for a function that cannot run or is throttled to nothing."""
    client, versions, broken = stack.deployment.aws("lambda"), set[str](), False
    functions = list(stack.of_type("AWS::Lambda::Function"))
    for logical, name in functions:
        found = client.get_function(FunctionName=name)
        configuration = found["Configuration"]
        versions.add(f"{configuration.get('Runtime')} on {'/'.join(configuration.get('Architectures', ['x86_64']))}")
        if configuration.get("State", "Active") not in ("Active", "Inactive"):
            broken = True
            reason = configuration.get("StateReason", "no reason given")
            yield Finding("functions", "problem", f"{logical} is {configuration['State']}: {reason}")
        if found.get("Concurrency", {}).get("ReservedConcurrentExecutions") == 0:
            broken = True
            yield Finding("functions", "problem", f"{logical} is switched off: its reserved concurrency is 0.")
    if not broken:
        yield Finding("functions", "ok", f"All {len(functions)} functions can run ({', '.join(sorted(versions))}).")


def check_triggers(stack: DeployedStack) -> Iterator[Finding]:
    """Yield a problem for each queue that no longer starts its function."""
    client, count, off = stack.deployment.aws("lambda"), 0, False
    for logical, name in stack.of_type("AWS::Lambda::Function"):
        for mapping in client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            count += 1
            if mapping.get("State") not in ("Enabled", "Enabling", "Creating", "Updating"):
                off = True
                queue = mapping.get("EventSourceArn", "").rpartition(":")[2]
                message = f"{queue} does not start {logical}: its event source mapping is {mapping.get('State')}."
                yield Finding("triggers", "problem", message, "Enable the mapping, or deploy the stack again.")
    if count == 0:
        yield Finding("triggers", "problem", "No queue starts a function.", "Deploy the stack again.")
    elif not off:
        yield Finding("triggers", "ok", f"All {count} queues start their functions.")


def check_concurrency(stack: DeployedStack) -> Iterator[Finding]:
    """Yield a warning when the account allows fewer runs at once than the queues may ask for."""
    limits = stack.deployment.aws("lambda").get_account_settings()["AccountLimit"]
    allowed = int(limits.get("UnreservedConcurrentExecutions", limits["ConcurrentExecutions"]))
    wanted = sum(_most(resource) for resource in stack.template["Resources"].values()) + FOR_THE_API
    if allowed < wanted:
        yield Finding(
            "concurrency",
            "warning",
            f"The account allows {allowed} runs of functions at once, and this stack may need {wanted}.",
            "Ask for a higher quota of concurrent executions in Service Quotas.",
        )
    else:
        yield Finding(
            "concurrency", "ok", f"The account allows {allowed:,} runs at once; this stack may need {wanted}."
        )


def _most(resource: Any) -> int:
    """Return how many runs at once the triggers of one resource allow."""
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::Lambda::EventSourceMapping":
        return _concurrency(properties)
    events = properties.get("Events", {}) if resource["Type"] == "AWS::Serverless::Function" else {}
    return sum(_concurrency(event.get("Properties", {})) for event in events.values())


def _concurrency(properties: Any) -> int:
    most = properties.get("ScalingConfig", {}).get("MaximumConcurrency", 0)
    return most if isinstance(most, int) else 0
