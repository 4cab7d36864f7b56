"""The simulated org in a process of its own, for benchmarks that talk to it over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter

READY_LINE = "ready on "


class OrgProcess:
    """A running simulated org: its address, a session, and its control API."""

    def __init__(self, url: str, pid: int = 0) -> None:
        self.url, self.pid = url, pid
        self.http = requests.Session()
        self.http.trust_env = False
        self.session: dict[str, str] = self.control("POST", "sessions", {})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Make one call of the control API."""
        answer = self.http.request(method, f"{self.url}/_control/{path}", json=body, timeout=300)
        answer.raise_for_status()
        return answer.json()

    def calls(self) -> dict[str, int]:
        """Return the API calls counted so far, by kind and (`all`) together."""
        stats = self.control("GET", "stats")
        return {**stats["by_kind"], "all": stats["api_calls"]}


class LoopbackAdapter(HTTPAdapter):
    """Sends what simple-salesforce addresses by https to the org's loopback http."""

    def send(self, request: requests.PreparedRequest, *given: Any, **named: Any) -> requests.Response:
        """Send over http."""
        request.url = str(request.url).replace("https://", "http://", 1)
        return super().send(request, *given, **named)


def plain_client(session: dict[str, str]) -> Any:
    """Return simple-salesforce as anybody would use it, with a session of the org's control API."""
    from simple_salesforce.api import Salesforce

    http = requests.Session()
    http.trust_env = False
    http.mount("https://", LoopbackAdapter())
    return Salesforce(
        instance_url=session["instance_url"], session_id=session["access_token"], version="66.0", session=http
    )


@contextmanager
def running_org(*options: str) -> Iterator[OrgProcess]:
    """Start an org on a free port of this machine and stop it at the end."""
    command = [sys.executable, "-m", "local.org", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            org = OrgProcess(line.partition(READY_LINE)[2].strip(), process.pid)
            with org.http:
                yield org
        finally:
            process.terminate()
