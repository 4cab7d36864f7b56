"""What is remembered of an entity, as it is stored."""

from __future__ import annotations

import json

from causeway.push.memory.claims import Entity


def test_memory_stored_under_earlier_names_is_read_and_kept_under_them() -> None:
    entity = Entity()
    entity.reject_value("003000000000001AAA", "MailingState", "California")
    entity.disown("003000000000001AAA")
    stored = entity.text()
    assert {"left_out", "unshelved"} <= json.loads(stored).keys()
    redelivered = Entity.parse(stored)
    assert redelivered.is_rejected_value("003000000000001AAA", "MailingState", "California")
    assert not list(redelivered.owned())
    assert redelivered.text() == stored
