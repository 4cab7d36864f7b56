"""The README of the Python client works as it is written, from top to bottom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api.stack import an_api_stack
from tests.support.clients.aws import a_queue, bodies, put
from tests.support.clients.messages import event_body, outcomes_body, records_body
from tests.support.clients.served_api import served
from tests.support.clients.snippets import python_snippets
from tests.support.template import ROOT

README = ROOT / "clients" / "python" / "README.md"


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Let the addresses that the README reads from the environment be a stack of this process; return its queues."""
    with an_api_stack() as stack, served(stack) as url:
        push, outbound = a_queue("push"), a_queue("outbound")
        for name, value in {
            "PUSH_QUEUE_URL": push,
            "OUTBOUND_QUEUE_URL": outbound,
            "CAUSEWAY_URL": url,
            "AWS_DEFAULT_REGION": "eu-central-1",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        put(outbound, outcomes_body("lead-123"), records_body("p1", "lead-7"), event_body("e1"))
        yield push, outbound


def test_every_snippet_runs(queues: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    snippets = python_snippets(README)
    known: dict[str, Any] = {}
    for snippet in snippets:
        exec(compile(snippet, str(README), "exec"), known)
    printed = capsys.readouterr().out
    (sent,) = [json.loads(body) for body in bodies(queues[0])]
    known["database"].close()
    assert len(snippets) == 4
    assert [change["key"] for change in sent["changes"]] == ["lead-123", "lead-124"]
    assert sent["changes"][1]["fields"]["phone"] is None
    assert "Sent(changes=2, messages=1, repeats=0)" in printed
    assert "lead-123 created None None" in printed
    assert "updated 003000000000001AAA {'first_name': 'Ada'}" in printed
    assert "connection.status_changed acme" in printed
    assert "Open this in Ada's browser: http" in printed
    assert "not_found" in printed
