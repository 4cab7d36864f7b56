"""The generated files are what their sources say, and tidying a schema changes nothing that it allows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from causeway_client.generated import push
from causeway_client.generated.routes import Routes
from pydantic import ValidationError

from clients.generate import ROOT, generated
from clients.generating.python_models import tidied


def test_every_generated_file_is_current() -> None:
    outdated = [str(path.relative_to(ROOT)) for path, text in generated().items() if path.read_text("utf-8") != text]
    assert outdated == [], "run: make clients"


def test_every_operation_of_a_backend_has_a_method() -> None:
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    named = {operation["operationId"] for operations in paths.values() for operation in operations.values()}
    wanted = {name.removeprefix("backend_") for name in named if name.startswith("backend_")}
    assert len(wanted) > 20
    assert wanted <= set(vars(Routes))


def test_a_nullable_text_keeps_its_limits_and_its_null() -> None:
    union = {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}], "title": "Run", "default": None}
    assert tidied(union) == {"type": ["string", "null"], "maxLength": 3, "default": None}


@pytest.mark.parametrize("kept", [{"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}, {"anyOf": [{"const": 1}]}])
def test_any_other_union_stays(kept: dict[str, Any]) -> None:
    assert tidied(kept) == kept


def test_a_union_of_words_and_null_stays_as_null_is_none_of_the_words() -> None:
    union = {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}
    assert tidied(union) == union


def test_a_field_named_title_is_no_title() -> None:
    schema = {"properties": {"title": {"type": "string", "title": "Title"}}}
    assert tidied(schema) == {"properties": {"title": {"type": "string"}}}


def test_a_misspelt_key_of_a_change_is_refused() -> None:
    with pytest.raises(ValidationError, match="ocurred_at"):
        push.Change.model_validate({"key": "lead-1", "ocurred_at": "2026-11-20T10:00:00Z"})
