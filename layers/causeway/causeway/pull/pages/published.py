"""What the product was told before, read from the remembered pages when somebody needs to know."""

from __future__ import annotations

from causeway.pull.jobs import Held
from causeway.pull.pages.pages import PageWriter
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.watermarks import Window
from causeway.pull.ports import Checkpoints

DAY_MS = 86_400_000


class PublishedBefore:
    """Id → fingerprint of what was told, as seen from one window; rows collected so far are kept before pages are read."""

    def __init__(
        self, start: Checkpoint, window: Window, held: Held, checkpoints: Checkpoints, pages: PageWriter
    ) -> None:
        self._window, self._held, self._checkpoints, self._pages = window, held, checkpoints, pages
        self._is_untouched = window.is_first_import and not start.page
        self._lower_before_ms = start.lower_before_ms
        self._ever: dict[str, bytes] | None = None

    def in_window(self) -> dict[str, bytes]:
        """Return what was told with a stamp inside the window."""
        if self._is_untouched:
            return {}
        after = self._window.recent_ms if self._window.is_first_import else self._window.lower_ms - 1
        return self._checkpoints.newer_pages(self._held, after)

    @property
    def horizon_ms(self) -> int:
        """
        Return the creation date after which a record may never have been told.

        One that changes whenever a run begins is left to the next run each time; a day and two windows back is beyond that.
        """
        return max(0, min(self._lower_before_ms, self._window.lower_ms - DAY_MS))

    def since_horizon(self) -> dict[str, bytes]:
        """Return what was told since the horizon."""
        self._pages.flush()
        return self._checkpoints.newer_pages(self._held, self.horizon_ms)

    def ever(self) -> dict[str, bytes]:
        """Return every record that was told and is not gone, as of when it is asked first."""
        if self._ever is None:
            self._pages.flush()
            self._ever = self._checkpoints.inventory(self._held)
        return self._ever
