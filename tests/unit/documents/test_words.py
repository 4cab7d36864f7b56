"""The documents use the field's terms and plain words, as names in the code do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.documents import PAGES, REPOSITORY
from tests.support.house import OLD_WORDS

CODE = re.compile(r"```.*?```|`[^`\n]+`|^ {4}[^\n]*$", re.DOTALL | re.MULTILINE)
FROM_THE_CODE = ("errors.md",)  # its sentences are the messages that products read
QUOTING = ("CONTRIBUTING.md",)  # it names the words that names may not hold
WRITTEN = [page for page in PAGES if page.name not in (*FROM_THE_CODE, *QUOTING)]


def old_words(text: str) -> list[str]:
    """Return the words of a text, code left out, that the documents avoid."""
    words = re.findall(r"\bcan not\b|[\w']+", CODE.sub("", text).lower())
    return [word for word in words if word == "can not" or OLD_WORDS.fullmatch(word)]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_page_uses_no_metaphor_and_no_outdated_word(page: Path) -> None:
    assert old_words(page.read_text(encoding="utf-8")) == []


def test_an_outdated_word_is_seen_in_prose_and_not_in_code() -> None:
    assert old_words("What lies beside it can not be told.") == ["beside", "can not", "told"]
    assert old_words("The attribute `home`.\n\n    told = beside\n\n```\ntold\n```\nMended.") == ["mended"]
