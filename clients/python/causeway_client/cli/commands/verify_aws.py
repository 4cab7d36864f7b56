"""`causeway verify-aws`."""

from __future__ import annotations

from dataclasses import asdict

import typer

from causeway_client.cli.exits import Exit
from causeway_client.cli.session import session_of
from causeway_client.cli.verify.checks import verified


def verify_aws(context: typer.Context) -> None:
    """Ask AWS itself: every role against every call by IAM's simulator, the quotas, one message through the stack. Exits 1 on a problem."""
    session = session_of(context)
    found = list(verified(session.deployment, session.clock))
    problems = [each for each in found if each.level == "problem"]
    if session.out.as_json:
        session.out.document({"ok": not problems, "stack": session.deployment.stack, "findings": [*map(asdict, found)]})
    else:
        rows = [(each.check, each.level, each.message, each.remedy) for each in found]
        session.out.table(("check", "level", "what", "what to do"), rows, title=session.deployment.stack)
    if problems:
        raise typer.Exit(Exit.FOUND)
