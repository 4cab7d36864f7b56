"""Park what crashed a handler, so that people see it and can redrive it. Trigger: the dead-letter queues (SQS)."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.contract.messages import Delivery
from causeway.errors import RetryableError
from causeway.gateways.aws.queues import first_sent, redriven_syncs
from causeway.observability import logger, metrics
from causeway.parked.dead_letter import park_crashed
from causeway.relay.hints import is_hint
from causeway.wiring.clients import now_ms
from causeway.wiring.tables import parked_table

loaded()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Park each message once, except those whose changes are parked already; have those redelivered that could not be stored."""
    failed = [record["messageId"] for record in event["Records"] if not _is_parked(record)]
    metrics.add_metric("MessagesCrashed", MetricUnit.Count, len(event["Records"]) - len(failed))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_parked(record: dict[str, Any]) -> bool:
    if is_hint(record["body"]):
        logger.warning("a hint crashed; the schedule pulls what it was about", message_id=record["messageId"])
        return True
    if redriven_syncs(record):
        logger.warning("a redriven message crashed; its changes are parked as before", message_id=record["messageId"])
        return True
    times = (int(record["attributes"]["SentTimestamp"]), *first_sent(record)[-1:])
    try:
        park_crashed([Delivery(record["messageId"], record["body"], min(times))], parked_table(), now_ms())
    except RetryableError as error:
        logger.warning("not parked yet", message_id=record["messageId"], code=error.code)
        return False
    return True
