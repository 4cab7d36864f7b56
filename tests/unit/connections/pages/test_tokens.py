"""The connect pages wear the console's tokens: one design, written in two places, compared here."""

from __future__ import annotations

import re

from causeway.connections.pages.html import STYLE

from tests.support.documents import REPOSITORY

TOKENS = (REPOSITORY / "web" / "src" / "style" / "tokens.css").read_text(encoding="utf-8")
COLOR = r"--([a-z-]+): ?(#[0-9a-f]{6})"


def themes(style: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours by name, of the light theme and of the dark one."""
    light, _, dark = style.partition("prefers-color-scheme")
    return dict(re.findall(COLOR, light)), dict(re.findall(COLOR, dark.partition("}}")[0] if style is STYLE else dark))


def test_every_colour_is_a_token_of_the_console_with_its_value() -> None:
    for mine, tokens in zip(themes(STYLE), themes(TOKENS), strict=True):
        assert len(mine) >= 12
        assert mine.items() <= tokens.items()


def test_no_colour_stands_outside_the_tokens() -> None:
    rules = re.sub(COLOR, "", STYLE)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules) == []
