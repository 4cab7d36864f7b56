"""What the tours share: URLs of Salesforce lead to the org under test, and each step is noted. Runs in the clients' environments."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

ORG_URL = os.environ["ORG_URL"]
CHECKOUT = os.environ.get("CHECKOUT", "")
USERNAME, PASSWORD = "admin@northwind.example", "northwind1"
CLIENT_ID, CLIENT_SECRET = "3MVG9local.default.connected.app", "local-default-secret"


def checkout() -> Path:
    """Return the folder of a client that comes by git alone."""
    return Path(CHECKOUT)


def lead_to_the_org() -> None:
    """Send what `requests` sends to any https host to the org, which has no TLS."""
    import requests

    send = requests.Session.send

    def to_the_org(session: Any, request: Any, **options: Any) -> Any:
        parts = urlsplit(request.url)
        if parts.scheme == "https":
            request.url = f"{ORG_URL}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return send(session, request, **options)

    requests.Session.send = to_the_org


@contextmanager
def refused(kind: type[Exception], text: str = "") -> Iterator[None]:
    """Expect that the block raises an error of this kind, with this text in it."""
    try:
        yield
    except kind as error:
        if text not in str(error):
            raise
        return
    raise AssertionError(f"no {kind.__name__}")


def control(method: str, path: str, body: Any = None) -> Any:
    """Call the org's control API; return its JSON."""
    raw = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{ORG_URL}/_control/{path}", raw, method=method)) as answer:
        return json.loads(answer.read() or b"null")


class Tour:
    """The steps of one client, in order; a step that fails does not end the tour."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note whether the block ends without an error."""
        try:
            yield
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a client raises is what the tour tells
            if not (isinstance(error, SystemExit) and error.code in (None, 0)):
                self.steps.append({"step": name, "passed": False, "why": traceback.format_exc()[-3000:]})
                return
        self.steps.append({"step": name, "passed": True})

    def take(self, steps: dict[str, Callable[[Any], None]], client: Any) -> None:
        """Take every step with a client, each a function that raises when it fails."""
        for name, act in steps.items():
            with self.step(name):
                act(client)

    def end(self) -> None:
        """Print the steps as the last line of the output."""
        print(json.dumps(self.steps), flush=True)
