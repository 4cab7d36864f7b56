"""Show the connect page and send the admin to Salesforce. Trigger: API Gateway (REST), GET and POST /oauth/authorize."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.api.browser import page_answer, page_request_of
from causeway.api.faults import page_of_fault
from causeway.connections.oauth.connect import follow_link, open_link
from causeway.observability import logger
from causeway.wiring.connect import brand, connect_ports, public_url

loaded()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """GET shows the page and leaves the link unused; POST (Continue) uses the link and answers a page that goes on to Salesforce."""
    request = page_request_of(event)
    try:
        if request.method == "POST":
            answer = follow_link(request.form.get("link", ""), request.form.get("salesforce_url"), connect_ports())
            return page_answer(answer, public_url(), brand())
        shown = open_link(request.query.get("link", ""), request.query.get("salesforce_url"), connect_ports())
        return page_answer(shown, public_url(), brand())
    except Exception as error:  # noqa: BLE001  # API Gateway would show the text of an uncaught error to the browser
        return page_of_fault(error, context.aws_request_id)
