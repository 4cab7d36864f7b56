"""Fields are learned from messages, seldom, and never at a push's expense."""

from __future__ import annotations

from collections.abc import Mapping

from causeway.errors import StoreUnavailable
from causeway.push.batch import Samples
from causeway.syncs.discovery.field_learning import AGAIN_AFTER_MS, FieldLearner


class FakeFields:
    def __init__(self) -> None:
        self.learned: list[tuple[str, str, Mapping[str, str]]] = []
        self.is_down = False

    def learn(self, tenant: str, source: str, seen: Mapping[str, str]) -> None:
        if self.is_down:
            raise StoreUnavailable("Down.")
        self.learned.append((tenant, source, seen))


def test_a_source_is_looked_at_once_a_minute() -> None:
    fields, now = FakeFields(), [1_000]
    learner = FieldLearner(fields, lambda: now[0])
    sample: Samples = {("acme", "lead"): [{"vip": True}, {"age": 3}]}
    learner.learn(sample)
    learner.learn(sample)
    assert fields.learned == [("acme", "lead", {"vip": "boolean", "age": "number"})]
    now[0] += AGAIN_AFTER_MS
    learner.learn(sample)
    assert len(fields.learned) == 2


def test_sources_and_tenants_are_looked_at_apart() -> None:
    fields = FakeFields()
    learner = FieldLearner(fields, lambda: 1_000)
    learner.learn({("acme", "lead"): [{"a": 1}], ("acme", "deal"): [{"b": 1}], ("other", "lead"): [{"c": 1}]})
    assert [(tenant, source) for tenant, source, _ in fields.learned] == [
        ("acme", "lead"),
        ("acme", "deal"),
        ("other", "lead"),
    ]


def test_a_store_that_is_down_is_no_reason_to_fail_a_push() -> None:
    fields = FakeFields()
    fields.is_down = True
    FieldLearner(fields, lambda: 1_000).learn({("acme", "lead"): [{"a": 1}]})
    assert fields.learned == []
