"""The security document tells what is so: every RFC 9700 item with its test, every function's role, every cause."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from causeway.connections.statuses import CAUSES

from tests.integration.connections.test_rfc9700 import ITEMS

ROOT = Path(__file__).parents[3]
SECURITY = (ROOT / "docs" / "security.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
CLAIMS: dict[str, dict[str, list[str]]] = tomllib.loads((Path(__file__).parent / "security_claims.toml").read_text())


def rows_of(section: str) -> list[str]:
    """Return the first cell of each row of a section's tables, without their heads."""
    text = SECURITY.split(f"\n## {section}\n")[1].split("\n## ")[0]
    tables = re.findall(r"^\|[^\n]+\n\|[ -|]+\n((?:\|[^\n]+\n)+)", text, re.MULTILINE)
    return [row.split("|")[1].strip() for table in tables for row in table.splitlines()]


@pytest.mark.parametrize("section", CLAIMS)
def test_every_row_that_claims_something_names_its_tests(section: str) -> None:
    assert sorted(CLAIMS[section]) == sorted(rows_of(section))


@pytest.mark.parametrize(
    "test", sorted({test for rows in CLAIMS.values() for tests in rows.values() for test in tests})
)
def test_a_test_that_shows_a_claim_exists(test: str) -> None:
    path, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).exists()


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_of_rfc_9700_is_described_under_the_name_of_its_test(item: str) -> None:
    assert f"\n| {item} |" in SECURITY


def test_every_function_has_its_rights_described() -> None:
    described = set(re.findall(r"`(\w+)`", SECURITY.split("## Roles of the functions")[1].split("## ")[0]))
    assert {folder.name for folder in (ROOT / "functions").iterdir() if (folder / "app.py").exists()} <= described


@pytest.mark.parametrize(
    "cause",
    [
        name
        for name in CAUSES
        if name not in ("never_connected", "deauthorized", "connecting", "connect_denied", "connect_abandoned")
    ],
)
def test_every_cause_of_a_lost_connection_names_who_acts(cause: str) -> None:
    assert f"`{cause}`" in OPERATIONS


def test_every_file_that_is_named_exists() -> None:
    named = re.findall(r"`((?:tests|docs|causeway)/[\w/.]+)`", SECURITY)
    folders = {"causeway": ROOT / "layers" / "causeway"}
    assert len(named) > 5
    assert not [name for name in named if not (folders.get(name.split("/")[0], ROOT) / name).exists()]


def test_every_output_that_is_named_is_in_the_template() -> None:
    named = re.findall(r"output `(\w+)`", OPERATIONS)
    assert named
    template = (ROOT / "template.yaml").read_text()
    assert not [name for name in named if f"\n  {name}:" not in template]
