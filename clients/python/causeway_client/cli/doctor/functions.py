"""Whether the functions can run: their state, their triggers, the account's concurrency, and their versions."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_client.cli.doctor.findings import Finding
from causeway_client.cli.doctor.stack import DeployedStack

FOR_THE_REST = 10  # runs at once that the API, the schedules and the token broker need beside the queues
LEAST_FOR_THE_REST = 2  # without which a push waits for the token broker, and people for pages
QUOTA = "L-B99A9384"  # Service Quotas: Lambda, concurrent executions


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
    """Yield how many runs at once the queues leave to the API and the token broker; fewer than two are a problem."""
    limits = stack.deployment.aws("lambda").get_account_settings()["AccountLimit"]
    allowed = int(limits.get("UnreservedConcurrentExecutions", limits["ConcurrentExecutions"]))
    taken = _taken_by_queues(stack)
    left = max(0, allowed - taken)
    message = (
        f"The account allows {allowed:,} runs at once; the queues may take {taken:,} and leave {left:,} to the rest."
    )
    wanted = taken + FOR_THE_REST
    if allowed >= wanted:
        yield Finding("concurrency", "ok", message)
        return
    ask = (
        "aws service-quotas request-service-quota-increase --service-code lambda"
        f" --quota-code {QUOTA} --desired-value {max(wanted, 1_000)}"
    )
    remedy = f"Raise the quota of concurrent executions to {wanted:,} at least: {ask}. Until then lower PushConcurrency or PullConcurrency."
    yield Finding("concurrency", "warning" if left >= LEAST_FOR_THE_REST else "problem", message, remedy)


def _taken_by_queues(stack: DeployedStack) -> int:
    """Return how many runs at once the queues may start, as deployed; one without a bound counts as one."""
    client = stack.deployment.aws("lambda")
    mappings = [
        mapping
        for _, name in stack.of_type("AWS::Lambda::Function")
        for mapping in client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    ]
    return sum(int(mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 1)) for mapping in mappings)
