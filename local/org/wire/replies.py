"""What goes back over the connection: a response, or a connection that breaks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from .messages import Response


@dataclass(slots=True)
class Reply:
    """A response; `cut` sends half of its body and closes, `dropped` closes without any answer."""

    response: Response = field(default_factory=Response)
    cut: bool = False
    dropped: bool = False


def encoded(response: Response) -> Response:
    """Turn a response's body into the bytes that go over the wire, half a surrogate pair into "?"; `None` stays no body."""
    if response.body is None or isinstance(response.body, bytes):
        return response
    if isinstance(response.body, str) and not response.content_type.startswith("application/json"):
        response.body = response.body.encode("utf-8", "replace")
    else:
        text = json.dumps(response.body, ensure_ascii=False, separators=(",", ":"))
        response.body = text.encode("utf-8", "replace")
    return response
