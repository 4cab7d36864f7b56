"""Logs an unexpected error by kind and place, and answers a page with the number to quote."""

from __future__ import annotations

from typing import Any

from causeway.connections.pages.connect_pages import fault_page
from causeway.connections.pages.html import page_headers
from causeway.errors import RetryableError
from causeway.gateways.aws.faults import passes
from causeway.observability import frames_of, logger


def page_of_fault(error: Exception, request_id: str) -> dict[str, Any]:
    """Return the answer for an unexpected error; its text, which may contain a secret, is neither logged nor shown."""
    logger.error("unexpected fault", fault=type(error).__name__, frames=frames_of(error))
    return {
        "statusCode": 503 if isinstance(error, RetryableError) or passes(error) else 500,
        "headers": page_headers(shown := fault_page(request_id), https=False),
        "body": shown.html,
        "isBase64Encoded": False,
    }
