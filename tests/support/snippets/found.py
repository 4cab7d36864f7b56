"""Finds every block of code in the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

from tests.support.documents import PAGES, REPOSITORY

ALL_PAGES = (
    *PAGES,
    *sorted(REPOSITORY.glob("clients/*/README.md")),
    REPOSITORY / "local" / "org" / "README.md",
    REPOSITORY / "tests" / "cases" / "README.md",
)


class Snippet(NamedTuple):
    """One block of code: its page from the root, the line it begins at (from 1), its language if any, and its text."""

    page: str
    line: int
    language: str
    text: str


def snippets(pages: tuple[Path, ...] = ALL_PAGES, root: Path = REPOSITORY) -> Iterator[Snippet]:
    """Yield the fenced and indented blocks of pages, in order."""
    markdown = MarkdownIt("commonmark").enable("table")
    for page in pages:
        for token in markdown.parse(page.read_text(encoding="utf-8")):
            if token.type in ("fence", "code_block") and token.map:
                yield Snippet(str(page.relative_to(root)), token.map[0] + 1, token.info.strip(), token.content)
