"""The API's methods against the real routes, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from botocore.credentials import Credentials
from causeway_client import ApiError, CausewayApi
from causeway_client.generated.api import ConnectLinkRequest, Mapping, SyncDraft

from tests.support.api.stack import ApiStack, an_api_stack
from tests.support.clients.served_api import served


@dataclass(frozen=True)
class Served:
    """A connected tenant `acme` and a client of its API."""

    stack: ApiStack
    api: CausewayApi


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with an_api_stack() as stack, served(stack) as url:
        stack.walk()
        yield Served(stack, CausewayApi(url, credentials=Credentials("test", "test"), region="eu-central-1"))


def test_health_and_the_document_are_for_anyone(running: Served) -> None:
    assert running.api.read_health().status == "ok"
    assert running.api.read_openapi()["info"]["title"] == "Causeway"


def test_a_link_is_made_for_a_person(running: Served) -> None:
    link = running.api.make_connect_link("other", ConnectLinkRequest(user="ada", role="manager"))
    assert link.url.startswith(running.stack.connect.public_url)


def test_a_sync_is_saved_read_changed_and_deleted(running: Served) -> None:
    rows = [Mapping(product="last_name", salesforce="LastName")]
    saved = running.api.save_sync(
        "acme", SyncDraft(id="lead-contact", source="lead", sobject="Contact", enabled=True, mappings=rows)
    )
    assert (saved.revision, saved.enabled) == (1, True)
    changed = running.api.change_sync("acme", "lead-contact", {"position": 7, "revision": saved.revision})
    assert (changed.position, changed.mappings) == (7, saved.mappings)
    assert [sync.id for sync in running.api.list_syncs("acme").syncs] == ["lead-contact"]
    running.api.delete_sync("acme", "lead-contact")
    assert running.api.list_syncs("acme").syncs == []


def test_connections_name_the_connected_tenant(running: Served) -> None:
    assert [line.tenant for line in running.api.list_connections().connections] == ["acme"]
    assert running.api.read_connection("acme").status == "connected"


def test_a_refusal_says_what_to_do(running: Served) -> None:
    with pytest.raises(ApiError) as refused:
        running.api.read_sync("acme", "nope")
    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_a_misspelt_key_is_refused_and_named(running: Served) -> None:
    with pytest.raises(ApiError) as refused:
        running.api.save_sync("acme", {"sorce": "lead"})
    assert refused.value.status == 400
    assert any("sorce" in place for place in refused.value.fields)
