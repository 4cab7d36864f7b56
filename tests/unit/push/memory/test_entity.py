"""What is remembered of an entity, as it is stored."""

from __future__ import annotations

import json

from causeway.push.memory.entity import Entity
from causeway.push.memory.owned_records import disown_record, owned_records
from causeway.push.memory.rejected_values import believed_refusal, reject_value


def test_memory_stored_under_earlier_names_is_read_and_kept_under_them() -> None:
    entity = Entity()
    reject_value(entity, "003000000000001AAA", "MailingState", "California", "all else", 1)
    disown_record(entity, "003000000000001AAA")
    stored = entity.text()
    assert {"left_out", "unshelved"} <= json.loads(stored).keys()
    redelivered = Entity.parse(stored)
    assert believed_refusal(redelivered, "003000000000001AAA", "MailingState", "California", 2) == "all else"
    assert not list(owned_records(redelivered))
    assert redelivered.text() == stored
