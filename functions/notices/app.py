"""Keep events for subscriptions, and deliver them. Trigger: NoticeQueue (SQS), filled by the bus and by this function."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
import json
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.errors import RetryableError
from causeway.observability import frames_of, logger, metrics
from causeway.subscriptions.delivering import deliver, take_event
from causeway.subscriptions.ports import SubscriptionPorts
from causeway.wiring.subscriptions import subscription_ports

loaded()

TIME_LEFT_MS = 25_000  # one delivery takes 20 s at most


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take events in, then deliver for each subscription that is named once; have those redelivered that another worker is at."""
    ports = subscription_ports()
    failed = [record["messageId"] for record in event["Records"] if not _is_done(record, ports, context)]
    metrics.add_metric("NoticesTaken", MetricUnit.Count, len(event["Records"]) - len(failed))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_done(record: dict[str, Any], ports: SubscriptionPorts, context: LambdaContext) -> bool:
    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > TIME_LEFT_MS

    try:
        body = json.loads(record["body"])
        if "deliver" in body:
            named = body["deliver"]
            return has_time() and deliver(named["tenant"], named["subscription"], ports, has_time)
        take_event(body, ports)
    except RetryableError as error:
        logger.warning("not done yet", message_id=record["messageId"], code=error.code)
        return False
    except Exception as error:  # noqa: BLE001  # whatever it is, it may not bring the other tenants' records back, too
        fault, frames = type(error).__name__, frames_of(error)
        logger.error("a record could not be handled", message_id=record["messageId"], fault=fault, frames=frames)
        return False
    return True
