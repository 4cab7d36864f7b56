"""The event relay of the tenant's org, which lets its changes arrive within seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causeway.api.bodies.relay import RelayLeftOut, RelayStatus, RelayStep
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.relay.report import RelayReport
from causeway.salesforce.values.dates import rfc3339

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


def read_relay(call: Call, use: UseCases) -> RelayStatus:
    """Look how the event relay stands, in Salesforce and here."""
    return _status(use.relay.look(call.tenant))


def set_up_relay(call: Call, use: UseCases) -> RelayStatus:
    """Set the event relay up with the connected user's rights, as far as it goes now; repeat it until the state is `running`."""
    return _status(use.relay.set_up(call.tenant))


def remove_relay(call: Call, use: UseCases) -> None:
    """Remove the event relay; the schedule goes on."""
    use.relay.remove(call.tenant)


def _status(report: RelayReport) -> RelayStatus:
    return RelayStatus(
        state=report.state,
        source=report.source or None,
        sobjects=list(report.sobjects),
        left_out=[RelayLeftOut.model_validate(each) for each in report.left_out],
        steps=[RelayStep.model_validate(each) for each in report.steps],
        last_relayed_at=report.last_relayed_at or None,
        last_heard_at=rfc3339(report.last_heard_ms) if report.last_heard_ms else None,
        error=report.error or None,
    )


ROUTES = (
    Route("GET", "relay", read_relay, least=Role.VIEWER, answers=RelayStatus),
    Route("POST", "relay", set_up_relay, least=Role.INTEGRATOR, answers=RelayStatus),
    Route("DELETE", "relay", remove_relay, least=Role.INTEGRATOR, status=204),
)
