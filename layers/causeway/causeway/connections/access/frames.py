"""Where a session works that is bound to a frame. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from causeway.connections.access.encoding import is_same

ORIGIN = r"^https://[a-z0-9.-]{1,253}(:\d{1,5})?$|^http://(127\.0\.0\.1|localhost)(:\d{1,5})?$"  # as browsers spell one
ORIGIN_HEADER = "x-causeway-embed-origin"


def is_at_its_origin(session_origin: str, headers: Mapping[str, str]) -> bool:
    """
    Return whether a session is used where it is meant to be: one for embedding in a frame of its origin alone, any other in no frame.

    The frame's page says who embeds it, as the browser names it: neither page's script can change that.
    """
    return is_same(session_origin, headers.get(ORIGIN_HEADER, ""))
