"""What is remembered of an entity, as it is stored."""

from __future__ import annotations

import json

from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import is_rejected_value, reject_value
from causeway.push.memory.owned_records import disown_record, owned_records


def test_memory_stored_under_earlier_names_is_read_and_kept_under_them() -> None:
    entity = Entity()
    reject_value(entity, "003000000000001AAA", "MailingState", "California")
    disown_record(entity, "003000000000001AAA")
    stored = entity.text()
    assert {"left_out", "unshelved"} <= json.loads(stored).keys()
    redelivered = Entity.parse(stored)
    assert is_rejected_value(redelivered, "003000000000001AAA", "MailingState", "California")
    assert not list(owned_records(redelivered))
    assert redelivered.text() == stored
