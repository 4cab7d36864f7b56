"""Run now and cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causeway.api.history_bodies import Run
from causeway.api.history_routes import run_body
from causeway.api.routing import Call, Route
from causeway.domain.roles import Role
from causeway.domain.syncs import SYNC_ID

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


def run_now(call: Call, use: UseCases) -> Run:
    """
    Run a sync now: a pull starts as soon as a worker is free; for a push the product is asked, by the event
    `sync.resend_requested`, to send its records again with this run's id. Follow the run by reading it.
    """
    return run_body(use.requested_runs.run_now(call.tenant, call.path["sync"], call.caller.user))


def cancel_run(call: Call, use: UseCases) -> Run:
    """Stop a pull before its next call of the org; the sync's next run goes on from there."""
    return run_body(use.requested_runs.cancel(call.tenant, call.path["run"]))


ROUTES = (
    Route(
        "POST",
        "syncs/{sync}/runs",
        run_now,
        least=Role.INTEGRATOR,
        answers=Run,
        status=202,
        patterns={"sync": SYNC_ID},
    ),
    Route("POST", "runs/{run}/cancel", cancel_run, least=Role.INTEGRATOR, answers=Run, status=202),
)
