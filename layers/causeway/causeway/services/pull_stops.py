"""Reasons for which a pull stops between two calls, and the one check for all of them."""

from __future__ import annotations

from causeway.domain.connections import Connection, Status
from causeway.services.pull_ports import Connections, Deadline, RunLog

RESERVE_S = 40.0  # one call (30 s at most) and the keeping of a page must still fit


class OutOfTime(Exception):
    """This worker's time is up, or waiting would waste it: another one goes on after `delay_s`."""

    def __init__(self, delay_s: int = 0) -> None:
        super().__init__(f"to be continued after {delay_s} s")
        self.delay_s = delay_s


class GateClosed(Exception):
    """The tenant's connection or quota does not allow another call now."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Cancelled(Exception):
    """A person cancelled the run."""


class Guard:
    """Asked before every call to the org, so that a deauthorization or cancellation is followed by no further call."""

    def __init__(
        self,
        tenant: str,
        run: str,
        connection: Connection,
        connections: Connections,
        runs: RunLog,
        deadline: Deadline,
        quota_share: float,
    ) -> None:
        self._tenant, self._run, self._epoch, self._org = tenant, run, connection.epoch, connection.org_id
        self._connections, self._runs, self._deadline, self._share = connections, runs, deadline, quota_share

    def check(self) -> None:
        """Raise OutOfTime, GateClosed or Cancelled when no further call may be made."""
        if self._deadline.remaining_s() < RESERVE_S:
            raise OutOfTime
        now = self._connections.get(self._tenant)
        if now.status is not Status.CONNECTED or now.epoch != self._epoch or now.org_id != self._org:
            raise GateClosed(f"The connection is {now.status}; the pull goes on from here when it is connected again.")
        if now.usage and now.usage.share >= self._share:
            raise GateClosed(
                f"{now.usage.used} of {now.usage.allowed} daily API calls are used; what is left is kept for pushes."
            )
        if self._runs.is_cancelled(self._tenant, self._run):
            raise Cancelled
