"""Ask for what is known of pulled rows from elsewhere: links, what both sides had last, the people behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from causeway.errors import OrgRefused
from causeway.pull.jobs import Held, Row
from causeway.pull.pages.rows import RelatedData
from causeway.pull.planning.describes import RelatedDescribes
from causeway.pull.planning.plan import PersonView, PullPlan
from causeway.pull.ports import PullOrg, PullPorts
from causeway.pull.reading.people import people_of_rows


class RelatedReader:
    """Reads what lies beside the rows of a page; `check` is asked before each call to the org."""

    def __init__(
        self,
        plan: PullPlan,
        held: Held,
        org: PullOrg,
        describes: RelatedDescribes,
        ports: PullPorts,
        check: Callable[[], None],
    ) -> None:
        self._plan, self._held, self._org, self._describes = plan, held, org, describes
        self._links, self._synced, self._check = ports.links, ports.synced, check

    def of(self, rows: Sequence[Row]) -> RelatedData:
        """Return what is known of these rows; with `enrich` on at one call, whatever their number."""
        tenant, org_id, ids = self._held.tenant, self._held.org_id, [row["Id"] for row in rows]
        links = self._links.of_records(self._plan.sync, org_id, tenant, ids) if ids else {}
        synced = None
        if self._plan.sync.direction == "bidirectional":
            synced = self._synced.of_records(tenant, org_id, ids)
        return RelatedData(links, self._people(rows) if self._plan.sync.pull.enrich and rows else {}, synced)

    def _people(self, rows: Sequence[Row]) -> Mapping[str, PersonView]:
        """Look people up, without what the org refuses because the user can not see it."""
        while True:
            self._check()
            try:
                return people_of_rows(self._plan.describe.name, rows, self._describes, self._org.read)
            except OrgRefused as refused:
                if not self._describes.learn(refused):
                    raise
