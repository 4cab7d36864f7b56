"""Waiting changes share an item: nothing is lost or mixed up in writing and reading, and a batch is forgotten whole."""

from __future__ import annotations

from copy import replace

from causeway.gateways.dynamodb.parked.batches import MOST_BYTES, MOST_ENTRIES, in_batches, unbatched, whole_batches
from causeway.parked.entries import Parked
from hypothesis import given
from hypothesis import strategies as st

WAITING = Parked(
    "acme", "w1", "quota_spent", "why", "what to do", 1, "{}", source="lead", key="k", sent_at_ms=1, retry_when="quota"
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ENTRIES = st.builds(
    Parked,
    tenant=st.sampled_from(["acme", "globex"]),
    parked_id=st.integers(0, 99).map(lambda number: f"w{number:03d}"),
    code=st.sampled_from(["quota_spent", "reconnection_required"]),
    reason=st.just("why"),
    remedy=st.just("what to do"),
    parked_at_ms=st.integers(0, 3),
    body=TEXT,
    source=st.sampled_from(["lead", None]),
    key=TEXT | st.none(),
    sync=st.none(),
    run=st.sampled_from(["r1", None]),
    sent_at_ms=st.integers(0, 9),
    retry_when=st.sampled_from(["quota", "connected"]),
    not_before_ms=st.integers(0, 3),
)


def entries(count: int, body: str = "{}") -> list[Parked]:
    return [replace(WAITING, parked_id=f"w{number:04d}", key=f"k{number}", body=body) for number in range(count)]


@given(st.lists(ENTRIES, max_size=30, unique_by=lambda entry: (entry.tenant, entry.parked_id)))
def test_all_come_out_as_they_went_in(waiting: list[Parked]) -> None:
    def plain(entry: Parked) -> str:
        return repr(replace(entry, parked_id=""))

    batches = list(in_batches(waiting))
    found = [entry for batch in batches for entry in unbatched(batch)]
    assert sorted(map(plain, found)) == sorted(map(plain, waiting))
    assert len({(entry.tenant, entry.parked_id) for entry in found}) == len(waiting)
    assert sum(batch.changes for batch in batches) == len(waiting)
    by_tenant = {(batch.shared["tenant"], batch.batch_id) for batch in batches}
    assert len(by_tenant) == len(batches)


def test_the_same_entries_make_the_same_batch_and_others_another() -> None:
    (first,) = in_batches(entries(3))
    (again,) = in_batches(reversed(entries(3)))
    (other,) = in_batches(entries(2))
    assert first == again
    assert other.batch_id != first.batch_id
    assert first.batch_id.startswith("w0000-")


def test_entries_keep_their_order_in_and_across_batches() -> None:
    batches = list(in_batches(entries(MOST_ENTRIES + 1)))
    assert [batch.changes for batch in batches] == [MOST_ENTRIES, 1]
    assert [batch.batch_id for batch in batches] == sorted(batch.batch_id for batch in batches)
    assert [entry.key for batch in batches for entry in unbatched(batch)] == [f"k{n}" for n in range(MOST_ENTRIES + 1)]


def test_a_batch_holds_no_more_than_fits() -> None:
    batches = list(in_batches(entries(3, body="x" * (MOST_BYTES // 2))))
    assert [batch.changes for batch in batches] == [2, 1]


def test_a_batch_is_forgotten_when_each_of_its_entries_is() -> None:
    (batch,) = in_batches(entries(3))
    ids = [entry.parked_id for entry in unbatched(batch)]
    assert whole_batches([*ids, "r1"]) == [batch.batch_id, "r1"]
    assert whole_batches(ids[1:]) == []
    assert whole_batches([ids[0]] * 3) == []
