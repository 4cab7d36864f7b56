"""Reasons for which a pull stops between two calls, and the one check for all of them."""

from __future__ import annotations

from causeway.connections.connection import Connection
from causeway.connections.gates import YIELD_PERCENT, Gate, gate_of
from causeway.pull.jobs import PullJob
from causeway.pull.ports import Deadline, PullPorts

RESERVE_S = 40.0  # one call (30 s at most) and storing a page must still fit


class OutOfTime(Exception):
    """This worker's time is up, or waiting would waste it: another one goes on after `delay_s`; `waits_for` says for what."""

    def __init__(self, delay_s: int = 0, waits_for: str = "") -> None:
        super().__init__(f"to be continued after {delay_s} s")
        self.delay_s, self.waits_for = delay_s, waits_for


class GateClosed(Exception):
    """The tenant's connection or quota does not allow another call now."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.code)
        self.gate = gate


class Cancelled(Exception):
    """A person cancelled the run."""


class Guard:
    """Asked before every call to the org, so that a deauthorization or cancellation is followed by no further call."""

    def __init__(self, job: PullJob, connection: Connection, ports: PullPorts, deadline: Deadline) -> None:
        self._tenant, self._run, self._epoch, self._org = job.tenant, job.run, connection.epoch, connection.org_id
        self._ports, self._deadline = ports, deadline

    def check(self) -> None:
        """Raise OutOfTime, GateClosed or Cancelled when no further call may be made."""
        if self._deadline.remaining_s() < RESERVE_S:
            raise OutOfTime
        now = self._ports.connections.get(self._tenant)
        gate = gate_of(now, self._ports.quota_share_percent, self._ports.now_ms(), yielded=YIELD_PERCENT)
        if not gate.is_open:
            raise GateClosed(gate)
        if now.epoch != self._epoch or now.org_id != self._org:
            raise GateClosed(Gate(False, "not_connected", "The org was connected anew meanwhile."))
        if self._ports.runs.is_cancelled(self._tenant, self._run):
            raise Cancelled
