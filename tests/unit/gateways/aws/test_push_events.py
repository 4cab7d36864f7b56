"""What a batch's outcomes become on the event bus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from causeway.contract.outcomes import Outcome, Result
from causeway.gateways.aws.push_events import PushEvents


class Bus:
    """An event bus that keeps what it is given, call by call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Sequence[Mapping[str, object]]]] = []

    def publish_all(self, kind: str, details: Sequence[Mapping[str, object]]) -> None:
        if details:
            self.calls.append((kind, details))


def fired(number: int, kind: str = "matched") -> dict[str, object]:
    return {"id": f"e{number}", "signal": "vip", "edge": kind, "values": {"fields.score": 9}}


def test_signals_of_a_whole_batch_leave_together_and_parked_changes_are_counted_by_code() -> None:
    signalled = [Outcome(f"k{number}", Result.UPDATED, "s", edges=(fired(number),)) for number in range(30)]
    refused = [Outcome(f"r{number}", Result.REJECTED, code="invalid_message") for number in range(3)]
    bus = Bus()
    PushEvents(bus).matched("acme", "lead", [*signalled, *refused])
    (signals, matched), (parked, counted) = bus.calls
    assert (signals, len(matched), matched[0]["signal"]) == ("signal.matched", 30, "vip")
    assert (parked, counted) == (
        "change.parked",
        [{"tenant": "acme", "source": "lead", "code": "invalid_message", "count": 3}],
    )


def test_a_signal_that_ends_is_an_event_of_its_own() -> None:
    bus = Bus()
    PushEvents(bus).matched("acme", "lead", [Outcome("k", Result.UPDATED, "s", edges=(fired(1), fired(2, "ended")))])
    assert [(kind, details[0]["id"]) for kind, details in bus.calls] == [
        ("signal.matched", "e1"),
        ("signal.ended", "e2"),
    ]


def test_a_signal_that_only_holds_is_no_event() -> None:
    bus = Bus()
    PushEvents(bus).matched("acme", "lead", [Outcome("k", Result.UPDATED, "s", signals=("vip",))])
    assert bus.calls == []
