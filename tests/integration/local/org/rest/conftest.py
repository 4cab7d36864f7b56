"""One served org for all tests here; each test starts with a reset one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.org.rest_client import OrgClient, served_org


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    """Serve one org while the tests run."""
    with served_org() as url:
        yield url


@pytest.fixture
def org(origin: str) -> Iterator[OrgClient]:
    """Give a client of an org that is as at its start."""
    client = OrgClient(origin)
    client.control("POST", "reset", {})
    client.log_in()
    yield client
    client.close()
