"""The page for an unexpected error: its status says whether the same click may succeed later."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from causeway.api.faults import page_of_fault
from causeway.errors import OrgUnavailable


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "ada@example.com"}}, "GetItem")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OrgUnavailable("Down.", "Wait."), 503),
        (refused("ThrottlingException"), 503),
        (refused("AccessDeniedException"), 500),
        (ValueError("ada@example.com"), 500),
    ],
)
def test_what_passes_is_a_503_and_nothing_of_the_error_is_shown(error: Exception, status: int) -> None:
    made = page_of_fault(error, "r-7")
    assert made["statusCode"] == status
    assert "r-7" in made["body"]
    assert "ada" not in made["body"]
