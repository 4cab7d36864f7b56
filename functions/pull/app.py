"""Read one sync's changed records page by page and hand them to the product. Trigger: PullQueue (SQS, one job at a time)."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.errors import CausewayError, RetryableError, Unforeseen
from causeway.gateways.aws.pull_queues import job_of
from causeway.observability import frames_of, logger, metrics
from causeway.pull.run import pull_sync
from causeway.wiring.deadlines import LambdaDeadline
from causeway.wiring.pull import pull_ports

loaded()


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Run each job; name those to deliver again."""
    again = [record["messageId"] for record in event["Records"] if not _is_done(record, context)]
    metrics.add_metric("PullJobsRetried", MetricUnit.Count, len(again))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def _is_done(record: dict[str, Any], context: LambdaContext) -> bool:
    """Run one job; a failure that a person must solve is in the history, and the schedule queues the sync again."""
    try:
        job = job_of(record["body"])
        ended = pull_sync(job, pull_ports(), LambdaDeadline(context), _deliveries(record))
        logger.info("pulled", tenant=job.tenant, sync=job.sync, hop=job.hop, ended=str(ended))
    except RetryableError as error:
        logger.warning("to be tried again", code=error.code)
        return False
    except Unforeseen as error:
        metrics.add_metric("PullDefects", MetricUnit.Count, 1)
        logger.error("pull met a defect", frames=frames_of(error.__cause__ or error))
    except CausewayError as error:
        metrics.add_metric("PullsFailed", MetricUnit.Count, 1)
        logger.error("pull failed", code=error.code)
    return True


def _deliveries(record: dict[str, Any]) -> int:
    """Return how often SQS gave this job: more than once means that its worker ended without an answer."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
