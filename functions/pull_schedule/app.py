"""Queue one job for each sync whose pull is due. Trigger: EventBridge Scheduler, every minute."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.observability import logger, metrics
from causeway.pull.schedule import queue_due_pulls
from causeway.wiring.clients import now_ms
from causeway.wiring.deadlines import LambdaDeadline
from causeway.wiring.messaging import pull_queues
from causeway.wiring.tables import due_sync_table

loaded()


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Queue what is due and answer how many jobs that were."""
    queued = queue_due_pulls(due_sync_table(), pull_queues(), now_ms, LambdaDeadline(context))
    metrics.add_metric("PullsQueued", MetricUnit.Count, queued)
    logger.info("queued", pulls=queued)
    return {"queued": queued}
