"""Case files are read strictly: what they misspell or leave open is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cases.__main__ import main, played
from tests.cases.reading import AREAS, Mistakes, read_cases
from tests.cases.values import at_path, filled


@pytest.mark.parametrize("area", AREAS)
def test_every_case_file_can_be_read_and_no_two_cases_have_one_name(area: str) -> None:
    names = [case.name for case in read_cases(area)]
    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "step", ["{outcome: []}", "{outcomes: [], rows: {}}", "{}", "{push: {change: []}}", "{calls: 3}"]
)
def test_a_step_that_is_not_one_known_thing_is_refused(tmp_path: Path, step: str) -> None:
    text = f"kind: P1\ntitle: t\ncases: [{{name: n, steps: [{step}]}}]\n"
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(Mistakes, match=r"a[.]yaml: case 1 \(n\)"):
        read_cases("push", tmp_path)


CASE = "kind: P1\ntitle: t\ncases:\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (CASE + "- {name: n, stpes: []}\n", "case 1 (n): there is no key 'stpes'; did you mean 'steps'?"),
        (CASE + "- {name: n}\n", "case 1 (n): the key 'steps' is missing"),
        (CASE + "- {name: n, steps: []}\n", "case 1 (n): it has no steps"),
        (
            CASE + "- {name: n, steps: [{rows: {}, calls: {}}]}\n",
            "case 1 (n): step 1 does rows and calls; a step does one thing",
        ),
        (
            CASE + "- {name: n, steps: [{save: {sync: 3}}]}\n",
            "case 1 (n), step 1, save, sync: input should be a valid dictionary",
        ),
        (CASE + "- {name: n, syncs: [{id: a}], steps: [{calls: {}}]}\n", "case 1 (n): a sync has no sobject"),
        (
            CASE + "- {name: n, name: m, steps: []}\n",
            "it cannot be read as YAML: line 4: the key 'name' is there twice",
        ),
        ("- a\n", "it is not a map with kind, title and cases"),
        ("a: [\n", "it cannot be read as YAML"),
    ],
)
def test_a_mistake_is_said_in_a_sentence_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(Mistakes) as met:
        read_cases("push", tmp_path)
    assert any(f"a.yml: {sentence}" in found for found in met.value.sentences), met.value.sentences


def test_a_folder_that_holds_no_cases_is_said(tmp_path: Path) -> None:
    for folder, sentence in ((tmp_path, "has no case files"), (tmp_path / "none", "There is no folder")):
        with pytest.raises(Mistakes, match=sentence):
            read_cases("push", folder)


def test_moments_are_texts_as_in_json(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CASE + "- {name: n, steps: [{calls: {at: 2026-11-20T09:00:00Z}}]}\n")
    (case,) = read_cases("push", tmp_path)
    assert case.steps[0].calls == {"at": "2026-11-20T09:00:00Z"}


def test_the_command_says_mistakes_before_anything_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("kind: P1\n")
    assert main(["push", "--folder", str(tmp_path), "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert (answer["cases"], answer["passed"]) == (0, 0)
    assert "a.yaml: the file: the key 'title' is missing" in answer["mistakes"]
    assert main(["push", "--only", "no such case"]) == 2


class Broken:
    """A place at which nothing works."""

    org_url, patience_s = "http://127.0.0.1:1", 0.0

    def fresh(self, tenant: str, deployment: object) -> None:
        raise OSError("the org is gone")


def test_whatever_a_case_meets_is_its_own_failure(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CASE + "- {name: n, steps: [{calls: {}}]}\n- {name: m, steps: [{calls: {}}]}\n")
    found = [unmet for _, unmet in played(read_cases("push", tmp_path), Broken(), "push")]  # type: ignore[arg-type]  # no place: it breaks
    assert found == ["reset: OSError: the org is gone"] * 2


def test_names_and_generators_are_worked_out() -> None:
    bound = {"acme": "001A", "rows": [1]}
    assert filled({"a": "$acme", "b": "x-${acme}-$$acme", "c": "$rows"}, bound) == {
        "a": "001A",
        "b": "x-001A-$acme",
        "c": [1],
    }
    assert filled({"$times": 3, "of": "ab"}, {}) == "ababab"
    assert filled({"$repeat": 2, "each": {"key": "k$n"}}, {}) == [{"key": "k0"}, {"key": "k1"}]
    assert filled("$unknown costs $5", {}) == "$unknown costs $5"
    assert filled({"$like": "a"}, {}) == {"$like": "a"}
    with pytest.raises(ValueError, match=r"nothing is bound to [$]acme"):
        filled({"a": "$acme"}, {})


def test_a_path_leads_into_maps_and_lists() -> None:
    assert at_path({"ids": ["a", "b"]}, "ids.1") == "b"
    assert at_path({"ids": []}, "ids.1") is None
