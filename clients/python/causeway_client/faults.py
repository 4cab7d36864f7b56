"""Which failures of an AWS call pass by themselves."""

from __future__ import annotations

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

PASSING_CODES = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "KmsThrottled",
        "OverLimit",
        "RequestThrottled",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def is_passing_code(code: str) -> bool:
    """Return whether an error code, such as `AWS.SimpleQueueService.RequestThrottled`, names something that passes."""
    return code.rpartition(".")[2] in PASSING_CODES


def is_passing(error: Exception) -> bool:
    """Return whether the same call may succeed later: a throttle, a fault of AWS, or a connection that broke."""
    if isinstance(error, (HTTPClientError, NotConnected)):
        return True  # it may have arrived or not
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return is_passing_code(str(error.response.get("Error", {}).get("Code", ""))) or status >= 500 or status == 429
