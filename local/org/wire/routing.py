"""Find the handler of a method and path; say 404 and 405 the way the REST API does."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .call import Handler, Route
from .facts import NOT_ALLOWED
from .messages import OrgError


class Router[O]:
    """Routes in order of declaration; the first whose method and whole path match wins."""

    def __init__(self, routes: Iterable[Route[O]]) -> None:
        self._routes = [(method, re.compile(pattern), handler) for method, pattern, handler in routes]

    def find(self, method: str, path: str) -> tuple[Handler[O], dict[str, str]] | None:
        """Return the handler and its named groups; None when no route has this path; raise METHOD_NOT_ALLOWED."""
        wanted = "GET" if method == "HEAD" else method
        allowed: list[str] = []
        for route_method, pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if route_method == wanted:
                return handler, {name: value for name, value in match.groupdict().items() if value is not None}
            allowed.append(route_method)
        if allowed:
            names = {*allowed, "HEAD"} if "GET" in allowed else {*allowed}
            message = NOT_ALLOWED.format(method=method, allowed=",".join(sorted(names)))
            raise OrgError("METHOD_NOT_ALLOWED", message, status=405)
        return None
