"""`causeway relay setup | status | remove`."""

from __future__ import annotations

from typing import Annotated

import typer

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.generated.api import RelayStatus

app = typer.Typer(no_args_is_help=True, help="Changes in seconds: Salesforce's Event Relay brings pulls forward.")


@app.command("setup")
def set_up(context: typer.Context) -> None:
    """Set the relay of the tenant's org up, as far as it goes now; run it again until it says that the relay runs."""
    session = session_of(context)
    _show(session, session.api.set_up_relay(session.tenant))


@app.command("status")
def status(context: typer.Context) -> None:
    """Show how the relay stands: in Salesforce, and when Causeway heard of a change last. Exit code 1 when it fails."""
    session = session_of(context)
    found = session.api.read_relay(session.tenant)
    _show(session, found)
    if found.state == "failing":
        raise typer.Exit(Exit.FOUND)


@app.command("remove")
def remove(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
) -> None:
    """Remove the relay, in Salesforce and here; the schedule goes on."""
    session = session_of(context)
    if not yes:
        raise Stop(Exit.USAGE, f"This removes the event relay of {session.tenant}'s org.", "Add --yes to do it.")
    session.api.remove_relay(session.tenant)
    if session.out.as_json:
        session.out.document({"removed": True})
    else:
        session.out.say("The event relay is removed; the schedule goes on.")


def _show(session: Session, found: RelayStatus) -> None:
    if session.out.as_json:
        session.out.document(found)
        return
    if found.steps:
        session.out.table(("step", "", "what"), [(each.name, each.state, each.message) for each in found.steps])
    columns = ("state", "through the relay", "source", "Salesforce sent", "Causeway heard")
    through = ", ".join(found.sobjects)
    session.out.table(columns, [(found.state, through, found.source, found.last_relayed_at, found.last_heard_at)])
    for each in found.left_out:
        session.out.note(f"{each.sobject} waits for its schedule. {each.message}")
    if found.error:
        session.out.note(f"Salesforce says: {found.error}")
