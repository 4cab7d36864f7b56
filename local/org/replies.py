"""What goes back over the connection: a response, or a connection that breaks."""

from __future__ import annotations

from dataclasses import dataclass, field

from local.org.messages import Response


@dataclass(slots=True)
class Reply:
    """A response; `cut` sends half of its body and closes, `dropped` closes without any answer."""

    response: Response = field(default_factory=Response)
    cut: bool = False
    dropped: bool = False
