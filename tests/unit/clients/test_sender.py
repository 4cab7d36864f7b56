"""A sender repeats what SQS refused until it is taken, and says what was not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from causeway_client import NotSent, Sender

from tests.support.clients.queues import FakeQueue, Faults, VirtualClock


class ScriptedSqs:
    """Answers one call after another as told; an error is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.batches = list(answers), list[list[dict[str, Any]]]()

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> Mapping[str, Any]:
        self.batches.append(list(Entries))
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)


def failed(*places: int, code: str = "InternalError", fault: bool = False) -> dict[str, Any]:
    return {"Failed": [{"Id": str(each), "Code": code, "Message": "no", "SenderFault": fault} for each in places]}


def refusal(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendMessageBatch")


def changes(count: int) -> list[dict[str, Any]]:
    return [{"key": f"lead-{number}"} for number in range(count)]


def keys(entry: Mapping[str, Any]) -> list[str]:
    return [change["key"] for change in json.loads(entry["MessageBody"])["changes"]]


def a_sender(sqs: Any, clock: VirtualClock | None = None) -> Sender:
    return Sender(sqs, "https://queue", clock=clock or VirtualClock(), chance=lambda: 1.0, attempts=4)


def test_every_message_is_in_the_group_of_its_tenant() -> None:
    sqs = ScriptedSqs()
    sent = a_sender(sqs).send("acme", "lead", changes(1200))
    assert [entry["MessageGroupId"] for batch in sqs.batches for entry in batch] == ["acme"] * 3
    assert (sent.changes, sent.messages, sent.repeats) == (1200, 3, 0)


def test_only_what_was_refused_is_sent_again_after_growing_pauses() -> None:
    sqs, clock = ScriptedSqs(failed(1), failed(0), {}), VirtualClock()
    sent = a_sender(sqs, clock).send("acme", "lead", changes(1500))
    assert [[keys(entry)[0] for entry in batch] for batch in sqs.batches] == [
        ["lead-0", "lead-500", "lead-1000"],
        ["lead-500"],
        ["lead-500"],
    ]
    assert (clock.slept, sent.repeats) == ([0.2, 0.4], 2)


@pytest.mark.parametrize(
    "error",
    [
        refusal("RequestThrottled"),
        refusal("AWS.SimpleQueueService.OverLimit"),
        refusal("Whatever", 503),
        EndpointConnectionError(endpoint_url="https://queue"),
    ],
)
def test_a_throttle_or_a_broken_connection_is_waited_out(error: Exception) -> None:
    sqs = ScriptedSqs(error, {})
    assert a_sender(sqs).send("acme", "lead", changes(1)).repeats == 1


@pytest.mark.parametrize("error", [refusal("AccessDenied", 403), NoCredentialsError()])
def test_what_repeating_cannot_help_stops_at_once(error: Exception) -> None:
    sqs, clock = ScriptedSqs(error), VirtualClock()
    with pytest.raises(NotSent) as stopped:
        a_sender(sqs, clock).send("acme", "lead", changes(1))
    assert (len(sqs.batches), clock.slept) == (1, [])
    assert stopped.value.changes == ({"key": "lead-0"},)


def test_a_message_that_sqs_calls_faulty_stops_at_once() -> None:
    sqs = ScriptedSqs(failed(0, code="InvalidMessageContents", fault=True))
    with pytest.raises(NotSent, match="InvalidMessageContents"):
        a_sender(sqs).send("acme", "lead", changes(1))
    assert len(sqs.batches) == 1


def test_a_throttled_entry_is_repeated_even_where_sqs_calls_it_the_senders_fault() -> None:
    sqs = ScriptedSqs(failed(0, code="RequestThrottled", fault=True), {})
    assert a_sender(sqs).send("acme", "lead", changes(1)).repeats == 1


def test_after_the_last_attempt_the_error_names_every_change_that_was_not_taken() -> None:
    sqs = ScriptedSqs(failed(1), *[failed(0)] * 3)
    with pytest.raises(NotSent) as stopped:
        a_sender(sqs).send("acme", "lead", changes(12 * 500))
    left = [change["key"] for change in stopped.value.changes]
    assert len(sqs.batches) == 4
    assert left == [f"lead-{number}" for number in (*range(500, 1000), *range(5000, 6000))]


def test_progress_is_reported_as_sqs_takes_the_changes() -> None:
    taken: list[int] = []
    a_sender(ScriptedSqs(failed(0), {})).send("acme", "lead", changes(700), on_sent=taken.append)
    assert taken == [200, 500]


def test_nothing_is_lost_on_a_queue_that_refuses_throttles_and_loses_answers() -> None:
    clock = VirtualClock()
    queue = FakeQueue(clock, Faults(refused=0.3, throttled=0.2, lost_answer=0.1))
    Sender(queue, "q", clock=clock, attempts=30).send("acme", "lead", changes(20_000))
    arrived = {key for body in queue.bodies() for key in (change["key"] for change in json.loads(body)["changes"])}
    assert arrived == {change["key"] for change in changes(20_000)}
    assert queue.refusals > 0
