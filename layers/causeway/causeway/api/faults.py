"""The page of an unexpected fault: logged by its kind and place, shown as a number to quote."""

from __future__ import annotations

from typing import Any

from causeway.connections.pages.connect_pages import fault_page
from causeway.connections.pages.html import page_headers
from causeway.errors import RetryableError
from causeway.observability import frames_of, logger


def page_of_fault(error: Exception, request_id: str) -> dict[str, Any]:
    """Return the answer for an error that nothing else explains; its text, which may hold a secret, goes nowhere."""
    logger.error("unexpected fault", fault=type(error).__name__, frames=frames_of(error))
    return {
        "statusCode": 503 if isinstance(error, RetryableError) else 500,
        "headers": page_headers(shown := fault_page(request_id), https=False),
        "body": shown.html,
        "isBase64Encoded": False,
    }
