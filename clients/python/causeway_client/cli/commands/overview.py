"""`causeway overview`."""

from __future__ import annotations

import typer

from causeway_client.cli.session import session_of

COUNTS = ("written", "unchanged", "skipped", "refused", "waiting")


def overview(context: typer.Context) -> None:
    """Show how the tenant is doing: what needs a person, API use, the last 14 days, and every sync."""
    session = session_of(context)
    found = session.api.read_overview(session.tenant)
    if session.out.as_json:
        session.out.document(found)
        return
    needs = [(each.level, each.count, each.message, each.remedy) for each in found.needs]
    session.out.table(("level", "changes", "what", "remedy"), needs, title="Needs a person")
    if found.usage.used is not None:
        forecast = (
            "" if found.usage.forecast is None else f", about {found.usage.forecast:,} at the end of the day (UTC)"
        )
        session.out.say(f"API calls: {found.usage.used:,} of {found.usage.allowed:,}{forecast}")
    days = [(day.day, *(getattr(day, name) for name in COUNTS)) for day in found.days]
    session.out.table(("day", *COUNTS), days)
    syncs = [
        (each.id, each.direction, "on" if each.enabled else "off", each.written, each.refused, each.last_change_at)
        for each in found.syncs
    ]
    session.out.table(("sync", "direction", "enabled", "written", "refused", "last change"), syncs)
