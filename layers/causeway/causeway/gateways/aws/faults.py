"""Passing faults of AWS services as StoreUnavailable; others (denied, malformed) are faults of the deployment and are not changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from causeway.errors import StoreUnavailable

_PASSING = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "Throttling",
        "TransactionConflictException",
        "InternalServerError",
        "InternalFailure",
        "InternalError",
        "ServiceUnavailable",
        "SlowDown",
        "RequestTimeout",
    }
)


def is_passing_code(code: str) -> bool:
    """Return whether AWS means by this code that the same request may succeed later."""
    return code in _PASSING


def passes(error: Exception) -> bool:
    """Return whether the same request may succeed later."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return is_passing_code(error.response.get("Error", {}).get("Code", "")) or status >= 500
    return isinstance(error, (ConnectionError, HTTPClientError))


@contextmanager
def passing_faults(message: str) -> Iterator[None]:
    """Raise StoreUnavailable with `message` in place of a fault that passes."""
    try:
        yield
    except (ClientError, ConnectionError, HTTPClientError) as error:
        if passes(error):
            raise StoreUnavailable(message, "Nothing needs to be done; it is tried again.") from error
        raise
