"""The list of broken variants fits the code: each entry can be applied, breaks something of its own, and names tests."""

from __future__ import annotations

from pathlib import Path

from tests.campaigns.mutants.entries import Mutant, mutants

MUTANTS = mutants()


def test_there_are_at_least_a_hundred_and_each_breaks_something_else() -> None:
    assert len({(each.file, each.before, each.after) for each in MUTANTS}) == len(MUTANTS) >= 100
    assert len({(each.area, each.guarantee) for each in MUTANTS}) == len(MUTANTS)
    assert all(each.before != each.after and each.tests for each in MUTANTS)


def test_the_text_of_each_entry_occurs_once() -> None:
    assert [fault for each in MUTANTS if (fault := each.fault())] == []


def test_an_entry_whose_text_is_gone_or_stands_twice_or_whose_test_is_gone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.py").write_text("a = 1\nb = 2\nb = 2\n", encoding="utf-8")
    (tmp_path / "test_rows.py").write_text("", encoding="utf-8")

    def fault(before: str, file: str = "rows.py", test: str = "test_rows.py::test_it") -> str:
        return Mutant("area", "It holds", file, before, "", (test,)).fault(tmp_path)

    assert fault("a = 1") == ""
    assert "occurs 0 times" in fault("c = 3")
    assert "occurs 2 times" in fault("b = 2")
    assert "tests that do not exist: gone.py" in fault("a = 1", test="gone.py")
    assert "does not exist" in fault("a = 1", file="gone.py")
