"""Take change events of orgs as hints that pulls are due. Trigger: RelayQueue (SQS), filled by the rules of partner event buses."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
import json
from collections import defaultdict
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.errors import RetryableError
from causeway.observability import frames_of, logger, metrics
from causeway.relay.gathering import take_hints
from causeway.relay.hints import Hint, hint_of
from causeway.wiring.pull import hint_ports

loaded()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take the hints of the batch, all of one org together; name those whose org could not be looked at."""
    by_org: dict[str, list[tuple[str, Hint]]] = defaultdict(list)
    for record in event["Records"]:
        hint = _hint_in(record)
        if hint is not None:
            by_org[hint.org_id].append((record["messageId"], hint))
    again = [message_id for org_id, hints in by_org.items() if not _taken(org_id, hints) for message_id, _ in hints]
    metrics.add_metric("HintsTaken", MetricUnit.Count, len(event["Records"]) - len(again))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def _hint_in(record: dict[str, Any]) -> Hint | None:
    try:
        hint = hint_of(json.loads(record["body"]))
    except ValueError:
        hint = None
    if hint is None:
        logger.warning("no change event of an org", message_id=record["messageId"])
    return hint


def _taken(org_id: str, hints: list[tuple[str, Hint]]) -> bool:
    try:
        planned = take_hints(org_id, (hint for _, hint in hints), hint_ports())
    except RetryableError as error:
        logger.warning("hints not taken yet", org_id=org_id, code=error.code)
        return False
    except Exception as error:  # noqa: BLE001  # whatever it is, it may not bring the other orgs' hints back, too
        logger.error("hints could not be taken", fault=type(error).__name__, frames=frames_of(error))
        return False
    metrics.add_metric("PullsBroughtForward", MetricUnit.Count, planned)
    return True
