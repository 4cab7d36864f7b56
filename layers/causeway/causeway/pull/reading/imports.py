"""Read what somebody asked for once, in the order of Ids, and publish all of it; the place of the schedule stays as it is."""

from __future__ import annotations

from dataclasses import replace

from causeway.errors import OrgRefused, QueryTimedOut
from causeway.pull.pages.published import PublishedBefore
from causeway.pull.pages.publisher import RowPublisher
from causeway.pull.planning.checkpoints import Checkpoint, ImportPlace
from causeway.pull.planning.describes import RelatedDescribes
from causeway.pull.planning.imports import import_of
from causeway.pull.planning.queries import count_query
from causeway.pull.planning.visible_plan import visible_plan
from causeway.pull.planning.watermarks import Place, Window, next_window
from causeway.pull.reading.context import RunPart, WindowReading
from causeway.pull.reading.publishing import publish_rows
from causeway.pull.reading.sweep import rule_pages
from causeway.pull.reading.window import finish, read_through
from causeway.salesforce.describe import SObjectDescribe


def read_import(part: RunPart) -> None:
    """
    Read the import that the job carries, on from the place that it has reached, and finish its pages.

    Raises what `read_window` raises, and BrokenMapping when a filter does not fit the org.
    """
    reading, reached = read_through(part, _opened, _read)
    is_between = reached.window is None  # a window that is under way is read on as it began
    hidden = reading.describes.hidden if is_between else reached.hidden
    finish(part, replace(reached, importing=None, hidden=hidden))


def _opened(part: RunPart, describe: SObjectDescribe, describes: RelatedDescribes) -> WindowReading:
    """Plan what is visible of what the import asks for; the window is everything up to now."""
    held = part.held
    plan = visible_plan(part.sync, part.org, describe, describes, None, import_of(part.job.only))
    now = next_window(held.checkpoint.read_upto_ms, part.org.org_now_ms())
    window, start = Window(Place(0), now.upto_ms, now.began_ms), _begun(held.checkpoint, part.job.run)
    published = PublishedBefore(start, window, held, part.ports.checkpoints, part.pages)
    publisher = RowPublisher(
        plan,
        window,
        {},
        0,
        published.since_horizon,
        published.ever,
        sends_all=True,
        version=part.ports.records_version,
    )
    return WindowReading(part, plan, start, window, describes, published, publisher)


def _begun(checkpoint: Checkpoint, run: str) -> Checkpoint:
    is_under_way = checkpoint.importing is not None and checkpoint.importing.run == run
    return checkpoint if is_under_way else replace(checkpoint, importing=ImportPlace(run))


def _read(reading: WindowReading) -> Checkpoint:
    start = reading.start.importing or ImportPlace(reading.part.job.run)
    if not start.page:
        _count(reading)

    def after(record_id: str) -> Checkpoint:
        return replace(reading.start, importing=replace(start, last_id=record_id))

    for rows in rule_pages(reading, start.last_id):
        publish_rows(reading, rows, lambda row: after(row.record_id), is_sweep=True)
        reading.part.pages.pass_by(after(rows[-1]["Id"]))
    return reading.start


def _count(reading: WindowReading) -> None:
    """Show how many records there are to read, where Salesforce can count them."""
    part = reading.part
    part.guard.check()
    try:
        total = part.org.count(count_query(reading.plan), with_deleted=False)
    except (OrgRefused, QueryTimedOut):
        return
    part.ports.runs.expects(part.job.tenant, part.job.run, total)
