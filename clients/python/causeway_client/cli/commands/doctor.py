"""`causeway doctor`."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import typer

from causeway_client.cli.doctor.checks import findings
from causeway_client.cli.doctor.findings import Finding
from causeway_client.cli.exits import Exit
from causeway_client.cli.session import session_of


def doctor(context: typer.Context) -> None:
    """Look at the deployment's health: API, functions, rights, queues, alarms, quotas, connections. Exits 1 on a problem."""
    session = session_of(context)
    found = list(findings(session.deployment))
    problems = [each for each in found if each.level == "problem"]
    if session.out.as_json:
        session.out.document({"ok": not problems, "stack": session.deployment.stack, "findings": [*map(asdict, found)]})
    else:
        rows = [(each.check, each.level, each.message, each.remedy) for each in found]
        session.out.table(("check", "level", "what", "what to do"), rows, title=session.deployment.stack)
        session.out.say(_conclusion(found))
    if problems:
        raise typer.Exit(Exit.FOUND)


def _conclusion(found: list[Finding]) -> str:
    counts = Counter(each.level for each in found)
    if counts["problem"]:
        return f"Problems: {counts['problem']}."
    return f"Not looked at: {counts['unknown']}. No problem in the rest." if counts["unknown"] else "All is well."
