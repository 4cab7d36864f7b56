"""The push simulation sees: faults everywhere leave everything whole, each crash point alone does, and broken variants are caught."""

from __future__ import annotations

import inspect
from typing import Protocol

import pytest
from causeway.push import ports as push_ports

from tests.campaigns.push_model import CRASH_AFTER, CRASH_BEFORE
from tests.campaigns.push_simulation import VARIANTS, Scenario, broken, run_seeds

REFERENCE_SEEDS = range(400)
# What the ports are called in the simulation; `BatchSize` and `Deadline` reach nothing outside, replay's queue is no port of push.
PORTS = {
    "Connections": "connections",
    "Syncs": "syncs",
    "Org": "org",
    "Claims": "claims",
    "ParkedStore": "parked",
    "History": "history",
    "Outbound": "outbound",
    "Signals": "signals",
    "Gathering": "gathering",
}
ALONE = {"described", "org", "queue.send", "gathering.put"}
AFTER_OTHER_FAULTS = {"gathering.take_over", "gathering.give_up"}  # a crash elsewhere leads to these


def port_calls() -> set[str]:
    """Return every call that the code may make of a port, from the Protocols themselves."""
    found = set()
    for name, protocol in vars(push_ports).items():
        if inspect.isclass(protocol) and Protocol in protocol.__bases__ and name in PORTS:
            methods = [
                method for method, value in vars(protocol).items() if inspect.isfunction(value) and method[0] != "_"
            ]
            found |= {f"{PORTS[name]}.{method}" for method in methods}
    return (found | ALONE) - AFTER_OTHER_FAULTS


def test_every_protocol_of_push_is_known_to_the_simulation() -> None:
    named = {
        name
        for name, protocol in vars(push_ports).items()
        if inspect.isclass(protocol) and Protocol in protocol.__bases__
    }
    assert named == PORTS.keys() | {"Deadline", "BatchSize", "LastSyncedValues"}  # the two-way soak covers the last one


def test_faults_at_every_call_lose_double_and_stale_nothing() -> None:
    counts = run_seeds(50_000, 120)
    assert counts.holds, counts
    assert counts.changes > 400


def test_a_crash_before_and_after_each_call_loses_doubles_and_stales_nothing() -> None:
    crashed = set()
    for name in sorted(port_calls()):
        for when in (CRASH_BEFORE, CRASH_AFTER):
            for seed in REFERENCE_SEEDS:
                scenario = Scenario(seed, (name, when))
                counts = scenario.run()
                assert counts.holds, (name, when, seed, counts)
                crashed |= scenario.sim.crashed
                if (name, when) in crashed:
                    break
    assert crashed == {(name, when) for name in port_calls() for when in (CRASH_BEFORE, CRASH_AFTER)}


CAUGHT = [
    ("no_fence", 200),
    ("release_on_timeout", 200),
    ("no_version", 0),
    ("no_pending_create", 0),
    ("interpret_text", 0),
    ("adopt_by_address", 0),
    ("refused_for_ever", 0),
    ("believed_for_ever", 0),
    ("addresses_as_written", 0),
    ("old_describe", 0),
    ("no_redrive", 0),
    ("address_without_number", 0),
    ("uncounted", 0),
    ("forget_held", 0),
    ("take_back_left", 2_600),
    ("no_makers", 9_400),
]
"""Each variant, and the seed from which on one is looked for that notices it."""


@pytest.mark.parametrize(("variant", "first"), CAUGHT)
def test_a_broken_build_is_caught(variant: str, first: int) -> None:
    with broken(variant):
        assert any(not Scenario(seed).run().holds for seed in range(first, first + 1_000))


def test_each_variant_has_a_test() -> None:
    assert {variant for variant, _ in CAUGHT} == set(VARIANTS)


def test_a_seed_is_one_story_whatever_else_runs() -> None:
    stories = [Scenario(7) for _ in range(2)]
    counts = [story.run() for story in stories]
    assert counts[0] == counts[1]
    assert stories[0].outbound.published == stories[1].outbound.published
    assert stories[0].state.writes == stories[1].state.writes


def test_with_pacing_changes_are_gathered_in_every_scenario() -> None:
    seeds = range(60_000, 60_020)
    gathered = {pacing: [_gathers(Scenario(seed, pacing=pacing)) for seed in seeds] for pacing in (False, True)}
    assert all(gathered[True])
    assert not all(gathered[False])


def _gathers(scenario: Scenario) -> bool:
    """Tell whether the calls of the scenario's tenants are scarce from the start."""
    usages = [connection.usage for connection in scenario.connections.by_tenant.values()]
    return all(usage is not None and usage.used > 10_000 for usage in usages)
