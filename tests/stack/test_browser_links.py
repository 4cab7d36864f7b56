"""The links that `make up` prints open what they say: the console signed in, a connect page, the org's records."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from local.demo.browser_links import BrowserLink, browser_links
from local.demo.stack_client import StackClient

TIMEOUT_S = 150

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def links(stack: dict[str, Any]) -> list[BrowserLink]:
    """Make the links once."""
    return browser_links(StackClient(stack))


def opened(url: str) -> str:
    """Return the page at an address."""
    answer = requests.get(url, timeout=TIMEOUT_S)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(("place", "role"), [(0, "manager"), (1, "operator")])
def test_a_console_link_is_signed_in_to_the_demos_tenant(
    stack: dict[str, Any], links: list[BrowserLink], place: int, role: str
) -> None:
    url = links[place].url
    assert "Causeway" in opened(url)
    [token] = parse_qs(urlsplit(url).fragment)["session"]
    who = requests.get(
        f"{stack['console_url']}/api/session", headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT_S
    ).json()
    assert (who["tenant"], who["role"]) == ("chinook", role)


def test_the_connect_link_names_the_second_tenant(links: list[BrowserLink]) -> None:
    assert "Connect Salesforce to acme" in opened(links[2].url)


def test_the_orgs_link_shows_its_records(links: list[BrowserLink]) -> None:
    assert "Records by sObject" in opened(links[3].url)
