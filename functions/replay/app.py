"""Send waiting and redriven changes back to the push queue. Trigger: EventBridge Scheduler."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.observability import frames_of, logger, metrics
from causeway.wiring.clients import now_ms
from causeway.wiring.deadlines import LambdaDeadline
from causeway.wiring.push import replay

loaded()


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Send back what can go on now, and return how much."""
    now = now_ms()
    done = replay().tick(now, LambdaDeadline(context))
    counts = {
        "waiting": done.waiting,
        "redriven": done.redriven,
        "still_waiting": done.still_waiting,
        "failed": done.failed,
    }
    metrics.add_metric("ChangesReplayed", MetricUnit.Count, done.waiting + done.redriven)
    metrics.add_metric("TenantsWaiting", MetricUnit.Count, done.still_waiting)
    metrics.add_metric("OldestWaitingS", MetricUnit.Seconds, done.oldest_waiting_s(now))
    for fault in done.faults:
        logger.error("a tenant's changes could not be sent back", fault=type(fault).__name__, frames=frames_of(fault))
    logger.info("replayed", extra=counts)
    return counts
