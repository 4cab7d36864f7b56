"""Every page of the console has a picture in the documents, and every picture is shown."""

from __future__ import annotations

import re

from tests.browser.screenshots import SHOWN
from tests.support.documents import REPOSITORY

IMAGES = REPOSITORY / "docs" / "images"
PAGE = REPOSITORY / "docs" / "console.md"
SECTIONS = REPOSITORY / "web" / "src" / "app" / "sections.ts"
MOST_BYTES = 3_000_000


def test_every_page_of_the_console_has_a_picture() -> None:
    sections = re.findall(r"^  \{ key: '(\w+)'", SECTIONS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(sections) >= 9
    assert [key for key in sections if not any(name.startswith(f"console-{key}") for name in SHOWN)] == []


def test_every_picture_is_there_is_shown_once_and_says_what_it_is() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(images/([\w-]+)\.webp\)", PAGE.read_text(encoding="utf-8"))
    assert sorted(name for _, name in shown) == sorted(SHOWN)
    assert sorted(path.stem for path in IMAGES.iterdir()) == sorted(SHOWN)
    assert len({text for text, _ in shown}) == len(shown)


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in IMAGES.iterdir()) < MOST_BYTES
