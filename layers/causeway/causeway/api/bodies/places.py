"""Where in the console something is looked at or mended."""

from __future__ import annotations

from typing import Literal

from causeway.api.bodies.shared import Answer


class Place(Answer):
    """A page of the console, and what on it: one sync, or one group of parked changes."""

    page: Literal["connection", "syncs", "sync", "parked", "history", "model"]
    sync: str | None = None
    group: str | None = None
