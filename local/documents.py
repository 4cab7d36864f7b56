"""Write what is generated from the code into docs/: `python -m local.documents`. A test holds the files against the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from causeway.api.openapi import document
from causeway.api.table import ROUTES

from local.errors_page import errors_page

DOCS = Path(__file__).parent.parent / "docs"


def documents() -> dict[Path, dict[str, Any] | str]:
    """Return every generated document by its path."""
    return {DOCS / "openapi.json": document(ROUTES), DOCS / "errors.md": errors_page()}


def text_of(content: dict[str, Any] | str) -> str:
    """Return a document as it lies in its file."""
    if isinstance(content, str):
        return content
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write them all."""
    for path, content in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(content))
        print(path.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
