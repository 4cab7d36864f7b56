"""Keep events for subscriptions, and deliver them. Trigger: NoticeQueue (SQS), filled by the bus and by this function."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
import json
from collections.abc import Callable
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

type Named = tuple[str, str]  # a tenant and one of its subscriptions


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take events in, then deliver for each subscription that is named, once; have those records redelivered that met a fault."""
    ports = subscription_ports()
    due: dict[Named, list[str]] = {}
    failed = [
        each["messageId"] for each in event["Records"] if not _is_done(each["messageId"], _take, each, due, ports)
    ]
    for place, (named, messages) in enumerate(due.items()):
        has_time = _share(context, len(due) - place)
        if not _is_done(messages[0], deliver, *named, ports, has_time):
            failed += messages
    metrics.add_metric("NoticesTaken", MetricUnit.Count, len(event["Records"]) - len(failed))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _take(record: dict[str, Any], due: dict[Named, list[str]], ports: SubscriptionPorts) -> None:
    """Keep an event, or note which subscription is due."""
    body = json.loads(record["body"])
    if "deliver" not in body:
        take_event(body, ports)
        return
    named = body["deliver"]
    due.setdefault((named["tenant"], named["subscription"]), []).append(record["messageId"])


def _share(context: LambdaContext, subscriptions: int) -> Callable[[], bool]:
    """Return whether one of these subscriptions still has time: what is left is shared, so that a slow receiver takes no one else's."""
    left_ms = context.get_remaining_time_in_millis()
    least_ms = max(TIME_LEFT_MS, left_ms - (left_ms - TIME_LEFT_MS) // subscriptions)
    return lambda: context.get_remaining_time_in_millis() > least_ms


def _is_done(message_id: str, work: Callable[..., None], *given: Any) -> bool:
    """Do a record's work; return False when it met a fault, which brings that record back alone."""
    try:
        work(*given)
    except RetryableError as error:
        logger.warning("not done yet", message_id=message_id, code=error.code)
        return False
    except Exception as error:  # noqa: BLE001  # whatever it is, it may not bring the other tenants' records back, too
        fault, frames = type(error).__name__, frames_of(error)
        logger.error("a record could not be handled", message_id=message_id, fault=fault, frames=frames)
        return False
    return True
