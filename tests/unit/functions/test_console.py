"""The console's function: the product's dress, who may frame the page, and what cannot widen its policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from functions.console import app
from local.console import build

PRODUCT = "https://app.northwind.example"


@pytest.fixture(autouse=True, scope="module")
def _built() -> None:
    build()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    app.assembled.cache_clear()
    yield
    app.assembled.cache_clear()


def page(**query: str) -> dict[str, Any]:
    return app.lambda_handler({"queryStringParameters": query}, None)


def policy(answer: dict[str, Any]) -> dict[str, str]:
    parts = answer["headers"]["Content-Security-Policy"].split("; ")
    return {name: rest for name, _, rest in (part.partition(" ") for part in parts)}


def test_the_page_carries_the_products_dress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAND_NAME", 'Northwind "CRM" & $more')
    monkeypatch.setenv("BRAND_LOGO_URL", "https://cdn.northwind.example/logo.svg")
    monkeypatch.setenv("BRAND_COLOR", "#00A86B")
    answer = page()
    assert "<title>Northwind &quot;CRM&quot; &amp; $more</title>" in answer["body"]
    assert '<meta name="causeway-color" content="#00A86B">' in answer["body"]
    assert policy(answer)["img-src"] == "data: https://cdn.northwind.example"


@pytest.mark.parametrize(
    "logo", ["https://a.example/x; script-src *", "http://a.example/x", "https://a.example/x y", "javascript:alert(1)"]
)
def test_a_logo_cannot_widen_the_policy(monkeypatch: pytest.MonkeyPatch, logo: str) -> None:
    monkeypatch.setenv("BRAND_LOGO_URL", logo)
    assert policy(page())["img-src"] == "data:"
    assert "causeway-logo" not in page()["body"]


def test_a_colour_or_help_that_is_none_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAND_COLOR", "red;}body{display:none")
    monkeypatch.setenv("SUPPORT_URL", "javascript:alert(1)")
    assert "causeway-color" not in page()["body"]
    assert "causeway-support" not in page()["body"]


def test_nobody_frames_the_console_unless_the_deployment_says_who() -> None:
    for answer in (page(), page(embed="1")):
        assert policy(answer)["frame-ancestors"] == "'none'"
        assert answer["headers"]["X-Frame-Options"] == "DENY"


def test_listed_origins_frame_the_embedded_page_and_never_the_whole_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBED_ORIGINS", f"{PRODUCT},*,https://*.example,{PRODUCT}:8443,https://evil.example/x")
    embedded, whole = page(embed="1"), page()
    assert policy(embedded)["frame-ancestors"] == f"{PRODUCT} {PRODUCT}:8443"
    assert "X-Frame-Options" not in embedded["headers"]
    assert f'content="{PRODUCT} {PRODUCT}:8443"' in embedded["body"]
    assert policy(whole)["frame-ancestors"] == "'none'"
    assert '<meta name="causeway-embed-origins"' not in whole["body"]


def test_the_script_for_products_pages_is_small_and_may_be_loaded_from_anywhere() -> None:
    answer = app.lambda_handler({"pathParameters": {"asset": "embed.js"}}, None)
    assert answer["headers"]["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["headers"]["Content-Type"].startswith("text/javascript")
    assert len(answer["body"]) < 4096
