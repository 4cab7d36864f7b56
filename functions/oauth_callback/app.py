"""Take Salesforce's answer to an authorization and say how it went. Trigger: API Gateway (REST), GET /oauth/callback."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.api.browser import page_answer, page_request_of
from causeway.api.faults import page_of_fault
from causeway.connections.oauth.callback import finish
from causeway.observability import logger
from causeway.wiring.connect import brand, callback_ports, public_url

loaded()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Use up the state, exchange the code, and answer the result page or the redirect to the product."""
    request = page_request_of(event)
    try:
        return page_answer(finish(request.query, request.cookies, callback_ports()), public_url(), brand())
    except Exception as error:  # noqa: BLE001  # API Gateway would show the text of an uncaught error to the browser
        return page_of_fault(error, context.aws_request_id)
