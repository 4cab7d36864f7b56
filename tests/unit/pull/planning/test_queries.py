"""The SOQL of a pull."""

from __future__ import annotations

from causeway.pull.planning.queries import records_query
from causeway.pull.planning.watermarks import Place

from tests.support.pull.plans import plan_of


def test_the_keyset_never_uses_a_stamp_alone() -> None:
    soql = records_query(plan_of(), Place(1_795_168_800_000, "003000000000001AAA"), 1_795_172_400_000)
    assert "(SystemModstamp > 2026-11-20T10:00:00Z)" in soql
    assert "(SystemModstamp = 2026-11-20T10:00:00Z) AND (Id > '003000000000001AAA')" in soql
    assert soql.endswith("ORDER BY SystemModstamp, Id")
