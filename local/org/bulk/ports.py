"""What bulk jobs need of the org."""

from __future__ import annotations

from typing import Protocol

from ..rest.query.ports import QueryOrg
from .job_store import BulkJobs


class BulkOrg(QueryOrg, Protocol):
    """The org as bulk jobs see it: records, queries, and the jobs themselves."""

    @property
    def bulk_jobs(self) -> BulkJobs:
        """Return the jobs of the org."""
