"""A plain HTTP client of a simulated org that really listens, for tests of what goes over the wire."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from local.org.app import Org
from local.org.serving import OrgServer

V66 = "/services/data/v66.0"


class Answer(NamedTuple):
    """Status, parsed body (None when empty), headers."""

    status: int
    body: Any
    headers: Mapping[str, str]


class OrgClient:
    """One session with an org over one connection; paths below `/services/data/v66.0` may leave that out."""

    def __init__(self, origin: str) -> None:
        self._connection = HTTPConnection(urlsplit(origin).netloc)
        self.token = ""
        self.log_in()

    def log_in(self, username: str | None = None) -> None:
        """Take a session of the administrator, or of the user."""
        body = {"username": username} if username else {}
        self.token = self.control("POST", "sessions", body)["access_token"]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request; header names are given with underscores."""
        url = path if path.startswith("/") else f"{V66}/{path}"
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self._connection.request(method, url, raw, sent)
        response = self._connection.getresponse()
        data = response.read()
        return Answer(response.status, json.loads(data) if data else None, dict(response.headers))

    def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """Create, or ask with a body."""
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        """Change."""
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str) -> Answer:
        """Delete."""
        return self.send("DELETE", path)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API and return its JSON."""
        answer = self.send(method, f"/_control/{path}", body)
        assert answer.status < 300, answer.body
        return answer.body

    def load(self, sobject: str, *records: dict[str, Any]) -> list[str]:
        """Put records in place past the rules; return their Ids."""
        ids: list[str] = self.control("POST", "records", {"sobject": sobject, "records": list(records)})["ids"]
        return ids

    def created(self, sobject: str, **values: Any) -> str:
        """Create a record by the rules, duplicates allowed."""
        answer = self.post(f"sobjects/{sobject}", values, Sforce_Duplicate_Rule_Header="allowSave=true")
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Return the first page of a query."""
        answer = self.get(f"query?{urlencode({'q': soql})}")
        assert answer.status == 200, answer.body
        records: list[dict[str, Any]] = answer.body["records"]
        return records

    def composite(self, *parts: dict[str, Any], **options: Any) -> Answer:
        """Send a composite; each part says method, url (below the version), referenceId and maybe body."""
        entries = [{**part, "url": f"{V66}/{part['url']}"} for part in parts]
        return self.post("composite", {"compositeRequest": entries, **options})

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def in_path(value: str) -> str:
    """Return a value as one segment of a path."""
    return quote(value, safe="")


@contextmanager
def served_org() -> Iterator[str]:
    """Serve an org on a free port of loopback for the block; give its origin."""
    server = OrgServer(Org(), 0)
    serving = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield server.origin
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
