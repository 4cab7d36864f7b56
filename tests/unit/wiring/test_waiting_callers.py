"""Nobody who waits for an answer is kept waiting longer than API Gateway allows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import requests
from causeway.errors import RetryableError
from causeway.wiring import orgs

from tests.support.api.fakes import FakeOrg

API_GATEWAY_S = 29


class HangingSession:
    """An HTTP session whose calls all time out; it keeps how long they would have waited."""

    def __init__(self) -> None:
        self.proxies: dict[str, str] = {}
        self.waited_s: list[float] = []

    def request(self, method: str, url: str, *, timeout: tuple[float, float], **options: Any) -> requests.Response:
        self.waited_s.append(sum(timeout))
        raise requests.ReadTimeout


@pytest.mark.parametrize("call", ["describe", "composite"])
def test_an_org_that_hangs_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    session, access = HangingSession(), FakeOrg().access
    stored = SimpleNamespace(access=lambda tenant: access, note_usage=lambda tenant, usage: None)
    monkeypatch.setattr(orgs, "stored_access", lambda: stored)
    monkeypatch.setattr(orgs, "http_session", lambda: session)
    org = orgs.answering_org_of("acme")
    with pytest.raises(RetryableError):
        org.describe("Lead") if call == "describe" else org.composite([{}])
    assert max(session.waited_s) < API_GATEWAY_S
