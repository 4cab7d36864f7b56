"""Names are terms of the field: none holds a word that stands for an idea only in this code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.house import FOLDERS, OLD_WORDS, REPOSITORY, Name, names_with


@pytest.mark.parametrize("folder", [*FOLDERS, "tests"])
def test_no_module_class_function_or_parameter_is_named_by_a_metaphor(folder: str) -> None:
    assert names_with(OLD_WORDS, REPOSITORY, [folder]) == []


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("push_wishes.py", "", "module push_wishes"),
        ("shelf/__init__.py", "", "module shelf"),
        ("claims.py", "class HomeTable: pass\n", ":1: class HomeTable"),
        ("claims.py", "async def _told_before(): pass\n", ":1: function _told_before"),
        ("claims.py", "class A:\n    def mended(self): pass\n", ":2: function mended"),
        ("claims.py", "def a(*, persons=()): pass\n", ":1: parameter persons"),
        ("claims.py", "a = lambda beside: beside\n", ":1: parameter beside"),
    ],
)
def test_a_planted_word_is_found(tmp_path: Path, file: str, text: str, found: str) -> None:
    path = tmp_path / "local" / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    [name] = names_with(OLD_WORDS, tmp_path, ["local"])
    assert name.endswith(found)


@pytest.mark.parametrize("text", ["Path.home()\n", "def homeless(shelfish): pass\n", "told = 'told'\n"])
def test_parts_of_other_words_and_names_of_others_are_no_finding(tmp_path: Path, text: str) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "claims.py").write_text(text, encoding="utf-8")
    assert names_with(OLD_WORDS, tmp_path, ["local"]) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("held_claims", ["held", "claims"]),
        ("HTTPServer", ["http", "server"]),
        ("_readSObject2", ["read", "s", "object", "2"]),
    ],
)
def test_a_name_is_split_into_its_words(name: str, words: list[str]) -> None:
    assert Name("function", name, "local/org/app.py:1").words == words
