"""A write whose outcome is unknown keeps every claim under which it may still land, until nothing can land any more."""

from __future__ import annotations

from collections.abc import Sequence

from causeway.salesforce.calls import Collection, Saved

from tests.support.push.bench import NOW_MS, Bench, ScriptedOrg, person
from tests.support.push.memory import MemorySyncs
from tests.support.push.world import TENANT, change, contact_sync, lead_sync

LEASE_MS = 700_000  # at least
ADA = person("a", company="c")


class LostContacts(ScriptedOrg):
    """An org of which nobody hears what became of contacts."""

    def __init__(self) -> None:
        super().__init__()
        self.sobjects: list[str] = []

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        self.sobjects += [save.sobject for collection in collections for save in collection.saves]
        made = Saved("saved", "00Q000000000001AAA", created=True)
        return [
            [Saved("unknown") if save.sobject == "Contact" else made for save in collection.saves]
            for collection in collections
        ]


def test_it_keeps_the_claim_of_the_address_as_well_as_of_the_key(bench: Bench) -> None:
    bench.deliver(change("k1", phone="1"))  # refused for want of a name, and known from now on
    bench.deliver(change("k9", email="ada@example.com"))
    bench.org.planned = [Saved("unknown")]
    assert bench.deliver(change("k1", email="ada@example.com", last_name="L")).redelivered == {"m1": 0}
    for key in ("k1", "k9"):
        redelivered = bench.deliver(change(key, email="ada@example.com", last_name="L")).redelivered
        assert redelivered["m1"] > NOW_MS + LEASE_MS
    assert bench.org.saved == []


def test_it_keeps_the_claim_though_another_sync_of_the_person_is_done(bench: Bench) -> None:
    syncs = MemorySyncs({TENANT: [contact_sync(create_unless="never"), lead_sync(create_unless="never")]})
    bench.org = LostContacts()
    assert bench.deliver(ADA, syncs=syncs).redelivered == {"m1": 0}
    assert bench.results() == {"a": ("created", None)}
    bench.org = ScriptedOrg()
    assert bench.deliver(ADA, syncs=syncs).redelivered["m1"] > NOW_MS + LEASE_MS
    assert bench.org.saved == []


def test_a_second_sync_creates_nobody_whom_the_first_one_may_have_created(bench: Bench) -> None:
    bench.org = org = LostContacts()
    assert list(bench.deliver(ADA, syncs=MemorySyncs({TENANT: [contact_sync(), lead_sync()]})).redelivered) == ["m1"]
    assert (org.sobjects, bench.results()) == (["Contact"], {})
