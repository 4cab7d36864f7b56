"""What a command prints: tables and sentences for people, or one JSON document for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_WITHOUT_TERMINAL = 160
COLOURS = {
    "created": "green",
    "updated": "green",
    "connected": "green",
    "completed": "green",
    "ok": "green",
    "warning": "yellow",
    "waiting": "yellow",
    "pending": "yellow",
    "skipped": "yellow",
    "rejected": "red",
    "failed": "red",
    "problem": "red",
    "error": "red",
    "reconnection_required": "red",
}


class Output:
    """Prints results to standard output and everything else to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.console = _console(sys.stdout)
        self.notes = _console(sys.stderr)

    def say(self, text: str) -> None:
        """Print a sentence for a person; programs that ask for JSON do not see it."""
        if not self.as_json:
            self.console.print(text, soft_wrap=True)

    def note(self, text: str) -> None:
        """Print something about the progress, to standard error."""
        if not self.as_json:
            self.notes.print(text, soft_wrap=True, style="dim")

    def document(self, value: Any) -> None:
        """Print the command's one JSON document."""
        print(json.dumps(plain(value), ensure_ascii=False, indent=2))

    def line(self, value: Any) -> None:
        """Print one JSON document of several, on a line of its own."""
        print(json.dumps(plain(value), ensure_ascii=False), flush=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> None:
        """Print rows in columns; numbers stand on the right."""
        shown = [list(row) for row in rows]
        table = Table(title=title or None, title_justify="left", header_style="bold", title_style="bold")
        for place, name in enumerate(columns):
            is_number = bool(shown) and all(isinstance(row[place], int) for row in shown)
            table.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=place == 0)
        for row in shown:
            table.add_row(*[_cell(value) for value in row])
        self.console.print(table)

    def error(self, code: str, message: str, remedy: str) -> None:
        """Print why the command failed."""
        if self.as_json:
            found = {"error": {"code": code, "message": message, "remedy": remedy}}
            print(json.dumps(found, ensure_ascii=False), file=sys.stderr)
        else:
            self.notes.print(Text(f"{message} {remedy}".strip(), style="red"), soft_wrap=True)


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: models and what holds them become objects."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def _cell(value: Any) -> Text:
    text = "" if value is None else f"{value:,}" if type(value) is int else str(value)
    return Text(text, style=COLOURS.get(text, ""))


def _console(file: Any) -> Console:
    width = None if file.isatty() else WIDTH_WITHOUT_TERMINAL
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False)
