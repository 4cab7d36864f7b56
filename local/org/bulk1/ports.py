"""What jobs of Bulk API 1.0 need of the org."""

from __future__ import annotations

from typing import Protocol

from ..rest.query.ports import QueryOrg
from ..setup.limits import Limits
from .job_store import Jobs


class Bulk1Org(QueryOrg, Protocol):
    """The org as jobs of batches see it: records, queries, the daily batches, and the jobs themselves."""

    @property
    def bulk1_jobs(self) -> Jobs:
        """Return the jobs of the org."""

    @property
    def limits(self) -> Limits:
        """Return what the org allows and what is used of it."""
