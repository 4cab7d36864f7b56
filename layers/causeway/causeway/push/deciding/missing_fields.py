"""Whether a describe at hand lacks what syncs need of it: then it is asked for again before anything is decided by its absence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.mapping.compiled import compiled
from causeway.syncs.sync import Sync


def lacks(describe: SObjectDescribe, syncs: Iterable[Sync]) -> bool:
    """Return whether a field is missing that a row, an expression or the matching of one of the syncs names."""
    return any(True for sync in syncs for _ in _missing(sync, describe))


def lacks_external_id(sync: Sync, describe: SObjectDescribe) -> bool:
    """Return whether the external ID field is missing by which the sync finds its records."""
    return any(_missing_external_id(sync, describe))


def newest_needed_ms(syncs: Iterable[Sync]) -> int:
    """Return how new a describe must be for these syncs (epoch ms): as new as what each was checked against when it was saved."""
    return max((sync.described_at_ms for sync in syncs), default=0)


def _missing(sync: Sync, describe: SObjectDescribe) -> Iterator[str]:
    for mapping in sync.mappings:
        first, _, rest = mapping.salesforce.partition(".")
        if (describe.relationship(first) if rest else describe.field(first)) is None:
            yield mapping.salesforce
    yield from (name for name in sync.push.match_fields if not (item := describe.field(name)) or not item.filterable)
    yield from _missing_external_id(sync, describe)
    for root, *names in compiled(sync, describe).reads:
        if root == "record" and names and not (describe.field(names[0]) or describe.relationship(names[0])):
            yield names[0]


def _missing_external_id(sync: Sync, describe: SObjectDescribe) -> Iterator[str]:
    name = sync.push.external_id_field
    if name and not ((item := describe.field(name)) and item.external_id):
        yield name
