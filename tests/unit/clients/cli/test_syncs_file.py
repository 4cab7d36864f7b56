"""A file of syncs is compared with what is saved: only what it says, with the defaults of what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from causeway_client.cli.commands.syncs import differences, read_drafts
from causeway_client.cli.exits import Stop
from causeway_client.generated.api import Sync, SyncDraft

SAVED: dict[str, Any] = {
    "id": "lead-contact",
    "source": "lead",
    "sobject": "Contact",
    "revision": 3,
    "push": {"create_when_missing": True},
    "pull": {},
    "mappings": [{"product": "last_name", "salesforce": "LastName"}],
}


def differing(**draft: Any) -> list[tuple[str, Any, Any]]:
    return differences(SyncDraft(id="lead-contact", **draft), Sync.model_validate(SAVED))


def test_what_a_file_leaves_out_does_not_differ() -> None:
    assert differing() == differing(source="lead", revision=1) == []


def test_a_rule_that_is_given_in_part_has_the_defaults_of_the_rest() -> None:
    assert differing(push={"update_existing": True}) == [("push.create_when_missing", True, False)]
    assert differing(push={"create_when_missing": True}) == []


def test_rows_differ_as_a_whole() -> None:
    ((place, _, wanted),) = differing(mappings=[{"product": "name", "salesforce": "LastName"}])
    assert (place, wanted[0]["product"]) == ("mappings", "name")


def test_everything_of_a_new_sync_differs() -> None:
    draft = SyncDraft(id="x", source="lead", sobject="Lead")
    assert {place for place, _, _ in differences(draft, None)} == {"source", "sobject"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one.json", '{"id": "a", "source": "lead"}'),
        ("several.json", '[{"id": "a", "source": "lead"}]'),
        ("exported.json", '{"syncs": [{"id": "a", "source": "lead", "revision": 3, "problems": []}], "next": null}'),
        ("one.yaml", "id: a\nsource: lead\n"),
    ],
)
def test_one_sync_or_several_as_json_or_yaml(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert [draft.id for draft in read_drafts(tmp_path / name)] == ["a"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "cannot be read"), ("source: lead", "has no id"), ("id: a\nsorce: lead", "sorce"), ("7", "holds no sync")],
)
def test_a_file_that_holds_no_sync_says_why(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "f.yaml").write_text(text)
    with pytest.raises(Stop, match=sentence) as stopped:
        read_drafts(tmp_path / "f.yaml")
    assert stopped.value.code == 2
