"""What the connected user sees of the sObjects related to a sync's own, as far as a pull needs to know."""

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

    Accounts and users are published with a person. They are rarely hidden and a describe is a call, so they are described
    only once Salesforce refused something of them: in this run, or in the last one (`hidden`). Before each describe `check` is
    asked, which raises when the run was cancelled or the worker has no time left.
    """

    def __init__(self, org: PullOrg, check: Callable[[], None], hidden: Iterable[str] = ()) -> None:
        self._org, self._check = org, check
        self._known: dict[str, SObjectDescribe | None] = {}
        self._read_anew: set[str] = set()
        for sobject in hidden:
            self.of(sobject)

    def of(self, sobject: str) -> SObjectDescribe | None:
        """Return the describe of an sObject, None when the user cannot see it."""
        if sobject not in self._known:
            self._check()
            self._known[sobject] = self._org.parent_described(sobject)
        return self._known[sobject]

    @property
    def known(self) -> Parents:
        """Return what was asked for so far."""
        return self._known

    @property
    def hidden(self) -> tuple[str, ...]:
        """Return the parents of which the user cannot see everything, as far as they were described."""
        return tuple(name for name in PARENTS if name in self._known and hides_something(name, self._known[name]))

    def learn(self, error: OrgRefused) -> bool:
        """Describe what the org refused something of, the second time past the cache; return whether there was any to describe."""
        found = refused_parents(error) | (refused_sobjects(error) & self._known.keys())
        refused = sorted(found - self._read_anew)
        for sobject in refused:
            self._check()
            self._describe(sobject)
        return bool(refused)

    def _describe(self, sobject: str) -> None:
        if sobject not in self._known:
            self.of(sobject)  # mostly the cached describe shows it already
            return
        self._read_anew.add(sobject)
        self._known[sobject] = self._org.parent_described(sobject, fresh=True)
