"""Checks return URLs against those that the deployment allows. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit


def is_allowed_return(url: str, allowed: tuple[str, ...]) -> bool:
    """
    Return whether a return URL may be redirected to: exact origin, and a path at or below an allowed one.

    `allowed` are absolute URLs; `https://app.example/settings` allows itself and `https://app.example/settings/…`. Paths that a
    server might read as another one are refused: dot segments, and escaped slashes, backslashes and percent signs. So are
    fragments: what the redirect adds to the query would follow them and be lost, and a page's script acts on them.
    """
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in " \\\"'<>#"):
        return False
    asked = urlsplit(url)
    path = asked.path.lower().replace("%2e", ".")
    if asked.username or asked.password or re.search(r"%(?:25|2f|5c)|(?:^|/)\.{1,2}(?:[/;]|$)", path):
        return False
    return any(_covers(urlsplit(each), asked.scheme, asked.netloc, asked.path) for each in allowed)


def _covers(allowed: SplitResult, scheme: str, netloc: str, path: str) -> bool:
    if (allowed.scheme, allowed.netloc.lower()) != (scheme, netloc.lower()):
        return False
    prefix = allowed.path.rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/")
