"""
Write people who are known by link first and read them back in the same call: what it saves, and which promises it breaks.

    python -m benchmarks.write_first [--people 40] --json

Groups of linked people get a new phone number from the product, after something happened to them in the simulated org: nothing
(`changed`), a user entered the same number (`equal`), the contact was merged into another one (`merged`) or `deleted`, the lead was
`converted`. Once push reads first, as it ships; once the new number is written to each linked record in one call, in which it would
be read back, and what was refused is pushed as ever. Prints per way the `api_calls`, `results` by group, and `stamped_though_equal`:
records that were written although nothing was to change in them. `undisturbed`: the calls when nothing happened to anybody. Decision
0110 says what follows.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from causeway.gateways.salesforce.composite import OrgCalls
from causeway.observability import logger
from causeway.salesforce.calls import Collection, Save

from tests.support.push.world import TENANT, World, change, contact_sync, lead_sync, world

GROUPS = ("changed", "equal", "merged", "deleted", "converted")
OLD, NEW = "+49 30 111", "+49 30 222"

type Linked = Mapping[str, list[tuple[str, str]]]
"""The key and the record of each person, by group."""


def measured(people: int) -> dict[str, Any]:
    """Return the figures of both ways."""
    return {
        "people": people * len(GROUPS),
        "read_first": _run(people, GROUPS, _nothing),
        "write_first": _run(people, GROUPS, _write_first),
        "undisturbed": {
            name: _run(people, ("changed",), way)["api_calls"]
            for name, way in (("read_first", _nothing), ("write_first", _write_first))
        },
    }


def _run(people: int, groups: Sequence[str], before: Callable[[World, Linked], set[str]]) -> dict[str, Any]:
    with world() as w:
        syncs = contact_sync().model_copy(update={"source": "person"}), lead_sync(source="enquiry")
        w.syncs.by_tenant = {TENANT: list(syncs)}
        linked = _linked(w, people, groups)
        w.now += 86_400_000
        _happen(w, linked)
        w.control("POST", "clock", {"advance_s": 60})
        stamps = _stamps(w, linked)
        w.calls()
        written = before(w, linked)
        results: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for group in groups:
            if taken := sum(each in written for _, each in linked[group]):
                results[group]["written first"] = taken
        for source in ("person", "enquiry"):
            keys = [
                key
                for group in GROUPS
                for key, each in linked[group]
                if _source(group) == source and each not in written
            ]
            for outcome in w.push(*[_change(key, NEW) for key in keys], source=source) if keys else ():
                results[outcome["key"].partition("-")[0]][outcome["code"] or outcome["result"]] += 1
        calls, after = w.calls(), _stamps(w, linked)
        touched = sum(stamps[each] != after[each] for _, each in linked["equal"])
        return {
            "api_calls": sum(calls.values()) - calls.get("describe", 0),
            "stamped_though_equal": touched,
            "results": {group: dict(found) for group, found in results.items()},
        }


def _nothing(w: World, linked: Linked) -> set[str]:
    return set()


def _source(group: str) -> str:
    return "enquiry" if group == "converted" else "person"


def _change(key: str, phone: str) -> dict[str, Any]:
    return change(key, last_name=f"Last {key}", email=f"{key}@example.com", phone=phone, company="Northwind")


def _linked(w: World, people: int, groups: Sequence[str]) -> Linked:
    """Create everybody by a push, so that all are linked."""
    linked: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for group in groups:
        keys = [f"{group}-{number}" for number in range(people)]
        outcomes = w.push(*[_change(key, OLD) for key in keys], source=_source(group))
        linked[group] = [(outcome["key"], outcome["salesforce_id"]) for outcome in outcomes]
    return linked


def _happen(w: World, linked: Linked) -> None:
    """Let users of the org do what the groups are named for."""
    _save(w, [Save("Contact", {"Phone": NEW}, each) for _, each in linked["equal"]])
    for _, each in linked["deleted"]:
        headers = {"Authorization": f"Bearer {w.access.access_token}"}
        w.http.delete(f"{w.origin}/services/data/v66.0/sobjects/Contact/{each}", headers=headers).raise_for_status()
    for key, each in linked["merged"]:
        (master,) = w.load("Contact", {"LastName": f"Survivor of {key}"})
        w.control("POST", "merge", {"master": master, "losers": [each]})
    for _, each in linked["converted"]:
        w.control("POST", f"leads/{each}/convert")


def _write_first(w: World, linked: Linked) -> set[str]:
    """Write the new number to every linked record; return those that took it (they would be read back in the same call)."""
    saves = [
        Save(sobject, {"Phone": NEW}, each)
        for sobject in ("Contact", "Lead")
        for group in GROUPS
        for _, each in linked[group]
        if (sobject == "Lead") == (group == "converted")
    ]
    return _save(w, saves)


def _save(w: World, saves: list[Save]) -> set[str]:
    """Save records in one call; return the Ids of those that were saved."""
    by_sobject = [[save for save in saves if save.sobject == sobject] for sobject in ("Contact", "Lead")]
    some = [Collection(tuple(each)) for each in by_sobject if each]
    answers = OrgCalls(w.org).save(some, 60)
    return {
        str(save.record_id)
        for collection, saved in zip(some, answers, strict=True)
        for save, answer in zip(collection.saves, saved, strict=True)
        if answer.certainty == "saved"
    }


def _stamps(w: World, linked: Linked) -> dict[str, str]:
    rows = [*w.records("Contact"), *w.records("Lead")]
    found = {row["Id"]: row["SystemModstamp"] for row in rows}
    return {each: found.get(each, "") for group in GROUPS for _, each in linked[group]}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.write_first",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--people", type=int, default=40, help="of each group")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    logger.setLevel("CRITICAL")
    figures = measured(given.people)
    print(json.dumps(figures) if given.json else "\n".join(f"{name:12} {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
