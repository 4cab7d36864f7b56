"""The README names every command, every option that may stand anywhere, and every exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from causeway_client.cli.app import app
from causeway_client.cli.exits import Exit
from causeway_client.cli.group import FLAGS, VALUES
from typer.main import get_command

from tests.support.template import ROOT

README = (ROOT / "clients" / "python" / "README.md").read_text(encoding="utf-8")


def commands(group: Any, *before: str) -> Iterator[str]:
    """Yield every command with the groups before it, such as `syncs list`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *before, name)
        else:
            yield " ".join((*before, name))


def test_every_command_has_a_row_and_every_row_is_a_command() -> None:
    rows = re.findall(r"^\| `causeway ([a-z -]+?)(?: [A-Z-][^`]*)?` \|", README, re.MULTILINE)
    assert sorted(rows) == sorted(commands(get_command(app)))


def test_every_exit_code_has_a_row_that_begins_with_its_word() -> None:
    rows = dict(re.findall(r"^\| (\d+) \| (\w+)", README, re.MULTILINE))
    assert rows == {str(code.value): code.name.lower() for code in Exit}


def test_the_options_that_are_sorted_are_those_of_the_root_command() -> None:
    given = {option for parameter in get_command(app).params for option in parameter.opts}
    assert {*FLAGS, *VALUES} == given - {"--help", "--install-completion", "--show-completion"}
