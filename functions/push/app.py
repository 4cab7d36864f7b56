"""Push queued changes into Salesforce. Trigger: PushQueue (SQS)."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.contract.messages import Delivery
from causeway.gateways.aws.queues import REDRIVEN, first_sent, redriven_syncs
from causeway.observability import frames_of, logger, metrics
from causeway.push.backoff import backoff_ms
from causeway.push.batch import Batch, Samples, push_batch
from causeway.push.ports import PushPorts
from causeway.wiring.clients import jitter
from causeway.wiring.deadlines import LambdaDeadline
from causeway.wiring.discovery import field_learner
from causeway.wiring.push import NEEDED_AT_FIRST, push_ports

loaded(*NEEDED_AT_FIRST)

MOST_LOGGED = 20  # crashes of one batch, and frames of each: one defect met by many changes is logged often enough


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Settle the whole batch in as few calls as possible; name the messages to deliver again."""
    return answered(event, context, push_ports(), field_learner().learn)


def answered(
    event: dict[str, Any],
    context: LambdaContext,
    ports: PushPorts,
    learn: Callable[[Samples], None] = lambda samples: None,
) -> dict[str, Any]:
    """Settle the batch of an SQS event and return its partial batch response; `learn` sees which fields were sent."""
    deliveries = [delivery(record) for record in event["Records"]]
    batch = push_batch(deliveries, ports, LambdaDeadline(context))
    _defer(deliveries, batch, ports)
    ports.finish()
    _report(deliveries, batch)
    learn(batch.samples)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in batch.redelivered]}


def delivery(record: Mapping[str, Any]) -> Delivery:
    """Return one SQS record as push takes it."""
    return Delivery(
        message_id=record["messageId"],
        body=record["body"],
        sent_at_ms=int(record["attributes"]["SentTimestamp"]),
        receipt=record["receiptHandle"],
        redriven=REDRIVEN in (record.get("messageAttributes") or {}),
        first_sent=first_sent(record),
        syncs=redriven_syncs(record),
        receives=int(record["attributes"].get("ApproximateReceiveCount", 1)),
    )


def _defer(deliveries: list[Delivery], batch: Batch, ports: PushPorts) -> None:
    """Bring messages back at the time that was asked for, else by the usual backoff."""
    now = ports.now_ms()
    for item in deliveries:
        if item.message_id in batch.redelivered and item.receipt:
            at_ms = batch.redelivered[item.message_id] or now + backoff_ms(item.receives, jitter())
            ports.defer(item.receipt, -(-(at_ms - now) // 1000))


def _report(deliveries: list[Delivery], batch: Batch) -> None:
    for fault in batch.faults:
        logger.error("a tenant's part of the batch failed", fault=type(fault).__name__, frames=frames_of(fault))
    for fault in batch.crashes[:MOST_LOGGED]:
        logger.error(
            "a change could not be handled", fault=type(fault).__name__, frames=frames_of(fault)[-MOST_LOGGED:]
        )
    metrics.add_metric("TenantsFailed", MetricUnit.Count, len(batch.faults))
    metrics.add_metric("MessagesRetried", MetricUnit.Count, len(batch.redelivered))
    metrics.add_metric("ChangesPushed", MetricUnit.Count, batch.changes)
    metrics.add_metric("SalesforceApiCalls", MetricUnit.Count, batch.api_calls)
    for code, count in batch.parked.items():
        data = code == "missing_required_field"
        metrics.add_metric("ChangesMissingFields" if data else "ChangesParked", MetricUnit.Count, count)
    logger.info(
        "settled",
        messages=len(deliveries),
        changes=batch.changes,
        redelivered=len(batch.redelivered),
        api_calls=batch.api_calls,
    )
