"""The HTTP API for backends (`/v1`, IAM) and browsers (`/console/api`, session). Trigger: API Gateway (REST)."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.observability import frames_of, logger
from causeway.wiring.api import UseCases

loaded()

use_cases = UseCases()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return respond(event, ROUTES, use_cases, log_fault)


def log_fault(request_id: str, error: Exception) -> None:
    """Log an unexpected fault."""
    logger.error("unexpected fault", request=request_id, fault=type(error).__name__, frames=frames_of(error))
