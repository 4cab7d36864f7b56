"""Exchange, refresh and revoke tokens, one at a time per connection. Trigger: other functions (invoke), EventBridge Scheduler."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.connections.tokens.broker import answered
from causeway.observability import logger, metrics
from causeway.wiring.clients import now_ms
from causeway.wiring.tokens import token_ports

loaded()

RESERVE_MS = 2_000  # to save and answer within the function's own limit


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Run the event's action and answer its result: metadata, never a token or a secret."""
    deadline_ms = now_ms() + context.get_remaining_time_in_millis() - RESERVE_MS
    result = answered(event, token_ports(deadline_ms))
    logger.info("answered", action=event.get("action"), tenant=event.get("tenant"), result=result["result"])
    if event.get("action") == "refresh_due":
        metrics.add_metric("RefreshRuns", MetricUnit.Count, 1)  # an alarm misses it when the schedule stops
        metrics.flush_metrics()
    return result
