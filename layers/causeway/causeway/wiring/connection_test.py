"""The permission check of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def findings(tenant: str) -> Sequence[Mapping[str, Any]]:
    """Return what a newly connected user may not do but will have to."""
    return ()
