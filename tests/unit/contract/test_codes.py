"""Every code that the program may say is registered with a sentence and a remedy, and none is registered in vain."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import causeway
import pytest
from causeway.contract.codes import CODES, explained

SOURCE = Path(causeway.__file__).parent
CODE_WORD = {  # calls whose argument at this place is a code
    "Warning": 1,
    "rejected": 1,
    "leave_out": 1,
    "_problem": 1,
    "row_problem": 1,
    "_error": 0,
    "_warning": 0,
    "_Unfit": 0,
    "_end": 2,
    "_refuse": 1,
    "Gate": 1,
    "Coerced": 99,
}
KEYWORD_CALLS = {"Problem", "Outcome", "Parked", "Warning"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if not path.name.endswith(("codes.py", "code_entry.py")):
            yield path, ast.parse(path.read_text())


def spoken(tree: ast.Module) -> Iterator[str]:
    """Yield the constant codes of one module."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = CODE_WORD.get(name, 99)
        given = [*node.args[place : place + 1]]
        if name in KEYWORD_CALLS:
            given += [item.value for item in node.keywords if item.arg == "code"]
        for each in given:
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.replace("_", "").isalpha():
                yield each.value


def test_every_code_is_registered() -> None:
    said = {(path.name, code) for path, tree in trees() for code in spoken(tree)}
    unknown = {item for item in said if item[1] not in CODES and item[1] not in ("error", "warning")}
    assert unknown == set(), "add them to contract/*_codes.py and run `python -m local.documents`"
    assert len(said) > 80


def test_no_code_is_registered_in_vain() -> None:
    words = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    built = {"exists_as_contact", "exists_as_lead"}
    assert {code for code in CODES if code not in words | built} == set()


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_code_has_a_sentence_and_a_remedy(code: Any) -> None:
    entry = CODES[code]
    assert entry.sentence.endswith(".")
    assert entry.remedy.endswith(".")
    assert explained(code) is entry


def test_salesforces_own_codes_are_passed_on_unexplained() -> None:
    assert explained("salesforce:STRING_TOO_LONG") is None
