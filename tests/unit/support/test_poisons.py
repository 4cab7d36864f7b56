"""The kinds of poison: enough of them, all of one tenant, each as one producer could send it."""

from __future__ import annotations

import json

from causeway.contract.messages import addressed, parse_message

from tests.chaos.poisons import EXPENSIVE, TENANT, costly_sync, poisons

POISONS = poisons()
MAX_BYTES = 1_048_576  # SQS limit: one message
SENT_MS = 1_795_168_800_000


def test_there_are_the_three_known_ones_and_twenty_more_of_different_names() -> None:
    names = [poison.name for poison in POISONS]
    assert {"moment", "shared-address", "expensive-conditions"} <= set(names)
    assert len(set(names)) == len(names) >= 23


def test_each_message_fits_the_queue_and_names_no_other_tenant() -> None:
    bodies = [body for poison in POISONS for body in poison.bodies]
    assert max(len(body.encode()) for body in bodies) < MAX_BYTES
    assert {addressed(body)[0] for body in bodies} <= {TENANT, None}


def test_each_message_is_found_again_by_its_run_and_each_change_by_its_key() -> None:
    for poison in POISONS:
        assert all(poison.run in body for body in poison.bodies), poison.name
        parsed = [parse_message(body, SENT_MS) for body in poison.bodies]
        found = {change.key for message in parsed for change in message.changes}
        found |= {refused.key for message in parsed for refused in message.refused if refused.key}
        assert set(poison.keys) == found, poison.name


def test_the_shared_address_has_two_thousand_keys() -> None:
    (shared,) = [poison for poison in POISONS if poison.name == "shared-address"]
    assert len(shared.keys) == 2_000
    changes = [change for body in shared.bodies for change in json.loads(body)["changes"]]
    assert len({change["fields"]["email"] for change in changes}) == 1


def test_every_expensive_expression_is_used() -> None:
    text = json.dumps(costly_sync())
    assert all(json.dumps(each.removesuffix(" == 'x'"))[1:-1] in text for each in EXPENSIVE)
