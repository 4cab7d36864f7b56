"""The example events for the API and the console do what their names say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from causeway.api.requests import request_of
from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.connections.connection import Connection
from causeway.errors import NotFound
from causeway.parked.entries import ParkedPage, Redrive
from causeway.settings import Settings
from causeway.syncs.discovery.describes import Discovery
from causeway.syncs.management import Syncs
from causeway.wiring.api import UseCases

from functions.console import app as console
from local.console import build
from tests.support.api.factories import a_describe, a_sync
from tests.support.api.fakes import FakeDescribeCache, FakeOrg, FakeSyncStore

EVENTS = Path(__file__).parents[3] / "events"


def event(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return loaded


class NoFields:
    def get(self, tenant: str, source: str) -> list[Any]:
        return []


class NoParked:
    def __init__(self) -> None:
        self.requested: list[Redrive] = []

    def page(self, tenant: str, **query: Any) -> ParkedPage:
        return ParkedPage(())

    def count_waiting(self, tenant: str) -> int:
        return 0

    def count_refused(self, redrive: Redrive) -> int:
        return 0

    def redrives_of(self, tenant: str) -> list[tuple[str, Redrive]]:
        return [(f"{tenant}#1", each) for each in self.requested]

    def request_redrive(self, redrive: Redrive, redrive_id: str) -> None:
        self.requested.append(redrive)


class FakeUseCases(UseCases):
    """Use cases over fakes: tenant acme has one sync."""

    def __init__(self) -> None:
        org, store = FakeOrg(), FakeSyncStore(a_sync())
        org.bodies = {"contact": a_describe("Contact")}
        discovery = Discovery(lambda tenant: org, FakeDescribeCache(), lambda: 1)
        self.settings = Settings()
        self.syncs = Syncs(store, discovery, NoFields(), lambda kind, detail: None, lambda: 1)
        self.parked: Any = NoParked()
        self.connection: Any = self
        self.connections: Any = self

    def get(self, tenant: str) -> Connection:
        return Connection(tenant)

    def page_key(self) -> bytes:
        return b"key"

    def view(self, tenant: str) -> dict[str, Any]:
        nothing = dict.fromkeys(("cause", "message", "remedy", "since", "name", "org_id", "username", "user_id"))
        more = dict.fromkeys(("instance_url", "own_app", "refreshed_at", "usage"))
        kept = Connection(tenant)
        plain = {"flow": kept.flow, "app": kept.app, "api_version": kept.api_version, "environment": kept.environment}
        return {"tenant": tenant, "status": kept.status, "history": [], **plain, **nothing, **more}

    def connect_link(self, tenant: str, request: Any) -> dict[str, Any]:
        return {"url": "https://connect.example.com/oauth/authorize?link=x", "expires_at": "2026-11-20T10:15:00Z"}

    def record(self, tenant: str, source: str, key: str) -> Any:
        raise NotFound(f"{source} {key}")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("backend_reads_the_connection", 200),
        ("backend_makes_a_connect_link", 201),
        ("backend_saves_a_sync", 201),
        ("backend_lists_parked_changes", 200),
        ("backend_redrives", 202),
        ("backend_reads_a_record", 404),
        ("browser_lists_syncs", 200),
        ("browser_disables_a_sync", 200),
        ("browser_names_a_foreign_tenant", 404),
        ("anyone_asks_for_health", 200),
    ],
)
def test_the_example_is_answered(name: str, status: int) -> None:
    answer = respond(event(f"api/{name}"), ROUTES, FakeUseCases(), _fail)
    assert answer["statusCode"] == status, answer["body"]


def test_every_example_for_the_api_is_tried_above() -> None:
    (parameters,) = (mark.args[1] for mark in test_the_example_is_answered.pytestmark)  # type: ignore[attr-defined]
    assert {name for name, _ in parameters} == {path.stem for path in (EVENTS / "api").glob("*.json")}


def test_a_key_with_a_slash_arrives_whole() -> None:
    assert request_of(event("api/backend_reads_a_record")).segments[-2:] == ("interaction:quiz-42", "lead/7")


def test_the_example_of_a_frame_is_answered_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    monkeypatch.setenv("EMBED_ORIGINS", "https://app.example.com")
    console.assembled.cache_clear()
    answer = console.lambda_handler(event("console/a_page_frames_the_console"), None)
    console.assembled.cache_clear()
    assert "frame-ancestors https://app.example.com" in answer["headers"]["Content-Security-Policy"]
    script = console.lambda_handler(event("console/a_page_loads_the_embedding_script"), None)
    assert (script["statusCode"], "causeway" in script["body"]) == (200, True)


def test_every_example_for_the_console_is_tried() -> None:
    tried = {"browser_opens_the_console", "a_page_frames_the_console", "a_page_loads_the_embedding_script"}
    assert {path.stem for path in (EVENTS / "console").glob("*.json")} == tried


def test_the_console_is_one_page_that_nothing_else_may_run_in() -> None:
    build()
    answer = console.lambda_handler(event("console/browser_opens_the_console"), None)
    policy = answer["headers"]["Content-Security-Policy"]
    assert answer["statusCode"] == 200
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "trusted-types 'none'" in policy
    assert " src=" not in answer["body"]  # nothing is loaded from anywhere
    assert answer["headers"]["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ({}, "en"),
        ({"headers": {"Accept-Language": "de-CH,de;q=0.9,en;q=0.8"}}, "de"),
        ({"headers": {"accept-language": "fr-FR, en;q=0.5"}}, "en"),
        ({"headers": {"Accept-Language": "de"}, "queryStringParameters": {"lang": "en"}}, "en"),
        ({"queryStringParameters": {"lang": "../de"}}, "en"),
    ],
)
def test_the_console_comes_in_the_language_of_the_address_or_else_of_the_browser(
    asked: dict[str, Any], language: str
) -> None:
    assert console.language_of(asked) == language


def test_the_console_has_no_assets_that_nobody_made() -> None:
    assert console.lambda_handler({"pathParameters": {"asset": "app.py"}}, None)["statusCode"] == 404


def _fail(request_id: str, error: Exception) -> None:
    raise error
