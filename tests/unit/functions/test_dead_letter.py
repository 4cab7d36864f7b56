"""The example events of messages that crashed: each is parked, with its body, for people to see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from causeway.parked.entries import Parked

from functions.dead_letter import app
from tests.support.connections.stack import a_lambda_context

EVENTS = Path(__file__).parents[3] / "events" / "dead_letter"
TENANTS = {"a_pull_crashed": "acme", "a_push_crashed": "acme", "a_notice_crashed": "_unreadable"}


class Store:
    def __init__(self) -> None:
        self.kept: list[Parked] = []

    def put(self, entries: Sequence[Parked]) -> None:
        self.kept += entries

    def mark_waiting(self, tenant: str) -> None:
        return


@pytest.mark.parametrize("path", sorted(EVENTS.glob("*.json")), ids=lambda path: path.stem)
def test_the_example_is_parked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, event = Store(), json.loads(path.read_text())
    monkeypatch.setattr(app, "parked_table", lambda: store)
    assert app.lambda_handler(event, a_lambda_context()) == {"batchItemFailures": []}
    (entry,) = store.kept
    assert (entry.tenant, entry.code, entry.body) == (TENANTS[path.stem], "crashed", event["Records"][0]["body"])
