"""What the demo prints: headings as the work goes on, plain tables, and checks that must hold."""

from __future__ import annotations

from collections.abc import Sequence


class Unmet(Exception):
    """Something that the demo promises was not so."""


def heading(text: str) -> None:
    """Print the name of a step."""
    print(f"\n── {text} " + "─" * max(2, 100 - len(text)), flush=True)


def say(text: str) -> None:
    """Print one line at once, so that progress is visible."""
    print(f"   {text}", flush=True)


def check(holds: bool, promise: str) -> None:
    """Print a promise that holds; raise Unmet when it does not."""
    if not holds:
        raise Unmet(promise)
    say(f"✔ {promise}")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], widest: int = 62) -> None:
    """Print rows in columns as wide as their longest cell, cells cut at `widest` characters."""
    cells = [[_cut(cell, widest) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for number, row in enumerate(cells):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            say("  ".join("─" * width for width in widths))


def _cut(text: str, widest: int) -> str:
    return text if len(text) <= widest else text[: widest - 1] + "…"
