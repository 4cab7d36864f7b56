"""Every page that another page points to exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.template import ROOT

PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "local" / "org").glob("*.md"),
]
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


def broken_links(page: Path, text: str) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    return [link for link in LINK.findall(text) if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


def test_a_link_to_nowhere_is_seen() -> None:
    assert broken_links(ROOT / "README.md", "see [this](docs/no-such-page.md)") == ["docs/no-such-page.md"]
