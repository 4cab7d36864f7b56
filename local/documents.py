"""Write what is generated from the code into docs/: `python -m local.documents`. A test holds the files against the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from causeway.api.openapi import document
from causeway.api.table import ROUTES
from causeway.contract.messages import PushMessage
from pydantic import BaseModel

from local.errors_page import errors_page
from local.message_shapes import OutcomesMessage, RecordsMessage, SharedRecordsMessage

DOCS = Path(__file__).parent.parent / "docs"


def documents() -> dict[Path, dict[str, Any] | str]:
    """Return every generated document by its path."""
    return {
        DOCS / "openapi.json": document(ROUTES),
        DOCS / "errors.md": errors_page(),
        DOCS / "schemas" / "push.json": schema_of(PushMessage),
        DOCS / "schemas" / "outcomes.json": schema_of(OutcomesMessage),
        DOCS / "schemas" / "records.json": schema_of(RecordsMessage),
        DOCS / "schemas" / "records-2.json": schema_of(SharedRecordsMessage),
    }


def schema_of(message: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a queue message."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **message.model_json_schema()}


def text_of(content: dict[str, Any] | str) -> str:
    """Return the text of a document as stored in its file."""
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
