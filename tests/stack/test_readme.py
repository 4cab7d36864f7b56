"""What the README tells a newcomer to type works, word for word."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from local.demo import steps
from local.demo.stack_client import StackClient
from tests.support.template import ROOT

pytestmark = pytest.mark.stack

PATIENCE_S = 300


@pytest.fixture
def client(stack: dict[str, Any]) -> StackClient:
    """Return the product's view of a stack whose demo tenant is connected, as `make up` leaves it."""
    found = StackClient(stack)
    if found.call("GET", "/v1/tenants/chinook/connection")["status"] != "connected":
        steps.prepare(found)
    return found


def first_message() -> str:
    """Return the README's Python example."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    section = page.partition("## Send your first message")[2]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


def test_the_first_message_makes_a_contact_and_a_lead(client: StackClient, tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_text(json.dumps(client.stack), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-c", first_message()], cwd=tmp_path, check=True, capture_output=True, timeout=PATIENCE_S
    )
    assert found_in_org(client, "Contact", "ada@example.com") == "Lovelace"
    assert found_in_org(client, "Lead", "ada@example.com") == "Lovelace"


def found_in_org(client: StackClient, sobject: str, email: str) -> str | None:
    """Return the last name of the one record with this address, waiting for it to arrive."""
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        rows = [row for row in client.org(f"records/{sobject}")["records"] if row.get("Email") == email]
        if rows:
            assert len(rows) == 1
            name: str = rows[0]["LastName"]
            return name
        time.sleep(1)
    return None
