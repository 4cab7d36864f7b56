"""The org fails in passing: the change comes back soon, and after ten deliveries it is kept outside the queue until it goes through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.parked.listing import listed
from causeway.wiring import push as wiring
from causeway.wiring.tables import parked_table

from functions.push import app as push_app
from tests.support.push.stack import Context, PushStack, push_stack
from tests.support.push.world import TENANT, change, contact_sync

PERSON = {"email": "ada@example.com", "last_name": "Lovelace"}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushStack]:
    with push_stack(monkeypatch) as made:
        made.save(contact_sync())
        yield made


def unavailable(stack: PushStack, **times: int) -> None:
    stack.control(
        "POST", "faults", {"do": "error", "kind": "composite", "status": 503, "code": "SERVER_UNAVAILABLE", **times}
    )


def delivered(stack: PushStack, receives: int) -> list[str]:
    """Deliver the one message as if for the n-th time; return what is to come again."""
    (record,) = stack._received("PUSH_QUEUE_URL")
    record["attributes"]["ApproximateReceiveCount"] = str(receives)
    answer = push_app.lambda_handler({"Records": [record]}, Context())
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def deferred(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    seconds: list[int] = []

    def noting() -> Any:
        ports = wiring.push_ports()
        ports.defer = lambda receipt, wait_s: seconds.append(wait_s)
        return ports

    monkeypatch.setattr(push_app, "push_ports", noting)
    return seconds


@pytest.mark.parametrize(("receives", "least", "most"), [(1, 5, 8), (2, 10, 15), (4, 40, 60), (9, 60, 90)])
def test_a_passing_503_is_tried_again_by_the_backoff(
    stack: PushStack, monkeypatch: pytest.MonkeyPatch, receives: int, least: int, most: int
) -> None:
    seconds = deferred(monkeypatch)
    unavailable(stack)
    stack.message(change("k1", **PERSON))
    assert len(delivered(stack, receives)) == 1
    (wait_s,) = seconds
    assert least <= wait_s <= most


def test_after_ten_deliveries_a_change_waits_outside_the_queue_and_goes_on_by_itself(stack: PushStack) -> None:
    unavailable(stack)
    stack.message(change("k1", **PERSON))
    assert delivered(stack, 10) == []
    (outcome,) = stack.outcomes()
    assert (outcome["result"], outcome["code"]) == ("waiting", "org_unavailable")
    assert stack.run_replay()["waiting"] == 0  # not before ten minutes have passed
    ((entry,), _) = listed(parked_table(), TENANT)
    assert (entry["code"], entry["retry_when"]) == ("org_unavailable", "later")
