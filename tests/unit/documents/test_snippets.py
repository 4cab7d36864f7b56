"""Every command and example of the documents is checked by something, and holds."""

from __future__ import annotations

import pytest

from tests.support.documents import REPOSITORY
from tests.support.snippets import commands, examples
from tests.support.snippets.found import Snippet
from tests.support.snippets.register import RUN, checked, register


def test_no_block_of_the_documents_is_unchecked_or_wrong() -> None:
    found = register()
    assert len(found) > 50
    assert [(each.snippet.page, each.snippet.line, each.faults) for each in found if each.faults or not each.by] == []


def test_the_tests_that_run_a_page_exist_and_name_it() -> None:
    for page, test in RUN.items():
        text = (REPOSITORY / test).read_text(encoding="utf-8")
        assert all(f'"{part}"' in text for part in page.split("/")[-1:]), (page, test)


@pytest.mark.parametrize(
    "wrong",
    [
        "make nothing",
        "python -m tests.campaigns.nothing --json",
        "causeway --local push file.csv --nowhere",
        "causeway nothing",
        "aws sqs send-message --queue-url x --message-text y",
        "aws sqs sendmessage",
        "sam destroy",
        "simulated-salesforce --tls",
        "unknown-program",
    ],
)
def test_a_command_that_its_program_does_not_know_is_found(wrong: str) -> None:
    assert len(commands.faults(wrong)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        '{"version": 1, "tenant": "acme", "source": "lead", "changes": [{"key": "1", "field": {}}]}',
        '{"type": "outcomes", "version": 1}',
        '{"mappings": [{"product": "a", "sales_force": "B"}]}',
        '{"something": "else"}',
    ],
)
def test_an_example_that_breaks_its_schema_is_found(wrong: str) -> None:
    assert examples.faults(wrong)


@pytest.mark.parametrize(
    "wrong", ["POST /v1/nowhere\n{}", 'POST /v1/tenants/acme/connect-links\n{"users": "ada", "role": "manager"}']
)
def test_a_request_that_the_api_does_not_take_is_found(wrong: str) -> None:
    assert checked(Snippet("x.md", 1, "", wrong)).faults


def test_python_of_a_page_that_no_test_runs_is_found() -> None:
    assert checked(Snippet("docs/new.md", 1, "python", "import os")).by == ""
