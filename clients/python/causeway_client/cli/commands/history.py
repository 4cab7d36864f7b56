"""`causeway history`, and how a run is shown."""

from __future__ import annotations

from typing import Annotated

import typer

from causeway_client.cli.session import Session, session_of
from causeway_client.generated.api import FailedRecord, Run, RunDetail

COUNTS = ("read", "created", "updated", "unchanged", "skipped", "rejected", "waiting")


def history(
    context: typer.Context,
    run: Annotated[str | None, typer.Argument(help="One run by its id, with its failing records.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many runs, newest first.")] = 20,
) -> None:
    """List the runs, newest first, or show one with its failing records."""
    session = session_of(context)
    if run is None:
        runs = session.api.list_runs(session.tenant, limit=limit)
        if session.out.as_json:
            session.out.document(runs)
        else:
            show_runs(session, runs.runs)
        return
    detail = session.api.read_run(session.tenant, run)
    failures = all_failures(session, detail)
    if session.out.as_json:
        session.out.document({**detail.model_dump(mode="json"), "failures": failures, "next": None})
        return
    show_runs(session, [detail])
    show_failures(session, failures)


def show_runs(session: Session, runs: list[Run] | list[RunDetail]) -> None:
    """Print runs as a table."""
    columns = ("run", "kind", "trigger", "source", "sync", "status", "started", "calls", *COUNTS)
    rows = [
        (
            run.id,
            run.kind,
            run.trigger,
            run.source,
            run.sync,
            run.status,
            run.started_at,
            run.api_calls,
            *(run.counts.get(name, 0) for name in COUNTS),
        )
        for run in runs
    ]
    session.out.table(columns, rows)


def show_failures(session: Session, failures: list[FailedRecord]) -> None:
    """Print failing records as a table."""
    if failures:
        rows = [(each.key, each.sync, each.code, each.reason, each.remedy) for each in failures]
        session.out.table(("key", "sync", "code", "reason", "remedy"), rows, title="Failing records")


def all_failures(session: Session, first: RunDetail) -> list[FailedRecord]:
    """Return every failing record of a run, of which the first page is known."""
    failures, token = list(first.failures), first.next
    while token:
        page = session.api.read_run(session.tenant, first.id, next=token)
        failures, token = [*failures, *page.failures], page.next
    return failures
