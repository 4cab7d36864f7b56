"""Pages wear the product's dress, and load nothing for it but the logo."""

from __future__ import annotations

import base64
import hashlib
import re

from causeway.api.browser import page_answer
from causeway.connections.access.links import ConnectLink
from causeway.connections.brand import Brand
from causeway.connections.oauth.login_address import LoginAddress
from causeway.connections.oauth.ports import Answer
from causeway.connections.pages.connect_pages import TO_PRODUCT, connect_page
from causeway.connections.pages.html import Back

HTTPS = "https://connect.example"
BRAND = Brand("North <&> wind", "https://cdn.example.com/logo.svg", "#ffff00", "https://help.example.com/a?b=1&c=2")
LINK = ConnectLink("id", "acme", "ada", "manager", 2**53)


def shown(brand: Brand) -> tuple[str, str]:
    """Return the connect page and its policy."""
    address = LoginAddress("https://login.salesforce.com")
    page = connect_page(LINK, "text", address, HTTPS, Back("https://app.example/x", TO_PRODUCT), brand.name)
    answer = page_answer(Answer(page), HTTPS, brand)
    return answer["body"], answer["headers"]["Content-Security-Policy"]


def test_the_page_says_which_product_wants_to_connect_for_whom() -> None:
    html, _ = shown(BRAND)
    assert "<h1>North &lt;&amp;&gt; wind wants to connect to Salesforce for acme</h1>" in html
    assert (
        '<header><img src="https://cdn.example.com/logo.svg" alt=""><span>North &lt;&amp;&gt; wind</span></header>'
        in html
    )
    assert '<a href="https://help.example.com/a?b=1&amp;c=2">Help</a>' in html


def test_the_policy_allows_the_logo_and_exactly_the_styles_of_the_page() -> None:
    html, policy = shown(BRAND)
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles]
    assert f"style-src {' '.join(hashes)};" in policy
    assert "img-src https://cdn.example.com" in policy
    light, dark = re.findall(r"--accent:(#[0-9a-f]{6})", styles[-1])
    assert (light != "#ffff00", dark) == (True, "#ffff00")  # yellow can be read on dark alone


def test_without_a_brand_nothing_is_added() -> None:
    html, policy = shown(Brand())
    assert "<h1>Connect Salesforce to acme</h1>" in html
    assert "<header>" not in html
    assert "<footer>" not in html
    assert "img-src" not in policy
    assert len(re.findall("<style>", html)) == 1
