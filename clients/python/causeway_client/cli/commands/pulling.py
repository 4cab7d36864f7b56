"""`causeway pull run`."""

from __future__ import annotations

from typing import Annotated

import typer

from causeway_client.cli.commands.history import all_failures, show_failures, show_runs
from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.generated.api import RunDetail

LOOK_EVERY_S = 2
GOES_ON = ("running", "waiting", "cancelling")

app = typer.Typer(no_args_is_help=True, help="Run a pull now.")


@app.command("run")
def run(
    context: typer.Context,
    sync: Annotated[str, typer.Argument(help="The sync by its id.")],
    watch: Annotated[bool, typer.Option("--watch", help="Wait for the end and show the progress.")] = False,
    patience: Annotated[int, typer.Option(min=1, help="Give up when nothing moved for so many seconds.")] = 600,
) -> None:
    """Start a sync's run, or go on with the one under way. Of a push the product is asked to send its records again."""
    session = session_of(context)
    started = session.api.run_now(session.tenant, sync)
    if not watch or started.kind == "push":
        if session.out.as_json:
            session.out.document(started)
        elif started.kind == "push":
            session.out.say(f"The product was asked to send its records again, with the run {started.id}.")
        else:
            session.out.say(f"Run {started.id} is {started.status}. Watch it with: causeway history {started.id}")
        return
    ended = _watched(session, started.id, patience)
    if session.out.as_json:
        session.out.document(ended)
    else:
        show_runs(session, [ended])
        show_failures(session, all_failures(session, ended))
    if ended.status != "completed":
        raise Stop(Exit.REFUSED, f"The run ended as {ended.status}. {ended.detail or ''}".strip())


def _watched(session: Session, run_id: str, patience_s: float) -> RunDetail:
    """Return the run when it has ended; raise Stop when nothing moved for long."""
    seen, moved_at = None, session.clock.now_s()
    while True:
        detail = session.api.read_run(session.tenant, run_id)
        if detail.status not in GOES_ON:
            return detail
        present = (detail.status, detail.counts)
        if present != seen:
            seen, moved_at = present, session.clock.now_s()
            session.out.note(f"{detail.status}: {detail.counts.get('read', 0):,} read")
        elif session.clock.now_s() - moved_at > patience_s:
            raise Stop(
                Exit.UNFINISHED,
                f"The run {run_id} is {detail.status}, and nothing moved for {patience_s:.0f} s.",
                "It goes on by itself. Look at it with: causeway history, or causeway doctor.",
            )
        session.clock.sleep(LOOK_EVERY_S)
