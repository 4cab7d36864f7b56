"""`causeway --local` on the deployed stack: a file becomes records, and the doctor notices a right that is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.demo.connecting import connect
from local.demo.stack_client import StackClient
from local.org.measured import differences, read
from local.stack.deploy import deployed

pytestmark = pytest.mark.stack

TENANT = "cli"
SYNC = """
id: visitors
source: visitor
sobject: Contact
enabled: true
push: {create_when_missing: true, create_unless: never}
mappings:
  - {product: first_name, salesforce: FirstName}
  - {product: last_name, salesforce: LastName}
"""
PEOPLE = """Nr;Id;Vorname;Surname;E-Mail
1;v-1;Grace;Hopper;grace.hopper@example.org
2;v-2;Alan;Turing;alan.turing@example.org
3;v-3;Mary;Jackson;mary.jackson@example.org
"""


@dataclass(frozen=True)
class CommandLine:
    """The command line in a folder of its own, where it finds the stack."""

    folder: Path

    def type(self, *arguments: str) -> tuple[int, Any]:
        """Run a command with --json; return its exit code and document."""
        ran = subprocess.run(
            [sys.executable, "-m", "causeway_client.cli.app", *arguments, "--local", "--json"],
            cwd=self.folder,
            env={**os.environ, "CAUSEWAY_LOCAL": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.stdout, ran.stderr
        return ran.returncode, json.loads(ran.stdout)


@pytest.fixture(scope="module")
def command(stack: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Return a command line whose tenant is connected."""
    folder = tmp_path_factory.mktemp("command")
    (folder / "stack.json").write_text(json.dumps(stack), encoding="utf-8")
    (folder / "syncs.yaml").write_text(SYNC, encoding="utf-8")
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    connect(StackClient(stack), TENANT)
    return CommandLine(folder)


def test_a_file_of_people_becomes_records_of_the_org(command: CommandLine) -> None:
    code, applied = command.type("syncs", "apply", "syncs.yaml", "--tenant", TENANT)
    assert (code, applied["syncs"][0]["action"]) == (0, "created")
    code, pushed = command.type("push", "people.csv", "--source", "visitor", "--tenant", TENANT)
    assert (code, pushed["by_sync"]) == (0, {"visitors": {"created": 3}})
    _, record = command.type("record", "visitor", "v-2", "--tenant", TENANT)
    assert record["outcomes"]["visitors"]["result"] == "created"
    _, runs = command.type("history", "--tenant", TENANT)
    assert runs["runs"][0]["id"] == pushed["run"]


@contextmanager
def a_lost_right(iam: Any, role: str, action: str) -> Iterator[None]:
    """Take the statement with an action out of a role's policy for as long as the block runs."""
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policies = {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}
    ((name, whole),) = ((name, policy) for name, policy in policies.items() if action in json.dumps(policy))
    kept = [statement for statement in whole["Statement"] if action not in statement["Action"]]
    assert len(kept) == len(whole["Statement"]) - 1
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps({**whole, "Statement": kept}))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(whole))


def found_by_doctor(command: CommandLine, check: str) -> list[tuple[str, str]]:
    """Return level and sentence of one check; others may find what other tests of this stack did."""
    _, document = command.type("doctor")
    return [(each["level"], each["message"]) for each in document["findings"] if each["check"] == check]


def test_the_doctor_finds_every_right_and_trigger_in_place(command: CommandLine) -> None:
    for check in ("api", "rights", "functions", "triggers"):
        assert {level for level, _ in found_by_doctor(command, check)} == {"ok"}


def test_the_doctor_names_the_right_that_the_push_function_lost(
    command: CommandLine, stack: dict[str, Any], aws: Callable[[str], Any]
) -> None:
    role = deployed(stack["aws_endpoint"]).names["PushRole"]
    with a_lost_right(aws("iam"), role, "events:PutEvents"):
        code, document = command.type("doctor")
    problems = [each["message"] for each in document["findings"] if each["check"] == "rights"]
    assert (code, document["ok"]) == (1, False)
    assert len(problems) == 1
    assert problems[0].startswith("PushFunction may not events:PutEvents on EventBus any more")


def test_the_org_of_a_tenant_is_asked_with_the_session_of_its_connection(command: CommandLine) -> None:
    code, document = command.type("verify-org", "--file", "org-facts.json", "--tenant", TENANT)
    assert (code, document["left"]) == (0, [])
    assert [*differences(read(command.folder / "org-facts.json"))] == []
