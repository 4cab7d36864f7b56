"""Paths of requests: decoded, with slashes that were encoded kept apart from those that separate segments."""

from __future__ import annotations

import re
from urllib.parse import unquote

ENCODED_SLASH = "\N{DIVISION SLASH}"
"""Stands in a decoded path for a slash that was sent as %2F, which belongs to its segment."""


def decoded_path(sent: str) -> str:
    """Return a path as handlers see it; slashes before the first segment count as one."""
    decoded = unquote(re.sub("%2f", "%E2%88%95", sent, flags=re.IGNORECASE))
    return "/" + decoded.lstrip("/") if decoded.startswith("/") else decoded


def segment(text: str) -> str:
    """Return a segment's own text, such as an external ID with a slash in it."""
    return text.replace(ENCODED_SLASH, "/")
