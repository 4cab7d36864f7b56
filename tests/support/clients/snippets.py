"""The Python of a page of documentation."""

from __future__ import annotations

import re
from pathlib import Path


def python_snippets(page: Path) -> list[str]:
    """Return the fenced Python blocks of a page in order."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
