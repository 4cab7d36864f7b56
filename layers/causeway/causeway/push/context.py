"""What one tenant's part of a batch works with: the connection as last read, the org, the describes and the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from causeway.connections.connection import Connection
from causeway.connections.gates import Gate, gate_of
from causeway.errors import CausewayError
from causeway.push.deciding.describes import Describes
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.ports import Deadline, Org, PushPorts
from causeway.push.tasks import settlement_id
from causeway.push.time_budget import Budget
from causeway.salesforce.calls import Lookup, Row

EPOCH_KNOWN_MS = 5_000  # for how long a connection that was read is relied on before a write
READ_S = 60.0


@dataclass(slots=True)
class PushContext:
    """One tenant's ports, time and connection (as read at `connection_read_ms`, epoch ms), and the id of its settlement."""

    tenant: str
    ports: PushPorts
    budget: Budget
    describes: Describes
    connection: Connection
    connection_read_ms: int
    settlement: str = ""

    @property
    def scope(self) -> ClaimScope:
        """Return the claims of the tenant's present org."""
        return ClaimScope(self.tenant, self.connection.org_id, self.ports.claims)

    def now_ms(self) -> int:
        """Return the time (epoch ms)."""
        return self.ports.now_ms()

    def gate(self) -> Gate:
        """Return whether the connection, as last read, lets changes through."""
        return gate_of(self.connection, self.ports.quota_share_percent, self.now_ms())


class OrgContext(NamedTuple):
    """A context whose gate is open, and the calls to the tenant's org."""

    push: PushContext
    org: Org

    def read(self, lookups: list[Lookup]) -> list[list[Row]]:
        """Read rows of the org, in the time that is left."""
        return self.org.read(lookups, self.push.budget.call_s(READ_S))

    def check_connection(self) -> None:
        """Read the connection again before a write; raise ConnectionChanged when it ended or was made anew since the batch began."""
        push = self.push
        if push.now_ms() - push.connection_read_ms < EPOCH_KNOWN_MS:
            return
        epoch = push.connection.epoch
        push.connection, push.connection_read_ms = push.ports.connections.get(push.tenant), push.now_ms()
        gate = push.gate()
        if not gate.is_open or push.connection.epoch != epoch:
            raise ConnectionChanged(gate)


class ConnectionChanged(CausewayError):
    """The connection changed while the batch ran."""

    code = "connection_changed"

    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.detail or "The connection changed while the batch ran.", gate.remedy)
        self.gate = gate


def read_context(tenant: str, ports: PushPorts, deadline: Deadline) -> PushContext:
    """Read the tenant's connection, and start to count the time."""
    budget = Budget(deadline)
    connection = ports.connections.get(tenant)
    ports.batch_size.start(tenant, connection.record_sizes)
    now_ms = ports.now_ms()
    settlement = settlement_id(now_ms, ports.worker)
    return PushContext(tenant, ports, budget, Describes(tenant, ports), connection, now_ms, settlement)
