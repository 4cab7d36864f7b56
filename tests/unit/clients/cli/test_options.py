"""Global options may stand anywhere, and a command that cannot work says why with its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from causeway_client.cli.app import app
from causeway_client.cli.group import options_first
from typer.testing import CliRunner


@pytest.mark.parametrize(
    ("given", "sorted_out"),
    [
        (["doctor", "--local", "--json"], ["--local", "--json", "doctor"]),
        (
            ["push", "f.csv", "--tenant", "acme", "--source", "s"],
            ["--tenant", "acme", "push", "f.csv", "--source", "s"],
        ),
        (["push", "--stack=x", "f.csv"], ["--stack=x", "push", "f.csv"]),
        (["record", "--", "lead", "--json"], ["record", "--", "lead", "--json"]),
        (["syncs", "list", "--tenant"], ["--tenant", "syncs", "list"]),
    ],
)
def test_global_options_are_moved_before_the_command(given: list[str], sorted_out: list[str]) -> None:
    assert options_first(given) == sorted_out


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder where no stack runs, with nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("CAUSEWAY_STACK", "CAUSEWAY_TENANT", "CAUSEWAY_LOCAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["doctor"], 2, "Say which deployment you mean"),
        (["doctor", "--local", "--stack", "x"], 2, "not both"),
        (["doctor", "--local"], 3, "Start one with: make up"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_a_command_without_a_deployment_ends_with_a_sentence(arguments: list[str], code: int, sentence: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, sentence in result.stderr) == (code, True), result.stderr


@pytest.mark.usefixtures("nowhere")
def test_a_program_reads_the_failure_as_json() -> None:
    result = CliRunner().invoke(app, ["doctor", "--local", "--json"])
    assert json.loads(result.stderr)["error"]["code"] == "unreachable"
    assert result.stdout == ""


def test_every_command_has_a_help_text_and_the_exit_codes_are_in_it() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert "5 unfinished" in " ".join(result.stdout.split())
    assert result.exit_code == 0
