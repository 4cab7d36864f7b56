"""A pulled record's signal is an event once, when it begins to hold; a worker that dies repeats the event under the same id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from causeway.errors import StoreUnavailable
from causeway.syncs.sync import Signal

from tests.support.pull.factories import a_pull
from tests.support.pull.fakes import MemorySignals
from tests.support.pull.world import PullWorld, pull_world

PEOPLE = (("last_name", "LastName"), ("phone", "Phone"))
SIGNALS: dict[str, Any] = {
    "countess": Signal(when="record.Title == 'Countess'", ended=True),
    "owner_changed": Signal(changed="record.OwnerId"),
}


@pytest.fixture
def w() -> Iterator[PullWorld]:
    with pull_world(a_pull(*PEOPLE, signals=SIGNALS)) as made:
        yield made


def fired(w: PullWorld) -> list[tuple[str, bool]]:
    """Return the signals that fired since the last time, and whether they began."""
    found = [(event["signal"], event["edge"] == "matched") for event in w.pull_signals.events]
    w.pull_signals.events.clear()
    return found


def pulled(w: PullWorld, record_id: str, **values: Any) -> list[tuple[str, bool]]:
    w.edit("Contact", record_id, **values)
    w.pass_time(60)
    w.pull("people")
    return fired(w)


def test_a_signal_is_an_event_when_it_begins_and_when_it_ends(w: PullWorld) -> None:
    (ada,) = w.load("Contact", {"LastName": "Lovelace", "Title": "Countess"})
    w.pass_time(60)
    (record,) = w.pull("people")
    assert (record["signals"], fired(w)) == (["countess"], [("countess", True)])
    assert pulled(w, ada, Phone="1") == []
    assert pulled(w, ada, Title="Dr") == [("countess", False)]
    assert pulled(w, ada, Title="Countess") == [("countess", True)]


def test_a_changed_value_is_an_event_with_the_one_before(w: PullWorld) -> None:
    (ada,) = w.load("Contact", {"LastName": "Lovelace"})
    w.pass_time(60)
    w.pull("people")
    owner = w.records("Contact")[0]["OwnerId"]
    other = next(user["Id"] for user in w.records("User") if user["Id"] != owner and user.get("IsActive"))
    w.edit("Contact", ada, OwnerId=other)
    w.pass_time(60)
    w.pull("people")
    (event,) = w.pull_signals.events
    assert (event["salesforce_id"], event["before"], event["values"]) == (ada, owner, {"record.OwnerId": other})


class DyingSignals(MemorySignals):
    """Signals whose worker dies before or after the event was taken."""

    when = ""

    def publish(self, tenant: str, events: Sequence[Mapping[str, Any]]) -> None:
        if self.when == "before" and events:
            raise StoreUnavailable("The worker died here.", "")
        super().publish(tenant, events)

    def keep(self, tenant: str, org_id: str, states: Mapping[str, Mapping[str, list[Any]]]) -> None:
        if self.when == "after" and states:
            raise StoreUnavailable("The worker died here.", "")
        super().keep(tenant, org_id, states)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_loses_no_event_and_repeats_it_under_its_id(w: PullWorld, when: str) -> None:
    w.load("Contact", {"LastName": "Lovelace", "Title": "Countess"})
    w.pass_time(60)
    w.pull_signals = dying = DyingSignals()
    dying.when = when
    with pytest.raises((StoreUnavailable, AssertionError)):
        w.pull("people")
    dying.when = ""
    w.pass_time(600)
    w.pull("people")
    assert len({event["id"] for event in dying.events}) == 1
    assert len(dying.events) == (1 if when == "before" else 2)
