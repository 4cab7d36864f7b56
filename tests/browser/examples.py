"""
`python -m tests.browser.examples`: the example products in a real browser, against a stack of their own.

A person signs up, waits until the page says who looks after the company, and chats; the org then has the person and what was said.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from playwright.sync_api import Page, sync_playwright

from clients.generating.typescript import environment, install
from clients.generating.typescript import run as in_the_client
from local.demo import steps
from local.demo.stack_client import StackClient
from tests.browser.chromium import MISSING, chromium_path

ROOT = Path(__file__).parents[2]
NODE = ROOT / "examples" / "node_product"
PATIENCE_S = 240  # the first push of a stack starts a worker, on a machine that may be busy
PRODUCTS = ("fastapi", "node")


def main() -> int:
    """Walk each product; return the exit code."""
    chromium = chromium_path()
    if chromium is None:
        print(MISSING, file=sys.stderr)
        return 2
    if code := install() or in_the_client("npm", "run", "--silent", "build") or installed():
        return code
    with a_stack() as stack, sync_playwright() as playwright:
        client = StackClient(stack)
        steps.prepare(client)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in PRODUCTS:
            with served(name, stack) as address:
                walk(browser.new_page(), address, client, name)
            print(f"{name}: signed up, sent, and the page says who looks after the company")
        browser.close()
    return 0


def installed() -> int:
    """Install what the Node product needs, without install scripts; return npm's exit code."""
    command = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    return subprocess.run(command, cwd=NODE, env=environment(), check=False, timeout=PATIENCE_S).returncode


@contextmanager
def a_stack() -> Iterator[dict[str, Any]]:
    """Start a stack of this checkout in a folder of its own and yield what its stack.json says."""
    with TemporaryDirectory() as folder:
        known = {**os.environ, "CAUSEWAY_LOCAL": folder}
        try:
            subprocess.run([sys.executable, "-m", "local.stack", "up", "--bare"], cwd=ROOT, env=known, check=True)
            yield json.loads((Path(folder) / "stack.json").read_text(encoding="utf-8"))
        finally:
            subprocess.run([sys.executable, "-m", "local.stack", "down"], cwd=ROOT, env=known, check=True)


@contextmanager
def served(name: str, stack: Mapping[str, Any]) -> Iterator[str]:
    """Run a product against the stack, as against one on AWS, and yield its address."""
    known = {
        **environment(),
        "AWS_ENDPOINT_URL": stack["aws_endpoint"],
        "AWS_REGION": stack["region"],
        "AWS_DEFAULT_REGION": stack["region"],
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "CAUSEWAY_TENANT": "chinook",
        "PUSH_QUEUE_URL": stack["push_queue_url"],
        "OUTBOUND_QUEUE_URL": stack["outbound_queue_url"],
        "PORT": "0",
    }
    command = [sys.executable, "-m", "examples.fastapi_product", "--port", "0"]
    place = ROOT
    if name == "node":
        command, place = ["node", "server.mjs"], NODE
    process = subprocess.Popen(command, cwd=place, env=known, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=60)


def walk(page: Page, address: str, client: StackClient, name: str) -> None:
    """Sign up, wait for the owner's name, and say something; then look at the org."""
    page.set_default_timeout(PATIENCE_S * 1000)
    email, company = f"grace.{name}@example.com", f"Compilers {name}"
    requests.post(
        f"{client.stack['org_url']}/_control/records",
        json={"sobject": "Account", "records": [{"Name": company}]},
        timeout=60,
    ).raise_for_status()
    page.goto(address)
    page.get_by_label("First name").fill("Grace")
    page.get_by_label("Last name").fill("Hopper")
    page.get_by_label("Company").fill(company)
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("heading", name="Welcome, Grace").wait_for()
    found = page.get_by_text(re.compile(rf"^\S.* looks after {company}\.$"))
    found.wait_for()
    owner = found.inner_text().partition(" looks after ")[0]
    page.get_by_label("Message").fill("Is <b>anybody</b> there?")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Is <b>anybody</b> there?").wait_for()
    (account,) = [row for row in client.org("records/Account")["records"] if row["Name"] == company]
    (user,) = [row for row in client.org("records/User")["records"] if row["Id"] == account["OwnerId"]]
    assert owner == user["Name"], (owner, user)
    assert len([row for row in client.org("records/Lead")["records"] if row.get("Email") == email]) == 1


if __name__ == "__main__":
    sys.exit(main())
