"""A lookup spends no call that an answer at hand saves, and never the tenant's last ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from causeway.connections.connection import Status, Usage
from causeway.connections.gates import QUOTA_PROBE_MS
from causeway.errors import NotConnected, QuotaSpent, ReconnectionRequired
from causeway.lookups.items import Item

from tests.support.lookups.asking import MemoryAnswers, ask, lookup_ports
from tests.support.push.world import TENANT, World, contact_sync, world

ADA = Item(email="ada@example.com")


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as made:
        made.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
        for sobject in ("Lead", "Contact", "Account", "Opportunity", "Case"):
            made.described(TENANT, sobject)
        made.calls()
        yield made


def use_up(w: World, used: int, allowed: int = 1_000, read_at_ms: int | None = None) -> None:
    usage = Usage(used, allowed, w.now if read_at_ms is None else read_at_ms)
    w.connections.by_tenant[TENANT] = replace(w.connections.get(TENANT), usage=usage)


def test_an_answer_that_is_young_enough_costs_no_call(w: World) -> None:
    ports = lookup_ports(w)
    first = ask(w, ADA, ports=ports, max_age_s=60)
    w.now += 60_000
    second = ask(w, ADA, ports=ports, max_age_s=60)
    assert (first["api_calls"], second["api_calls"]) == (1, 0)
    assert (second["results"], second["read_at_ms"]) == (first["results"], first["read_at_ms"])
    w.now += 1
    assert ask(w, ADA, ports=ports, max_age_s=60)["api_calls"] == 1
    assert ask(w, ADA, ports=ports, max_age_s=0)["api_calls"] == 1
    assert ask(w, ADA, ports=ports, max_age_s=60, fields={"Contact": ("Title",)})["api_calls"] == 1


def test_answers_of_another_org_are_not_given(w: World) -> None:
    ports = lookup_ports(w)
    ask(w, ADA, ports=ports)
    w.connections.by_tenant[TENANT] = replace(w.connections.get(TENANT), org_id="00D000000000002AAA")
    assert ask(w, ADA, ports=ports)["api_calls"] == 1


def test_a_spent_quota_says_when_to_come_back_and_costs_nothing(w: World) -> None:
    use_up(w, 800)
    w.now += 60_000
    with pytest.raises(QuotaSpent) as met:
        ask(w, ADA)
    assert met.value.retry_after_s == (QUOTA_PROBE_MS - 60_000) / 1000
    assert "14 minutes" in met.value.remedy
    assert w.calls() == {}


def test_a_young_answer_is_given_even_with_a_spent_quota(w: World) -> None:
    ports = lookup_ports(w)
    ask(w, ADA, ports=ports)
    use_up(w, 800)
    assert ask(w, ADA, ports=ports)["api_calls"] == 0


def test_many_who_ask_at_once_do_not_pass_the_limit_together(w: World) -> None:
    use_up(w, 795)
    ports = lookup_ports(w, MemoryAnswers())

    def outcome(_: int) -> str:
        try:
            ask(w, ADA, ports=ports, max_age_s=0)
        except QuotaSpent:
            return "later"
        use_up(w, 797)  # some calls of the others are counted by now, and some are not
        return "answered"

    found = [outcome(number) for number in range(20)]
    assert (found.count("answered"), found.count("later")) == (5, 15)
    assert w.calls() == {"composite": 5}


def test_one_asker_finds_out_whether_a_spent_quota_has_recovered(w: World) -> None:
    use_up(w, 900)
    w.now += QUOTA_PROBE_MS
    ports = lookup_ports(w)
    assert ask(w, ADA, ports=ports, max_age_s=0)["api_calls"] == 1
    with pytest.raises(QuotaSpent) as met:
        ask(w, ADA, ports=ports, max_age_s=0)
    assert 0 < (met.value.retry_after_s or 0) <= QUOTA_PROBE_MS / 1000


def test_a_tenant_without_connection_is_not_answered_from_what_was_kept(w: World) -> None:
    ports = lookup_ports(w)
    ask(w, ADA, ports=ports)
    w.connections.set(TENANT, Status.DISCONNECTED, "deauthorized")
    with pytest.raises(NotConnected):
        ask(w, ADA, ports=ports)
    w.connections.set(TENANT, Status.RECONNECTION_REQUIRED, "revoked")
    with pytest.raises(ReconnectionRequired):
        ask(w, ADA, ports=ports)
