"""A change on which our own code fails is parked alone, with its fault's name; what comes from a service never parks anything."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from causeway.contract.changes import Change
from causeway.contract.timeline import Noted
from causeway.errors import InvalidRecord, OrgUnavailable, StoreUnavailable
from causeway.parked.replay_messages import replay_messages
from causeway.push.faults.crashes import is_ours
from causeway.push.memory.claims.answers import Claim
from causeway.push.memory.entity import Entity
from causeway.push.memory.pending_creates import pending_creates
from causeway.salesforce.calls import Collection, Lookup, Row, Saved

from tests.support.push.bench import NOW_MS, Bench, ScriptedOrg, person
from tests.support.push.memory import MemoryClaims, MemoryHistory, MemorySyncs, StateItems
from tests.support.push.world import TENANT, contact_sync, sync

FAULTS = (KeyError, RecursionError, OverflowError, MemoryError, UnicodeEncodeError, StopIteration)
# Where a change may be met, from its arrival to its outcome: a step of one change, and steps of many at once.
ALONE = (
    "push.receiving.content_hash",
    "push.deciding.identifying._email_of",
    "push.memory.claims.resolution.identifiers_of",
    "push.tenant.prepare",
    "push.deciding.decide.match_task",
    "push.deciding.decide.contribution_of",
    "push.outcomes.remember._remember",
    "push.outcomes.parked_entries.change_json",
)
TOGETHER = (
    "push.tenant.settle_identifiers",
    "push.tenant.read_view",
    "push.deciding.decide.person_groups",
    "push.tenant.decide",
    "push.deciding.planning.plans._plan",
    "push.saving.decisions.settle_without_write",
)


def is_met(given: Any, seen: set[int], depth: int = 0) -> bool:
    """Return whether the change `poison` is somewhere in what a step was given."""
    if isinstance(given, Change):
        return given.key == "poison"
    if isinstance(given, str) or depth > 8 or id(given) in seen:
        return False
    seen.add(id(given))
    if isinstance(given, dict):
        return any(is_met(each, seen, depth + 1) for each in given.values())
    if isinstance(given, Sequence):
        return any(is_met(each, seen, depth + 1) for each in given)
    names = [name for kind in type(given).__mro__ for name in getattr(kind, "__slots__", ())]
    return any(is_met(getattr(given, name, None), seen, depth + 1) for name in names)


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Exception], None]:
    """Let one step of push fail with an exception whenever it is given the change `poison`."""

    def broken(step: str, fault: Exception) -> None:
        module, _, name = f"causeway.{step}".rpartition(".")
        real = getattr(importlib.import_module(module), name)

        def failing(*given: Any, **named: Any) -> Any:
            if is_met([given, named], set()):
                raise fault
            return real(*given, **named)

        monkeypatch.setattr(f"{module}.{name}", failing)

    return broken


def made(kind: type[Exception]) -> Exception:
    return (
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no") if kind is UnicodeEncodeError else kind("of ada@example.com")
    )


PEOPLE = [f"p{number}" for number in range(9)]


def pushed(bench: Bench, **more: Any) -> dict[str, tuple[str, str | None]]:
    batch = bench.deliver(*[person(name) for name in (*PEOPLE[:4], "poison", *PEOPLE[4:])], **more)
    assert batch.redelivered == {}
    assert not batch.faults
    return bench.results()


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("step", [*ALONE, *TOGETHER])
def test_the_change_is_parked_with_its_faults_name_and_its_siblings_go_on(
    bench: Bench, breaks: Callable[[str, Exception], None], step: str, kind: type[Exception]
) -> None:
    if step == "push.outcomes.parked_entries.change_json":
        bench.org.poison = "poison"
    breaks(step, made(kind))
    results = pushed(bench)
    assert results.pop("poison") == ("rejected", "crashed")
    assert results == dict.fromkeys(PEOPLE, ("created", None))
    (entry,) = bench.parked.entries.values()
    assert (entry.code, entry.key, entry.source) == ("crashed", "poison", "lead")
    assert kind.__name__ in entry.reason
    assert "ada@example.com" not in entry.reason


@pytest.mark.parametrize("step", [*ALONE[:-1], *TOGETHER])
def test_a_redrive_after_the_fix_settles_it_and_empties_the_list(
    bench: Bench, breaks: Callable[[str, Exception], None], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    breaks(step, KeyError("x"))
    pushed(bench)
    monkeypatch.undo()
    (entry,) = bench.parked.entries.values()
    (again,) = replay_messages([entry])
    if entry.sync is None:  # dropped as it is sent (parked/redriving.py)
        bench.parked.entries.clear()
    bench.deliver(*json.loads(again.body)["changes"], redriven_for=again.syncs)
    result, code = bench.results()["poison"]
    assert (result in ("created", "unchanged"), code) == (True, None)
    assert bench.parked.entries == {}
    if step != "push.outcomes.remember._remember":  # this org knows nobody, not even whom it created
        assert len([each for each in bench.org.saved if each["LastName"] == "poison"]) == 1


def test_a_change_that_no_timeline_can_hold_is_settled_with_the_others(
    bench: Bench, breaks: Callable[[str, Exception], None]
) -> None:
    breaks("push.outcomes.timeline.change_json", OverflowError("x"))
    noted: list[Noted] = []

    class History(MemoryHistory):
        def note_timeline(self, tenant: str, settlement: str, found: Sequence[Noted]) -> None:
            noted.extend(found)

    assert pushed(bench, history=History()) == dict.fromkeys([*PEOPLE, "poison"], ("created", None))
    assert {each.key: each.is_whole for each in noted} == dict.fromkeys(PEOPLE, True) | {"poison": False}


@pytest.mark.parametrize("step", ["_link", "link_record", "kept_outcome", "settle_change", "remember_data"])
def test_a_create_that_could_not_be_remembered_stays_noted_and_its_record_is_found_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def failing(*given: Any) -> None:
        raise KeyError("x")

    monkeypatch.setattr(f"causeway.push.outcomes.remember.{step}", failing)
    bench.push("poison")
    assert bench.results()["poison"] == ("rejected", "crashed")
    stored = [Entity.parse(item.state) for item in bench.state.items.values() if item.state]
    (pending,) = [pending for entity in stored for _, pending in pending_creates(entity)]
    assert pending.values["LastName"] == "poison"


@pytest.mark.parametrize("step", ["push.deciding.decide.match_task", "push.tenant.decide"])
def test_a_change_that_crashes_for_one_sync_is_settled_for_the_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def failing(first: Any, *given: Any) -> Any:
        prepared_tasks = first if isinstance(first, list) else [first]
        if any((each.task.change.key, each.task.sync.id) == ("poison", "lead-contact") for each in prepared_tasks):
            raise KeyError("x")
        return real(first, *given)

    module, _, name = f"causeway.{step}".rpartition(".")
    real = getattr(importlib.import_module(module), name)
    monkeypatch.setattr(f"{module}.{name}", failing)
    leads = sync("lead-lead", "Lead", ("last_name", "LastName"), ("last_name", "Company"), create_unless="never")
    batch = bench.deliver(person("a"), person("poison"), syncs=MemorySyncs({TENANT: [contact_sync(), leads]}))
    assert batch.redelivered == {}
    outcomes = [item for _, body in bench.outbound.sent for item in json.loads(body)["outcomes"]]
    assert sorted((item["key"], item["sync"], item["result"]) for item in outcomes) == [
        ("a", "lead-contact", "created"),
        ("a", "lead-lead", "created"),
        ("poison", "lead-contact", "rejected"),
        ("poison", "lead-lead", "created"),
    ]
    assert [(entry.sync, entry.code) for entry in bench.parked.entries.values()] == [("lead-contact", "crashed")]


@pytest.mark.parametrize("step", ["push.tenant.read_view", "push.saving.decisions.settle_without_write"])
def test_what_cannot_be_put_into_a_query_refuses_its_own_change_alone(
    bench: Bench, breaks: Callable[[str, Exception], None], step: str
) -> None:
    breaks(step, InvalidRecord("No such text.", "Correct it."))
    results = pushed(bench)
    assert results.pop("poison") == ("rejected", "invalid_record")
    assert set(results.values()) == {("created", None)}


def test_many_that_crash_stop_nobody_either(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def groups(prepared_tasks: Sequence[Any]) -> Any:
        if any(prepared.task.change.key.startswith("bad") for prepared in prepared_tasks):
            raise KeyError("x")
        return real(prepared_tasks)

    real = importlib.import_module("causeway.push.deciding.decide").person_groups
    monkeypatch.setattr("causeway.push.deciding.decide.person_groups", groups)
    names = [f"{'bad' if number % 5 == 0 else 'good'}{number}" for number in range(40)]
    assert bench.push(*names).redelivered == {}
    results = bench.results()
    assert {name: result for name, (result, _) in results.items()} == {
        name: "rejected" if name.startswith("bad") else "created" for name in names
    }


class BrokenStore(MemoryClaims):
    """Claims whose gateway fails by a defect of its own."""

    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]:
        raise KeyError("Responses")


class BrokenOrg(ScriptedOrg):
    """An org whose answers the gateway cannot read."""

    def __init__(self, *, reads: bool) -> None:
        super().__init__()
        self.reads = reads

    def read(self, lookups: Sequence[Lookup], timeout_s: float) -> list[list[Row]]:
        if self.reads:
            raise ValueError("no JSON")
        return super().read(lookups, timeout_s)

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        raise TimeoutError("no answer")


def test_what_fails_outside_parks_nothing_and_comes_again() -> None:
    def no_describe(tenant: str, sobject: str) -> Any:
        raise ConnectionError("down")

    store = BrokenStore(StateItems(), "w", lambda: NOW_MS, 720_000)
    cases: list[dict[str, Any]] = [
        {"claims": store},
        {"org": lambda tenant: BrokenOrg(reads=True)},
        {"org": lambda tenant: BrokenOrg(reads=False)},
        {"described": no_describe},
    ]
    for replaced in cases:
        bench = Bench()
        batch = bench.push("a", "poison", **replaced)
        assert (batch.redelivered, len(batch.faults)) == ({"m1": 0}, 1), replaced
        assert (bench.parked.entries, bench.results()) == ({}, {})


def test_a_message_that_cannot_even_be_parsed_is_parked_whole_and_no_other_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(body: str, *given: Any) -> Any:
        if "poison" in body:
            raise RecursionError
        return real(body, *given)

    real = importlib.import_module("causeway.push.batch").parse_message
    monkeypatch.setattr("causeway.push.batch.parse_message", parse)
    batch = bench.push("poison", "b")
    assert (batch.redelivered, batch.parked, len(batch.crashes)) == ({}, {"crashed": 1}, 1)
    (entry,) = bench.parked.entries.values()
    assert (entry.code, entry.source, entry.tenant, entry.is_change) == ("crashed", "lead", TENANT, True)
    assert "RecursionError" in entry.reason
    assert bench.push("c").redelivered == {}
    assert bench.results() == {"c": ("created", None)}


@pytest.mark.parametrize(
    ("fault", "is_the_changes"),
    [
        (StoreUnavailable("down"), False),
        (OrgUnavailable("down"), False),
        (InvalidRecord("bad", "correct it"), True),
        (KeyError("x"), True),
    ],
)
def test_an_error_that_passes_by_itself_is_no_crash_wherever_it_is_raised(
    fault: Exception, is_the_changes: bool
) -> None:
    assert is_ours(fault) is is_the_changes
