"""
A running org for tests: `with running_org() as org:` serves one on a free port of this machine.

Helpers go straight into the org, past the network; clients under test use `org.origin` and `org.access_token`.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .app import Org
from .oauth.users import ADMIN_USERNAME
from .serving import OrgServer
from .setup.connected_apps import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from .wire.facts import NEWEST_VERSION
from .wire.messages import Request
from .wire.paths import decoded_path


class Refused(AssertionError):
    """The org refused what a helper asked for: the answer's status, and its body as the message."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(f"the org answered {status}: {json.dumps(body)}")
        self.status, self.body = status, body


class RunningOrg:
    """One org that is being served: where it is, how to log in, and what a test does to it."""

    def __init__(self, server: OrgServer) -> None:
        self._server, self._org = server, server.org
        self._token = ""

    @property
    def origin(self) -> str:
        """Return the address of the org, such as `http://127.0.0.1:41234`: login host and instance URL at once."""
        return self._server.origin

    @property
    def api(self) -> str:
        """Return the address of its REST API in the newest version."""
        return f"{self.origin}/services/data/v{NEWEST_VERSION}.0"

    client_id = DEFAULT_CLIENT_ID
    client_secret = DEFAULT_CLIENT_SECRET
    username = ADMIN_USERNAME

    @property
    def password(self) -> str:
        """Return the password of every user."""
        return self._org.settings.password

    @property
    def access_token(self) -> str:
        """Return the administrator's session, opened when it is first asked for."""
        if not self._token:
            self._token = self.session()
        return self._token

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that carries the administrator's session."""
        return {"Authorization": f"Bearer {self.access_token}"}

    def session(self, username: str = ADMIN_USERNAME, **options: Any) -> str:
        """Return an access token of a user; options as in `POST /_control/sessions`."""
        return str(self.control("POST", "sessions", {"username": username, **options})["access_token"])

    # --- what a test puts into the org and finds there ---

    def load(self, sobject: str, *records: Mapping[str, Any]) -> list[str]:
        """Store records past every rule and return their Ids; a record whose Id exists is changed."""
        answer = self.control("POST", "records", {"sobject": sobject, "records": [dict(each) for each in records]})
        return list(answer["ids"])

    def records(self, sobject: str) -> list[dict[str, Any]]:
        """Return every record with every field, deleted ones too."""
        return list(self.control("GET", f"records/{sobject}")["records"])

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Return the records of a SOQL statement, all pages of it, as the administrator sees them."""
        page = self.request("GET", "/query", query={"q": statement})
        records = list(page["records"])
        while not page["done"]:
            page = self.request("GET", page["nextRecordsUrl"].partition(f"/v{NEWEST_VERSION}.0")[2])
            records += page["records"]
        return records

    def request(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> Any:
        """
        Call a REST resource as the administrator; return its JSON or raise Refused.

        `path` is what follows the version in a URL: encoded where it must be, and it may end in a query string.
        """
        parts = urlsplit(path)
        asked = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **(query or {})}
        return self._send(
            method, decoded_path(f"/services/data/v{NEWEST_VERSION}.0{parts.path}"), body, asked, self.headers
        )

    # --- how the org behaves ---

    def schema(self, declaration: Mapping[str, Any]) -> None:
        """Declare sObjects, fields and rules, or load a captured describe (SCHEMA.md)."""
        self.control("POST", "schema", dict(declaration))

    def settings(self, **changes: Any) -> None:
        """Change settings; README.md lists them."""
        self.control("PATCH", "settings", changes)

    def fault(self, **rule: Any) -> None:
        """Add a fault: `org.fault(do="error", code="UNABLE_TO_LOCK_ROW", kind="composite", times=2)`."""
        self.control("POST", "faults", rule)

    def advance(self, seconds: float) -> None:
        """Move the org's clock."""
        self.control("POST", "clock", {"advance_s": seconds})

    def calls(self) -> dict[str, int]:
        """Return how many requests the org got, by kind; `api_calls` counts as Salesforce does."""
        stats = self.control("GET", "stats")
        return {**stats["by_kind"], "api_calls": stats["api_calls"]}

    def reset(self) -> None:
        """Make it a new org again; tokens end."""
        self.control("POST", "reset")
        self._token = ""

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API, `path` below `/_control/`; return its JSON or raise Refused."""
        parts = urlsplit(path)
        return self._send(method, f"/_control/{parts.path}", body, dict(parse_qsl(parts.query)), {})

    def _send(self, method: str, path: str, body: Any, query: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        lowered = {name.lower(): value for name, value in headers.items()}
        request = Request(method, path, dict(query), {**lowered, "x-forwarded-for": "127.0.0.1"}, sent)
        response = self._org.handle(request).response
        answer = json.loads(response.body) if isinstance(response.body, bytes) else response.body
        if response.status >= 400:
            raise Refused(response.status, answer)
        return answer


@contextmanager
def running_org(seed: int = 1, schema: Path | None = None, tls: ssl.SSLContext | None = None) -> Iterator[RunningOrg]:
    """
    Serve an org on a free port until the block ends; `schema` is a schema file or a folder of them.

    `tls` makes its address an https one: `certified(certificate, key)` of `serving` reads it from PEM files.
    """
    server = OrgServer(Org(seed, schema), 0, tls=tls)
    serving = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        yield RunningOrg(server)
    finally:
        server.shutdown()
        server.server_close()
