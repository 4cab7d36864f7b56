"""The Python of the pages about the API and about messages runs as it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.api.stack import an_api_stack
from tests.support.clients.aws import a_queue, bodies
from tests.support.clients.served_api import served
from tests.support.snippets.found import snippets
from tests.support.template import ROOT

API, MESSAGES = ROOT / "docs" / "api.md", ROOT / "docs" / "messages.md"


def python_of(page: Path) -> str:
    """Return the one Python block of a page."""
    (text,) = [each.text for each in snippets((page,)) if each.language == "python" or each.text.startswith("import ")]
    return text


def test_the_page_about_the_api_makes_a_link_and_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    known: dict[str, Any] = {}
    with an_api_stack() as stack, served(stack) as url:
        text = python_of(API).replace("https://….execute-api.eu-central-1.amazonaws.com", url)
        exec(compile(text, str(API.name), "exec"), known)
    assert API.name == "api.md"
    assert "/oauth/authorize?link=" in known["link"]["url"]
    assert "/console#" in known["session"]["console_url"]


def test_the_page_about_messages_sends_changes_500_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    known: dict[str, Any] = {}
    with an_api_stack():
        queue = a_queue("push")
        exec(compile(python_of(MESSAGES), "messages.md", "exec"), known)
        known["send_changes"](queue, "acme", "lead", [{"key": str(number), "fields": {}} for number in range(501)])
        sent = [json.loads(body) for body in bodies(queue)]
    assert sorted(len(message["changes"]) for message in sent) == [1, 500]
