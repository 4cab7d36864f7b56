"""Whether an alarm of the stack rings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched

from causeway_client.cli.doctor.findings import Finding
from causeway_client.cli.doctor.stack import DeployedStack

AT_ONCE = 100  # CloudWatch limit: names of one DescribeAlarms


def check_alarms(stack: DeployedStack) -> Iterator[Finding]:
    """Yield a problem for each alarm that rings; its own description says what to look at."""
    names = {name: logical for logical, name in stack.of_type("AWS::CloudWatch::Alarm")}
    ringing, present = [], set[str]()
    for some in batched(names, AT_ONCE, strict=False):
        for alarm in stack.deployment.aws("cloudwatch").describe_alarms(AlarmNames=list(some))["MetricAlarms"]:
            present.add(alarm["AlarmName"])
            if alarm["StateValue"] == "ALARM":
                ringing.append((names[alarm["AlarmName"]], alarm.get("AlarmDescription", "")))
    for logical, description in ringing:
        yield Finding("alarms", "problem", f"{logical} rings. {description}".strip())
    missing = sorted(logical for name, logical in names.items() if name not in present)
    if missing:
        yield Finding("alarms", "problem", f"Alarms are gone: {', '.join(missing)}.", "Deploy the stack again.")
    if not ringing and not missing:
        yield Finding("alarms", "ok", f"None of {len(names)} alarms rings.")
