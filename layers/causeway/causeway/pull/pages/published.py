"""What the product received before, read from the remembered pages when it is asked for."""

from __future__ import annotations

from causeway.contract.days import DAY_MS
from causeway.pull.jobs import Held
from causeway.pull.pages.writer import PageWriter
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.watermarks import Window
from causeway.pull.ports import Checkpoints


class PublishedBefore:
    """Id → fingerprint of what was published, as seen from one window; collected rows are stored before pages are read."""

    def __init__(
        self, start: Checkpoint, window: Window, held: Held, checkpoints: Checkpoints, pages: PageWriter
    ) -> None:
        self._window, self._held, self._checkpoints, self._pages = window, held, checkpoints, pages
        self._is_untouched = window.is_first_import and not start.page
        self._lower_before_ms = start.lower_before_ms
        self._ever: dict[str, bytes] | None = None

    def in_window(self) -> dict[str, bytes]:
        """Return what was published with a stamp inside the window."""
        if self._is_untouched:
            return {}
        after = self._window.recent_ms if self._window.is_first_import else self._window.lower_ms - 1
        return self._checkpoints.newer_pages(self._held, after)

    @property
    def horizon_ms(self) -> int:
        """
        Return the creation date (epoch ms) after which a record may never have been published.

        A record that changes whenever a run begins is left to the next run each time: hence a day and two windows back.
        """
        return max(0, min(self._lower_before_ms, self._window.lower_ms - DAY_MS))

    def since_horizon(self) -> dict[str, bytes]:
        """Return what was published since the horizon."""
        self._pages.flush()
        return self._checkpoints.newer_pages(self._held, self.horizon_ms)

    def ever(self) -> dict[str, bytes]:
        """Return every record that was published and is not gone, as of the first call."""
        if self._ever is None:
            self._pages.flush()
            self._ever = self._checkpoints.inventory(self._held)
        return self._ever
