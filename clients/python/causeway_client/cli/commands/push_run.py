"""Send changes under a run of their own and follow it in the history: the product's queue of outcomes is left alone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.rows.changes import FileChanges
from causeway_client.cli.session import Session
from causeway_client.errors import ApiError
from causeway_client.generated.api import RunDetail, Sync
from causeway_client.generated.push import Change
from causeway_client.sender import Sender, Sent

LOOK_EVERY_S = 1
STILL_S = 20
QUEUE_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was sent, under which run, and how many outcomes it must have."""

    run: str
    source: str
    file: FileChanges
    sent: Sent | None
    expected: int


def new_run_id() -> str:
    """Return an id that stands in the history where its time belongs."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-push-file-{secrets.token_hex(4)}"


def expected_outcomes(changes: Sequence[Change], syncs: Sequence[Sync]) -> int:
    """Return how many outcomes the changes must have: one for each enabled sync, or one each where there is none."""
    taking = [sync for sync in syncs if sync.enabled and sync.direction != "pull"]
    return len(changes) * max(1, len(taking))


def send(session: Session, source: str, changes: Sequence[Change], run_id: str, *, urgent: bool) -> Sent:
    """Send the changes with a progress bar; raise NotSent."""
    deployment = session.deployment
    sender = Sender(deployment.aws("sqs"), deployment.push_queue_url, clock=session.clock)
    with _progress(session, "sent", len(changes)) as advance:
        return sender.send(session.tenant, source, changes, run=run_id, urgent=urgent, on_sent=advance)


def watched(session: Session, pushed: Pushed, patience_s: float) -> RunDetail:
    """
    Return the run when every outcome is there; raise Stop when nothing moved for long.

    An outcome that was settled before a crash of the function is not counted again when its message is delivered again. So a
    run whose count stands still is over, too, when the push queue is empty.
    """
    counted, moved_at = 0, session.clock.now_s()
    with _progress(session, "outcomes", pushed.expected) as advance:
        while True:
            detail = _run(session, pushed.run)
            present = detail.counts.get("read", 0) if detail else 0
            if present > counted:
                advance(present - counted)
                counted, moved_at = present, session.clock.now_s()
            still_s = session.clock.now_s() - moved_at
            if detail and (counted >= pushed.expected or (still_s > STILL_S and _queue_is_empty(session))):
                return detail
            if still_s > patience_s:
                raise Stop(
                    Exit.UNFINISHED,
                    f"{counted:,} of {pushed.expected:,} outcomes are there, and none came for {patience_s:.0f} s.",
                    f"What was sent goes on by itself: causeway history {pushed.run}. To see what is wrong: causeway doctor.",
                )
            session.clock.sleep(LOOK_EVERY_S)


def _queue_is_empty(session: Session) -> bool:
    """Return whether nothing is on the push queue, visible or not; False where the caller may not look."""
    deployment = session.deployment
    try:
        answer = deployment.aws("sqs").get_queue_attributes(
            QueueUrl=deployment.push_queue_url, AttributeNames=list(QUEUE_COUNTS)
        )
    except ClientError:
        return False
    return not any(int(answer["Attributes"].get(name, 0)) for name in QUEUE_COUNTS)


def _run(session: Session, run_id: str) -> RunDetail | None:
    """Return the run, None before its first outcome."""
    try:
        return session.api.read_run(session.tenant, run_id)
    except ApiError as error:
        if error.status == 404:
            return None
        raise


@contextmanager
def _progress(session: Session, what: str, total: int) -> Iterator[Any]:
    """Show a bar on standard error while the block runs; yield a function that moves it."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=session.out.notes,
        disable=session.out.as_json,
        transient=not session.out.notes.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)
