"""Return URLs: an allowed one and what is below it pass, everything else is refused."""

from __future__ import annotations

import pytest
from causeway.connections.oauth.return_urls import is_allowed_return

ALLOWED = ("https://app.example/settings", "https://app.example:8443/a/")


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example/settings",
        "https://app.example/settings/crm?x=1%2F..",
        "https://app.example/settings/a..b",
        "https://app.example:8443/a/b",
    ],
)
def test_return_urls_at_or_below_an_allowed_one_pass(url: str) -> None:
    assert is_allowed_return(url, ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example/",
        "https://app.example/settingsevil",
        "https://app.example/settings/../admin",
        "https://app.example/settings/%2e%2e/admin",
        "https://app.example/settings/..%2Fadmin",
        "https://app.example/settings/..%5cadmin",
        "https://app.example/settings/%252e%252e/admin",
        "https://app.example/settings/..;/admin",
        "http://app.example/settings",
        "https://app.example.evil.example/settings",
        "https://app.example@evil.example/settings",
        "https://evil.example/https://app.example/settings",
        "https://user@app.example/settings",
        "https://app.example:443/settings",
        "//app.example/settings",
        "/settings",
        "https://app.example\\settings",
        "https://app.example/settings\r\nSet-Cookie: x",
        "https://app.example/settings#/admin",
        "https://app.example/settings?x=1#",
        "javascript:alert(1)",
        "",
    ],
)
def test_every_other_return_url_is_refused(url: str) -> None:
    assert not is_allowed_return(url, ALLOWED)
