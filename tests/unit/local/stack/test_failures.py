"""A person who meets a failure reads sentences: what failed, where the logs are, what to type; never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.template import ROOT


def shown(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run lines of Python with a stack folder of their own."""
    environment = {**os.environ, "CAUSEWAY_LOCAL": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_a_failure_names_the_logs_and_the_command_that_cleans_up(tmp_path: Path) -> None:
    code = "from local.stack.failures import explained; print(explained('sam build failed: no space left'))"
    text = shown(code, tmp_path).stdout
    assert text.startswith("sam build failed: no space left\n")
    assert str(tmp_path / "causeway-stack") in text
    assert text.endswith("make down\n")


def test_an_error_that_nobody_expected_goes_to_a_file_and_a_sentence_to_the_person(tmp_path: Path) -> None:
    code = "from local.stack.failures import show_no_traceback; show_no_traceback(); {}['org_url']"
    ended = shown(code, tmp_path)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "KeyError: 'org_url'" in ended.stderr
    kept = tmp_path / "causeway-stack" / "unexpected.log"
    assert str(kept) in ended.stderr
    assert "Traceback (most recent call last)" in kept.read_text(encoding="utf-8")
