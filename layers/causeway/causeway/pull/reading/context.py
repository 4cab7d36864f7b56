"""What the phases of a pull work with: one worker's part of a run, and the window that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from causeway.pull.jobs import Held, PullJob
from causeway.pull.pages.published import PublishedBefore
from causeway.pull.pages.publisher import RowPublisher
from causeway.pull.pages.writer import PageWriter
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.describes import RelatedDescribes
from causeway.pull.planning.plan import PullPlan
from causeway.pull.planning.watermarks import Window
from causeway.pull.ports import PullOrg, PullPorts
from causeway.pull.reading.interruptions import Guard
from causeway.syncs.sync import Problem, Sync


@dataclass(frozen=True)
class RunPart:
    """One worker's part of a run: the job and the lease it holds, the org it reads, and the writer of its pages."""

    job: PullJob
    sync: Sync
    held: Held
    org: PullOrg
    ports: PullPorts
    guard: Guard
    pages: PageWriter


@dataclass(frozen=True)
class WindowReading:
    """
    One window as this worker reads it.

    `start`: the checkpoint at which reading begins. `describes`: what is known of related sObjects. `published`: what the
    product has received before. `publisher`: decides which rows become records for the product.
    """

    part: RunPart
    plan: PullPlan
    start: Checkpoint
    window: Window
    describes: RelatedDescribes
    published: PublishedBefore
    publisher: RowPublisher

    @property
    def with_deleted(self) -> bool:
        """Whether queries for changed records ask for deleted ones too."""
        return self.plan.sync.pull.deletes and self.plan.has("IsDeleted") and not self.window.is_first_import

    @property
    def problems(self) -> Sequence[Problem]:
        """Return what cannot be read, or could not be published in full."""
        return [*self.plan.problems, *self.publisher.problems]
