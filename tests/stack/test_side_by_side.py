"""Two checkouts run their stacks side by side, and a stack that was stopped, or never came up, leaves nothing behind."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.template import ROOT

NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".local", ".*_cache", "__pycache__", ".hypothesis", "node_modules")
ADDRESSES = ("aws_endpoint", "api_url", "org_url")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a second checkout of this project, its build cache made its own so that packages are not downloaded again."""
    path = tmp_path_factory.mktemp("second") / "causeway"
    shutil.copytree(ROOT, path, ignore=NOT_COPIED)
    index = path / ".aws-sam" / "build.toml"
    if index.exists():
        index.write_text(index.read_text(encoding="utf-8").replace(str(ROOT), str(path)), encoding="utf-8")
    return path


def command(checkout: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `python -m local.stack` in a checkout; it hears Ctrl-C, also where what runs the tests in the background ignores it."""
    return subprocess.Popen(
        [sys.executable, "-m", "local.stack", *arguments],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # this process has no locks that matter
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return a command's exit code and what it said, once it has ended."""
    said, _ = process.communicate(timeout=600)
    return process.returncode, said


def processes_of(checkout: Path) -> list[str]:
    """Return the command lines of processes that work in a checkout or name a file of it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(checkout) in words or str((process / "cwd").readlink()) == str(checkout):
                found.append(words)
        except OSError:
            continue  # it ended meanwhile
    return found


def listens(url: str) -> bool:
    """Tell whether something accepts connections at an address."""
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname or "", parts.port or 0)) == 0


@pytest.mark.stack
def test_a_second_checkout_starts_next_to_the_first_and_leaves_nothing(stack: dict[str, Any], checkout: Path) -> None:
    code, said = ended(command(checkout, "up", "--bare"))
    assert code == 0, said
    second = json.loads((checkout / ".local" / "stack.json").read_text(encoding="utf-8"))
    assert {stack[name] for name in ADDRESSES}.isdisjoint(second[name] for name in ADDRESSES)
    for each in (stack, second):
        assert requests.get(f"{each['api_url']}/v1/health", timeout=150).status_code == 200

    assert ended(command(checkout, "down")) == (0, "Stopped aws, org, proxy, relay.\n")
    assert processes_of(checkout) == []
    assert not (checkout / ".local").exists()
    assert not any(listens(second[name]) for name in ADDRESSES)
    assert all(listens(stack[name]) for name in ADDRESSES)


@pytest.mark.stack
@pytest.mark.parametrize(
    ("number", "sign"),
    [(signal.SIGINT, "processes.json"), (signal.SIGTERM, "processes.json"), (signal.SIGINT, "sam-deploy.log")],
    ids=["Ctrl-C at the first process", "kill at the first process", "Ctrl-C while deploying"],
)
def test_interrupting_the_start_leaves_nothing(checkout: Path, number: signal.Signals, sign: str) -> None:
    starting = command(checkout, "up", "--bare")
    limit = time.monotonic() + 300
    while not (checkout / ".local" / "causeway-stack" / sign).exists():
        assert starting.poll() is None, "it ended before it could be interrupted"
        assert time.monotonic() < limit, "it never came that far"
    starting.send_signal(number)
    code, said = ended(starting)
    assert code == 130, said
    assert processes_of(checkout) == []
    assert not (checkout / ".local").exists()


@pytest.mark.stack
def test_stopping_leaves_alone_what_the_stack_did_not_make(checkout: Path) -> None:
    kept = checkout / ".local" / "notes" / "mine.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("not the stack's", encoding="utf-8")
    assert ended(command(checkout, "down")) == (0, "Nothing was running.\n")
    assert kept.read_text(encoding="utf-8") == "not the stack's"
    shutil.rmtree(kept.parents[1])
