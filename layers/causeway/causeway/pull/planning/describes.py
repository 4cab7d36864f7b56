"""What the connected user sees of the sObjects beside a sync's own, as far as a pull needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from causeway.errors import OrgRefused
from causeway.pull.ports import PullOrg
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.refused_fields import PARENTS, refused_parents, refused_sobjects
from causeway.syncs.people.columns import Parents, hides_something


class RelatedDescribes:
    """
    The describes of other sObjects, each asked for once.

    Accounts and users are told beside a person. Hardly ever anything of them is hidden and a describe is a call, so they are
    looked at once Salesforce refused something of them: in this run, or in the last one (`hidden`).
    """

    def __init__(self, org: PullOrg, check: Callable[[], None], hidden: Iterable[str] = ()) -> None:
        self._org, self._check = org, check
        self._known: dict[str, SObjectDescribe | None] = {}
        self._read_anew: set[str] = set()
        for sobject in hidden:
            self.of(sobject)

    def of(self, sobject: str) -> SObjectDescribe | None:
        """Return the describe of an sObject, None when the user can not see it."""
        if sobject not in self._known:
            self._known[sobject] = self._org.parent_described(sobject)
        return self._known[sobject]

    @property
    def known(self) -> Parents:
        """Return what was asked for so far."""
        return self._known

    @property
    def hidden(self) -> tuple[str, ...]:
        """Return the parents of which the user can not see everything, as far as they were looked at."""
        return tuple(name for name in PARENTS if name in self._known and hides_something(name, self._known[name]))

    def learn(self, error: OrgRefused) -> bool:
        """Look at what the org refused something of, at last past the cache; tell whether there was anything to look at."""
        found = refused_parents(error) | (refused_sobjects(error) & self._known.keys())
        desired = sorted(found - self._read_anew)
        for sobject in desired:
            self._check()
            self._look_at(sobject)
        return bool(desired)

    def _look_at(self, sobject: str) -> None:
        if sobject not in self._known:
            self.of(sobject)  # a describe in the cache mostly tells it already
            return
        self._read_anew.add(sobject)
        self._known[sobject] = self._org.parent_described(sobject, fresh=True)
