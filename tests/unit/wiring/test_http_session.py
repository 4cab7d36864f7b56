"""The session for Salesforce: whose certificates it trusts."""

from __future__ import annotations

import pytest
from causeway.wiring.clients import http_session


def test_salesforces_certificate_is_checked_by_the_usual_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (None, ""):
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        if text is not None:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", text)
        assert http_session.__wrapped__().verify is True


def test_a_bundle_of_the_environment_takes_their_place_while_its_proxies_are_ignored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/opt/authorities.pem")
    session = http_session.__wrapped__()
    settings = session.merge_environment_settings("https://acme.my.salesforce.com", {}, None, None, None)
    assert settings["verify"] == "/opt/authorities.pem"
    assert session.trust_env is False
