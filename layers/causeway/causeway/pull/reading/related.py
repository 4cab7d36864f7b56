"""Ask for what is known of pulled rows from elsewhere: links, last synced values, the people they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from causeway.errors import OrgRefused, OrgUnavailable, QueryTimedOut
from causeway.pull.jobs import Row
from causeway.pull.pages.publisher import RelatedData
from causeway.pull.planning.person_view import PersonView
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.people import people_of_rows


def related_data(reading: WindowReading, rows: Sequence[Row]) -> RelatedData:
    """Return what is known of these rows; with `enrich` on, at one call to the org whatever their number."""
    part, pull = reading.part, reading.plan.sync.pull
    tenant, org_id, ids = part.held.tenant, part.held.org_id, [row["Id"] for row in rows]
    links = part.ports.links.of_records(reading.plan.sync, org_id, tenant, ids) if ids else {}
    synced = None
    if reading.plan.sync.direction == "bidirectional":
        synced = part.ports.synced.of_records(tenant, org_id, ids)
    return RelatedData(links, _people(reading, rows) if pull.enrich and rows else {}, synced)


def _people(reading: WindowReading, rows: Sequence[Row]) -> Mapping[str, PersonView]:
    """Look people up, without what the org refuses because the user cannot see it."""
    while True:
        reading.part.guard.check()
        try:
            return people_of_rows(reading.plan.describe.name, rows, reading.describes, reading.part.org.read)
        except OrgRefused as refused:
            if not reading.describes.learn(refused):
                raise
        except QueryTimedOut as error:  # no smaller look-up is asked for: what is looked up is one page already
            raise OrgUnavailable(error.message, error.remedy) from error
