"""
Says for each block of code in the documents what checks it, and what the check found.

    python -m tests.support.snippets.register      # the list: page and line, what checks it, faults
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import NamedTuple

import yaml

from tests.support.snippets import commands, examples
from tests.support.snippets.found import Snippet, snippets

RUN = {
    "README.md": "tests/stack/test_readme.py",
    "clients/python/README.md": "tests/integration/clients/test_readme.py",
    "docs/api.md": "tests/integration/clients/test_pages.py",
    "docs/messages.md": "tests/integration/clients/test_pages.py",
    "local/org/README.md": "tests/unit/local/org/test_running.py",
}
"""The tests that run the Python blocks of a page."""
PICTURE = set("─►│└┌┐┘├┤▼")


class Checked(NamedTuple):
    """One block, the name of what checks it (empty: nothing does), and its faults, one sentence each."""

    snippet: Snippet
    by: str
    faults: list[str]


def register() -> list[Checked]:
    """Return every block of the documents with its check."""
    return [checked(snippet) for snippet in snippets()]


def checked(snippet: Snippet) -> Checked:
    """Check one block by what it is: by its language, else by how its text begins."""
    text = snippet.text
    match snippet.language or _kind(text):
        case "python":
            return Checked(snippet, RUN.get(snippet.page, ""), _faults(lambda: compile(text, snippet.page, "exec")))
        case "ts":
            return Checked(snippet, "tests/clients/typescript.py", [])
        case "mermaid":
            return Checked(snippet, "tests/unit/documents/test_architecture.py", [])
        case "yaml":
            return Checked(snippet, "read as YAML", _faults(lambda: yaml.safe_load(text)))
        case "json":
            parts = text.splitlines() if text.lstrip().startswith('{"do"') else [text]
            return Checked(snippet, "the published schemas", [each for part in parts for each in examples.faults(part)])
        case "request":
            return Checked(snippet, "the OpenAPI document", examples.request_faults(text))
        case "picture":
            return Checked(snippet, "a picture", [])
        case _:
            return Checked(snippet, "the programs that it calls", commands.faults(text))


def _kind(text: str) -> str:
    if PICTURE & set(text):
        return "picture"
    if text.lstrip().startswith(("{", "[")):
        return "json"
    if text.startswith(("import ", "from ")):
        return "python"
    return "request" if examples.is_request(text) else "commands"


def _faults(check: Callable[[], object]) -> list[str]:
    try:
        check()
    except (SyntaxError, json.JSONDecodeError, yaml.YAMLError) as error:
        return [str(error)]
    return []


def main() -> int:
    found = register()
    for each in found:
        print(f"{each.snippet.page}:{each.snippet.line}  {each.by or 'UNCHECKED'}", *each.faults, sep="\n    ")
    return int(any(each.faults or not each.by for each in found))


if __name__ == "__main__":
    sys.exit(main())
