"""Runs `sf` with a folder of its own, without telemetry and without looking for newer versions."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

PATIENCE_S = 180
QUIET = {
    "SF_DISABLE_TELEMETRY": "true",
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
    "SF_CONTAINER_MODE": "true",
}


class CommandLine:
    """One installation of `sf`, and the org that it works with."""

    def __init__(self, node: str, folder: Path, files: Path, origin: str) -> None:
        self.origin, self.files = origin, files
        self._command = [node, str(folder / "node_modules" / "@salesforce" / "cli" / "bin" / "run.js")]
        self.token = str(self.control("POST", "sessions", {})["access_token"])

    def run(self, *arguments: str) -> str:
        """Run a command; return what it printed. Raise AssertionError with its words when it failed."""
        known = {**os.environ, **QUIET, "HOME": str(self.files), "SF_ACCESS_TOKEN": self.token}
        done = subprocess.run(
            [*self._command, *arguments],
            cwd=self.files,
            env=known,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-1500:]
        return done.stdout

    def result(self, *arguments: str) -> Any:
        """Return the result of a command as JSON."""
        return json.loads(self.run(*arguments, "--json"))["result"]

    def file(self, name: str, text: str) -> str:
        """Write a file where commands find it; return its name."""
        (self.files / name).write_text(text, encoding="utf-8")
        return name

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the org's control API."""
        return json.loads(self.post(method, f"/_control/{path}", json.dumps(body).encode(), {}) or b"null")

    def post(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        """Send a request to the org itself."""
        with urlopen(Request(self.origin + path, body, headers, method=method)) as answer:
            return bytes(answer.read())
