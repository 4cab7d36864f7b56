"""Runs: what happened when, and running a sync now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from causeway.api.bodies.history import FailedRecord, ImportRequest, Run, RunDetail, RunQuery, Runs, Waiting
from causeway.api.paging import Page, Pages
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.contract.names import SYNC_ID
from causeway.contract.runs import RunFilter, push_run_id
from causeway.errors import InvalidRequest, NotFound
from causeway.pull.planning.imports import Import
from causeway.push.memory.identifiers import memory_key
from causeway.records.timeline import page_of
from causeway.salesforce.ids import valid_id
from causeway.salesforce.values.dates import rfc3339

if TYPE_CHECKING:
    from causeway.contract.runs import Run as StoredRun
    from causeway.wiring.api import UseCases

MOST_RECORDS = 5  # of one name
MOST_CHANGES = 100  # of one record


def list_runs(call: Call, use: UseCases) -> Runs:
    """List the runs, newest first: all of them, or those that filters let pass. A page may be short, or empty, while `next` goes on."""
    asked, wanted = call.query, _filter(call, use)
    if asked.record is not None:
        found = [run for run in runs_of(call.tenant, asked.record, use) if wanted.fits(run)]
        return Runs(runs=[run_body(run) for run in found[: asked.limit]])
    pages = Pages(use.page_key, of=f"runs {json.dumps(wanted)}" if any(wanted) else "runs", tenant=call.tenant)
    found, position = use.runs.page(call.tenant, pages.position(asked.next), asked.limit, wanted)
    return Runs(runs=[run_body(run) for run in found], next=pages.token(position))


def _filter(call: Call, use: UseCases) -> RunFilter:
    asked = call.query
    source = ""
    if asked.sync is not None:
        source = next((sync.source for sync in use.syncs.list(call.tenant) if sync.id == asked.sync), "")
    return RunFilter(
        kind=asked.kind or "",
        status=asked.status or "",
        source=asked.source or "",
        sync=asked.sync or "",
        sync_source=source,
        outcome=asked.outcome or "",
        since_ms=int(asked.since.timestamp() * 1000) if asked.since else None,
        until_ms=int(asked.until.timestamp() * 1000) if asked.until else None,
    )


def runs_of(tenant: str, text: str, use: UseCases) -> list[StoredRun]:
    """Return the push runs that decided changes of the records that a key, an address or a Salesforce Id names, newest first."""
    run_ids: set[str] = set()
    for each in use.search_records(tenant, text, None)[:MOST_RECORDS]:
        settlements = use.record(tenant, each.source, each.key).settlements
        events, _ = page_of(tenant, memory_key(each.source, each.key), settlements, use.runs.timeline, MOST_CHANGES)
        run_ids.update(event.noted.run or push_run_id(each.source, event.at_ms) for event in events)
    return use.runs.runs(tenant, run_ids)


def read_run(call: Call, use: UseCases) -> RunDetail:
    """Read one run with its failing records."""
    run = use.runs.get(call.tenant, call.path["run"])
    if run is None:
        raise NotFound("There is no such run.")
    pages = Pages(use.page_key, of=f"run {run.run_id}", tenant=call.tenant)
    failures, position = use.runs.failures(call.tenant, run.run_id, pages.position(call.query.next), call.query.limit)
    return RunDetail(
        **_run(run),
        failures=[FailedRecord.model_validate(failure) for failure in failures],
        next=pages.token(position),
    )


def run_now(call: Call, use: UseCases) -> Run:
    """Run a sync now. A pull starts, or the one under way goes on; of a push the product is asked to send its records again."""
    return Run(**_run(use.runs_now.start(call.tenant, use.syncs.get(call.tenant, call.path["sync"]))))


def import_records(call: Call, use: UseCases) -> Run:
    """
    Import records of a sync's rule once, beyond its schedule: all of them again, those of some Ids, or those of a narrower filter.

    Every record is published, whatever was published before. The run shows `total` and `percent`, and ends.
    """
    sync = use.syncs.get(call.tenant, call.path["sync"])
    return Run(**_run(use.runs_now.import_once(call.tenant, sync, Import(_ids(call.body.ids), call.body.filter))))


def _ids(given: Sequence[str]) -> tuple[str, ...]:
    found = {each: valid_id(each) for each in given}
    if wrong := [each for each, full in found.items() if full is None]:
        raise InvalidRequest(f"'{wrong[0][:40]}' is no Salesforce Id.", "Send Ids of 15 or 18 characters.")
    return tuple(dict.fromkeys(full for full in found.values() if full))


def cancel_run(call: Call, use: UseCases) -> Run:
    """Cancel a pull: it stops before its next call to the org, and the sync's next run goes on from there; an import has none."""
    return Run(**_run(use.runs_now.cancel(call.tenant, call.path["run"])))


def run_body(run: StoredRun) -> Run:
    """Return one run as the API answers it."""
    return Run(**_run(run))


def _run(run: StoredRun) -> dict[str, Any]:
    return {
        "id": run.run_id,
        "kind": run.kind,
        "trigger": run.trigger,
        "source": run.source or None,
        "sync": run.sync or None,
        "started_at": rfc3339(run.started_at_ms) if run.started_at_ms else None,
        "ended_at": rfc3339(run.ended_at_ms) if run.ended_at_ms else None,
        "status": run.status,
        "detail": run.detail or None,
        "remedy": run.remedy or None,
        "waiting": _waiting(run) if run.waiting_since_ms else None,
        "api_calls": run.api_calls,
        "counts": run.counts,
        "total": run.total,
        "percent": run.percent,
    }


def _waiting(run: StoredRun) -> Waiting:
    return Waiting(
        since=rfc3339(run.waiting_since_ms),
        next_try_at=rfc3339(run.next_try_ms) if run.next_try_ms else None,
        until=rfc3339(run.waits_until_ms) if run.waits_until_ms else None,
    )


ROUTES = (
    Route("GET", "runs", list_runs, least=Role.VIEWER, query=RunQuery, answers=Runs),
    Route("GET", "runs/{run}", read_run, least=Role.VIEWER, query=Page, answers=RunDetail),
    Route(
        "POST",
        "syncs/{sync}/runs",
        run_now,
        least=Role.INTEGRATOR,
        answers=Run,
        status=202,
        patterns={"sync": SYNC_ID},
    ),
    Route(
        "POST",
        "syncs/{sync}/imports",
        import_records,
        least=Role.INTEGRATOR,
        body=ImportRequest,
        answers=Run,
        status=202,
        patterns={"sync": SYNC_ID},
    ),
    Route("POST", "runs/{run}/cancel", cancel_run, least=Role.INTEGRATOR, answers=Run, status=202),
)
