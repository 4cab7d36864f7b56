"""A product is told once that a signal holds for a record: not per sync, key, message or delivery; and once when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Signal

from tests.support.push.world import TENANT, World, change, contact_sync, lead_sync, sync, world

BIG = {"big": "account.AnnualRevenue > `500000`"}


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync().model_copy(update={"signals": BIG})) as made:
        yield made


def use(w: World, signals: dict[str, Any], *more: Any) -> None:
    w.syncs.by_tenant[TENANT] = [contact_sync().model_copy(update={"signals": signals}), *more]


def a_person(w: World, revenue: int, email: str = "ada@example.com") -> tuple[str, str]:
    (account,) = w.load("Account", {"Name": f"Company of {email}", "AnnualRevenue": revenue})
    (contact,) = w.load("Contact", {"LastName": "Lovelace", "Email": email, "AccountId": account})
    return account, contact


def say(w: World, key: str = "k1", **fields: Any) -> list[tuple[str, str]]:
    """Push a change of Ada and return the signals that fired: name and edge."""
    before = len(w.signals.edges)
    w.push(change(key, **{"email": "ada@example.com", "last_name": "Lovelace", **fields}))
    return [(signal, edge) for _, signal, edge, _ in w.signals.edges[before:]]


def test_an_account_that_becomes_enterprise_is_an_event_once(w: World) -> None:
    account, contact = a_person(w, 1)
    assert say(w, phone="1") == []
    w.org.request("PATCH", f"sobjects/Account/{account}", json={"AnnualRevenue": 600_000})
    assert say(w, phone="2") == [("big", "matched")]
    outcome = w.signals.outcomes[-1]
    assert (outcome.salesforce_id, outcome.key) == (contact, "k1")
    assert outcome.edges[0]["values"] == {"account.AnnualRevenue": 600_000.0}
    assert [say(w, phone=str(number)) for number in range(3, 6)] == [[], [], []]
    assert say(w, key="another key of hers", phone="6") == []


def test_the_end_is_an_event_where_it_is_asked_for_and_the_next_begin_is_one_again(w: World) -> None:
    use(w, {"big": Signal(when=BIG["big"], ended=True)})
    account, _ = a_person(w, 600_000)
    found = []
    for number, revenue in enumerate((600_000, 1, 1, 700_000)):
        w.org.request("PATCH", f"sobjects/Account/{account}", json={"AnnualRevenue": revenue})
        found += say(w, phone=str(number))
    assert found == [("big", "matched"), ("big", "ended"), ("big", "matched")]
    assert len({each for *_, each in w.signals.edges}) == 3


def test_a_changed_owner_is_an_event_with_the_one_before(w: World) -> None:
    use(w, {"owner_changed": Signal(changed="record.OwnerId")})
    _, contact = a_person(w, 1)
    assert say(w, phone="1") == []
    owner = w.records("Contact")[0]["OwnerId"]
    other = next(user["Id"] for user in w.records("User") if user["Id"] != owner and user.get("IsActive"))
    w.org.request("PATCH", f"sobjects/Contact/{contact}", json={"OwnerId": other})
    assert say(w, phone="2") == [("owner_changed", "matched")]
    (edge,) = w.signals.outcomes[-1].edges
    assert (edge["values"]["record.OwnerId"], edge["before"]) == (other, owner)
    assert say(w, phone="3") == []


def test_a_deal_that_closes_in_the_conversation_is_closed_won_through_the_stage_table(w: World) -> None:
    deals = sync(
        "deal", "Opportunity", ("name", "Name"), ("closes", "CloseDate"), source="deal", match_fields=("Name",)
    )
    stages = Row(product="outcome", salesforce="StageName", values={"closed": "Closed Won", "open": "Prospecting"})
    won = Signal(when="fields.outcome == 'closed' && record.StageName == 'Closed Won'")
    w.syncs.by_tenant[TENANT] = [
        deals.model_copy(update={"mappings": (*deals.mappings, stages), "signals": {"won": won}})
    ]
    for outcome in ("open", "closed", "closed"):
        w.push(change("d1", name="Engines", closes="2026-12-24", outcome=outcome), source="deal")
    (deal,) = w.records("Opportunity")
    assert deal["StageName"] == "Closed Won"
    assert [(signal, edge) for _, signal, edge, _ in w.signals.edges] == [("won", "matched")]


def test_two_syncs_of_one_record_make_one_event(w: World) -> None:
    second = sync("second", "Contact", ("phone", "MobilePhone"), position=3).model_copy(update={"signals": BIG})
    use(w, BIG, second)
    a_person(w, 600_000)
    assert say(w, phone="1") == [("big", "matched")]


def test_a_lead_that_is_not_created_because_the_contact_exists_is_the_same_person(w: World) -> None:
    use(w, BIG, lead_sync().model_copy(update={"signals": BIG}))
    a_person(w, 600_000)
    assert say(w, phone="1", company="C") == [("big", "matched")]
    assert say(w, phone="2", company="C") == []


def test_a_delivery_that_comes_again_publishes_the_same_event_again(w: World) -> None:
    a_person(w, 600_000)
    message = w.message(change(email="ada@example.com", last_name="Lovelace"))
    w.deliver(message)
    w.deliver(message)
    (first, second) = w.signals.edges
    assert first == second


def test_an_edge_survives_however_many_changes_come_before_its_delivery_does(w: World) -> None:
    a_person(w, 600_000)
    message = w.message(change(email="ada@example.com", last_name="Lovelace", at="2026-11-20T10:00:00Z"))
    w.deliver(message)
    first = w.signals.edges[-1]
    for number in range(5):
        say(w, phone=str(number))
    w.signals.outcomes.clear()
    w.deliver(message)
    assert w.signals.edges == [first]


def test_what_a_change_does_not_say_ends_no_signal(w: World) -> None:
    use(w, {"keen": Signal(when="fields.score > `5`", ended=True)})
    a_person(w, 1)
    assert say(w, score=7) == [("keen", "matched")]
    assert say(w, phone="1") == []
    assert say(w, score=2) == [("keen", "ended")]


def test_an_older_change_that_comes_late_is_no_news(w: World) -> None:
    use(w, {"keen": Signal(when="fields.score > `5`", ended=True)})
    a_person(w, 1)
    w.push(change("k1", at="2026-11-20T10:00:02Z", email="ada@example.com", last_name="L", score=2))
    w.push(change("k1", at="2026-11-20T10:00:01Z", email="ada@example.com", last_name="L", score=7))
    assert w.signals.edges == []


def test_every_time_stays_possible(w: World) -> None:
    use(w, {"big": Signal(when=BIG["big"], fires="every_time")})
    a_person(w, 600_000)
    assert [say(w, phone=str(number)) for number in range(2)] == [[("big", "matched")]] * 2
    assert len({each for *_, each in w.signals.edges}) == 2


def test_a_record_that_push_creates_is_in_the_event_with_its_id(w: World) -> None:
    use(w, {"titled": "record.Title == 'Countess'"})
    assert say(w, title="Countess") == [("titled", "matched")]
    (contact,) = w.records("Contact")
    assert w.signals.edges[-1][0] == contact["Id"]
    assert say(w, title="Countess", phone="1") == []


def test_a_sync_without_signals_stores_nothing_of_them(w: World) -> None:
    use(w, {})
    a_person(w, 600_000)
    say(w, phone="1")
    states = [item.state for item in w.state.items.values() if item.state]
    assert states
    assert all('"signals"' not in state for state in states)


def test_signals_cost_no_further_write(w: World) -> None:
    a_person(w, 600_000)
    a_person(w, 600_000, "bob@example.com")
    use(w, {})
    w.push(change("k2", email="bob@example.com", last_name="B"))
    without = w.state.writes
    use(w, BIG)
    w.push(change("k1", email="ada@example.com", last_name="L"))
    assert w.state.writes - without == without
