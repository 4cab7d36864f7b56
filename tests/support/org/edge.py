"""Plain factories for the simulated org's edge: requests without a socket, the OAuth pages walked by a browser of sorts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from local.org.app import Org
from local.org.oauth.users import ADMIN_USERNAME
from local.org.serving import OrgServer
from local.org.setup.connected_apps import (
    DEFAULT_CLIENT_ID,
    DEFAULT_CLIENT_SECRET,
    ROTATING_CLIENT_ID,
    ROTATING_CLIENT_SECRET,
)
from local.org.wire.messages import Request, Response

CALLBACK = "http://127.0.0.1:9999/callback"
VERIFIER = "verifier-" + "x" * 50
API = "/services/data/v66.0"
SECRETS = {DEFAULT_CLIENT_ID: DEFAULT_CLIENT_SECRET, ROTATING_CLIENT_ID: ROTATING_CLIENT_SECRET}


def challenge(verifier: str = VERIFIER) -> str:
    """Return the S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Client:
    """Sends requests straight into an org, keeps its cookie, and reads JSON."""

    def __init__(self, org: Org | None = None) -> None:
        self.org = org or Org()
        self.org.settings.token_processing_s = 0.0
        self.cookie = ""

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return the org's response; the body is decoded from JSON where it is JSON."""
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        sent.setdefault("x-forwarded-for", "127.0.0.1")
        if self.cookie:
            sent["cookie"] = self.cookie
        reply = self.org.handle(Request(method, path, dict(query or {}), sent, body))
        self.dropped, self.cut = reply.dropped, reply.cut
        response = reply.response
        self.cookie = response.headers.get("Set-Cookie", self.cookie).partition(";")[0]
        if isinstance(response.body, bytes):
            is_json = response.content_type.startswith("application/json")
            response.body = json.loads(response.body) if is_json else response.body.decode()
        return response

    def form(self, path: str, **fields: str) -> Response:
        """Post a form."""
        return self.send("POST", path, body=urlencode(fields).encode())

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API; return its JSON."""
        raw = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        return self.send(method, f"/_control/{path}", asked, raw).body

    def settings(self, **changes: Any) -> None:
        """Change settings through the control API."""
        answer = self.control("PATCH", "settings", changes)
        assert isinstance(answer, dict), answer

    def app(self, client_id: str = DEFAULT_CLIENT_ID, **changes: Any) -> None:
        """Change or register an app."""
        self.settings(apps=[{"client_id": client_id, **changes}])

    def fault(self, **rule: Any) -> None:
        """Add a fault rule."""
        answer = self.control("POST", "faults", rule)
        assert "ids" in answer, answer

    def advance(self, seconds: float) -> None:
        """Move the org's clock."""
        self.control("POST", "clock", {"advance_s": seconds})

    def session(self, **options: Any) -> dict[str, str]:
        """Return the headers of a session without the pages."""
        token = self.control("POST", "sessions", options)["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def get(self, path: str, headers: Mapping[str, str], **query: str) -> Response:
        """Read below the newest version's base path."""
        return self.send("GET", API + path, query, headers=headers)

    # --- the pages ---

    def authorize(self, client_id: str = DEFAULT_CLIENT_ID, **changes: str) -> Response:
        """Open the authorize URL with a challenge; a value of "" leaves the parameter out."""
        query = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": CALLBACK,
            "scope": "api refresh_token id",
            "state": "a b&c",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
            **changes,
        }
        wanted = {name: value for name, value in query.items() if value}
        return self.followed(self.send("GET", "/services/oauth2/authorize", wanted))

    def followed(self, response: Response) -> Response:
        """Follow redirects to pages of the org itself, as browsers do."""
        while response.status == 302 and response.headers["Location"].startswith("/"):
            parts = urlsplit(response.headers["Location"])
            response = self.send("GET", parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})
        return response

    def log_in(self, page: Response, username: str = ADMIN_USERNAME, password: str = "northwind1") -> Response:
        """Fill in the login page."""
        return self.followed(self.form("/login", pending=hidden(page, "pending"), username=username, pw=password))

    def decide(self, page: Response, decision: str = "allow") -> Response:
        """Press a button of the approval page."""
        return self.form("/services/oauth2/approve", pending=hidden(page, "pending"), decision=decision)

    def code(self, client_id: str = DEFAULT_CLIENT_ID, username: str = ADMIN_USERNAME, **changes: str) -> str:
        """Walk through the pages to a code."""
        self.cookie = ""
        page = self.log_in(self.authorize(client_id, **changes), username)
        if page.status == 200:
            page = self.decide(page)
        return answer_of(page)["code"]

    def token(self, client_id: str = DEFAULT_CLIENT_ID, **fields: str) -> Response:
        """Call the token endpoint as the app; a value of "" leaves the parameter out."""
        form = {"client_id": client_id, "client_secret": SECRETS.get(client_id, ""), **fields}
        return self.form("/services/oauth2/token", **{name: value for name, value in form.items() if value})

    def exchange(self, code: str, client_id: str = DEFAULT_CLIENT_ID, **changes: str) -> Response:
        """Exchange a code."""
        fields = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **changes}
        return self.token(client_id, grant_type="authorization_code", **fields)

    def refresh(self, refresh_token: str, client_id: str = DEFAULT_CLIENT_ID, **changes: str) -> Response:
        """Use a refresh token."""
        return self.token(client_id, grant_type="refresh_token", refresh_token=refresh_token, **changes)

    def connect(self, client_id: str = DEFAULT_CLIENT_ID, username: str = ADMIN_USERNAME) -> dict[str, Any]:
        """Walk the whole web-server flow; return the token response."""
        response = self.exchange(self.code(client_id, username), client_id)
        assert response.status == 200, response.body
        return dict(response.body)


def hidden(page: Response, name: str) -> str:
    """Return a hidden field of a page's form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', str(page.body))
    assert found is not None, page
    return unescape(found[1])


def answer_of(response: Response) -> dict[str, str]:
    """Return the query parameters of a redirect."""
    assert response.status == 302, response
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def refusal(response: Response) -> tuple[str, str]:
    """Return the error and description of an OAuth refusal, by redirect or by body."""
    answer = answer_of(response) if response.status == 302 else response.body
    return answer["error"], answer["error_description"]


def error_code(response: Response) -> tuple[int, str]:
    """Return status and errorCode of a REST error."""
    return response.status, response.body[0]["errorCode"]


@contextmanager
def running_org(seed: int = 1) -> Iterator[OrgServer]:
    """Serve an org on a free loopback port within the block."""
    server = OrgServer(Org(seed), 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def encoded_path(*parts: str) -> str:
    """Return a path whose parts are percent-encoded."""
    return "/".join(quote(part, safe="") for part in parts)
