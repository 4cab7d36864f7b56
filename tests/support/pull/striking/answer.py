"""One HTTP answer as alterations see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Answer:
    """
    An answer in transit. `url` is what was asked; `lost` is raised in place of the answer, `breaks` once its body is read;
    `after_s` is how late it comes.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    lost: Exception | None = None
    breaks: Exception | None = None
    after_s: float = field(default=0.0)

    def parsed(self) -> Any:
        """Return the JSON of the body, None for none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_body(self, body: bytes, status: int | None = None, **headers: str) -> Answer:
        """Return the answer with another body, status and headers."""
        return replace(self, body=body, status=status or self.status, headers={**self.headers, **headers})

    def with_json(self, body: Any) -> Answer:
        """Return the answer with another JSON body."""
        return self.with_body(json.dumps(body).encode())
