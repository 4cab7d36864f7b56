"""One HTTP session serves every tenant: no cookie of one org is kept or sent, and connections are reused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from causeway.wiring import clients
from requests.adapters import HTTPAdapter

from local.org.serving import OrgServer
from tests.support.push.world import served


@pytest.fixture
def org() -> Iterator[OrgServer]:
    with served() as server:
        requests.patch(f"{server.origin}/_control/settings", json={"cookies": True}, timeout=10).raise_for_status()
        yield server


@pytest.fixture
def session() -> Iterator[requests.Session]:
    clients.http_session.cache_clear()
    yield clients.http_session()
    clients.http_session().close()
    clients.http_session.cache_clear()


def cookies_sent(org: OrgServer, session: requests.Session) -> list[str]:
    for _ in range(2):
        answer = session.get(f"{org.origin}/services/data", timeout=10)
        assert "Set-Cookie" in answer.headers
    return [entry.cookie for entry in org.org.audit.entries if entry.cookie]


def test_no_cookie_is_kept_or_sent(org: OrgServer, session: requests.Session) -> None:
    assert cookies_sent(org, session) == []
    assert len(session.cookies) == 0


def test_an_ordinary_session_would_send_them(org: OrgServer) -> None:
    with requests.Session() as ordinary:
        assert cookies_sent(org, ordinary)


def test_every_thread_keeps_its_connection_to_an_org(session: requests.Session) -> None:
    adapter = session.get_adapter("https://acme.my.salesforce.com")
    assert isinstance(adapter, HTTPAdapter)
    pool = adapter.poolmanager.connection_from_url("https://acme.my.salesforce.com")
    assert pool.pool is not None
    assert pool.pool.maxsize == clients.THREADS
