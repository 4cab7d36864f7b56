"""The chaos run's oracle sees each way in which a load can go wrong, and its load is what it says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.chaos.load import FIELDS, SYNCS, Message, OutcomeKey, load
from tests.chaos.oracle import Verdict, verdict
from tests.chaos.outcomes import parked_of

NOW_MS = 1_795_168_800_000
MESSAGES = load(300, 7, NOW_MS, without_email=0.3)
PUBLISHED = {key for message in MESSAGES for key, _ in message.awaited()}


def perfect_org(messages: list[Message] = MESSAGES) -> dict[str, list[dict[str, Any]]]:
    """Return the records of an org that took every change in the order in which they happened."""
    people: dict[str, dict[str, Any]] = {}
    for change in sorted((change for message in messages for change in message.changes), key=lambda one: one.at_ms):
        record = people.setdefault(change.person, {"LastName": change.person})
        record |= {FIELDS[product]: value for product, value in change.fields.items()}
        record |= {"Email": change.email} if change.email else {}
    return {sobject: [dict(record) for record in people.values()] for sobject in SYNCS.values()}


def with_several_phones() -> str:
    """Return a person whose phone changed more than once."""
    phones: dict[str, set[str]] = {}
    for change in (change for message in MESSAGES for change in message.changes):
        phones.setdefault(change.person, set()).add(change.fields.get("phone", ""))
    return next(person for person, found in phones.items() if len(found - {""}) > 1)


def test_nothing_is_wrong_with_an_org_that_took_everything() -> None:
    assert verdict(MESSAGES, PUBLISHED, set(), perfect_org()) == Verdict()


def test_a_second_record_of_a_person_is_a_duplicate() -> None:
    org = perfect_org()
    org["Lead"].append(dict(org["Lead"][0]))
    assert verdict(MESSAGES, PUBLISHED, set(), org) == Verdict(duplicates=1)


def test_a_missing_person_is_lost() -> None:
    org = perfect_org()
    org["Contact"].pop()
    assert verdict(MESSAGES, PUBLISHED, set(), org) == Verdict(lost=1)


def test_a_missing_value_is_lost() -> None:
    org = perfect_org()
    next(record for record in org["Contact"] if record.get("Title"))["Title"] = None
    assert verdict(MESSAGES, PUBLISHED, set(), org) == Verdict(lost=1)


def test_an_older_value_is_stale() -> None:
    org, person = perfect_org(), with_several_phones()
    record = next(record for record in org["Lead"] if record["LastName"] == person)
    phones = {
        change.fields.get("phone") for message in MESSAGES for change in message.changes if change.person == person
    }
    record["Phone"] = next(phone for phone in phones if phone and phone != record["Phone"])
    assert verdict(MESSAGES, PUBLISHED, set(), org) == Verdict(stale=1)


def test_an_outcome_that_was_never_published_is_lost() -> None:
    assert verdict(MESSAGES, PUBLISHED - {min(PUBLISHED)}, set(), perfect_org()) == Verdict(lost=1)


def test_a_parked_change_is_neither_lost_nor_expected() -> None:
    message = MESSAGES[0]
    change = message.changes[0]
    entries = [
        {"tenant": message.tenant, "key": change.key, "sync": sync, "change": change.body(), "body": None}
        for sync in SYNCS
    ]
    kept: set[OutcomeKey] = parked_of(MESSAGES, entries)
    assert {(message.run, change.key, sync) for sync in SYNCS} <= kept
    left = [
        Message(one.run, one.tenant, [each for each in one.changes if (one.run, each.key, "lead-lead") not in kept])
        for one in MESSAGES
    ]
    assert verdict(MESSAGES, PUBLISHED - kept, kept, perfect_org(left)) == Verdict()


def test_the_load_has_what_makes_it_hard() -> None:
    changes = [change for message in MESSAGES for change in message.changes]
    of_person = Counter(change.person for change in changes)
    assert len(changes) == 300
    assert max(of_person.values()) > 4
    assert len({(change.tenant, change.key) for change in changes}) > len(of_person)
    assert len({change.key for change in changes}) < len({(change.tenant, change.key) for change in changes})
    assert any(change.email is None for change in changes)
    assert max(Counter((change.person, change.at_ms) for change in changes).values()) == 2
    order = [change.at_ms for change in changes if change.person == of_person.most_common(1)[0][0]]
    assert order != sorted(order)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.run)
def test_no_key_stands_twice_in_a_message(message: Message) -> None:
    assert len({change.key for change in message.changes}) == len(message.changes) > 0
