"""The test of a connection names what the connected user lacks, each with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from causeway.connections.connection_test import connection_report
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.syncs.discovery.describes import Discovery
from causeway.syncs.sync import Mapping, Sync
from causeway.wiring.clients import now_ms

from tests.support.api.fakes import FakeDescribeCache
from tests.support.connections.stack import ConnectStack, a_connect_stack
from tests.support.connections.walk import LOGIN, connected

type Report = Callable[..., dict[str, Any]]


@pytest.fixture
def stack() -> Iterator[ConnectStack]:
    with a_connect_stack() as running:
        yield running


@pytest.fixture
def report(stack: ConnectStack) -> Iterator[Report]:
    """Return the report of tenant acme for these syncs."""
    with requests.Session() as session:

        def org_of(tenant: str) -> SalesforceOrg:
            return SalesforceOrg(stack.access.access(tenant), stack.access, session, now_ms)

        def made(*syncs: Sync) -> dict[str, Any]:
            describes = Discovery(org_of, FakeDescribeCache(), now_ms)
            return connection_report("acme", stack.connections, org_of, describes, syncs, now_ms)

        yield made


def a_sync(**changes: Any) -> Sync:
    rules: dict[str, Any] = {
        "id": "lead-contact",
        "source": "lead",
        "sobject": "Contact",
        "push": {"update_existing": True, "create_when_missing": True},
        "mappings": (Mapping(product="phone", salesforce="Phone"),),
    }
    return Sync.model_validate(rules | changes)


def codes(report: dict[str, Any], level: str) -> set[tuple[str, str | None, str | None]]:
    return {(each["code"], each["sobject"], each["field"]) for each in report["findings"] if each["level"] == level}


def test_a_connection_that_lacks_nothing_is_ok_and_reports_user_org_edition_and_allowance(
    stack: ConnectStack, report: Report
) -> None:
    connected(stack)
    found = report(a_sync())
    assert found["ok"] is True
    assert found["user"]["username"] == LOGIN["username"]
    assert (found["org"]["id"], found["org"]["edition"]) == (stack.org.org_id, "Developer Edition")
    assert found["usage"]["allowed"] == 15_000
    assert found["sobjects"] == [{"name": "Contact", "read": True, "create": True, "edit": True}]


def test_a_missing_object_right_is_an_error_for_the_sync_that_needs_it(stack: ConnectStack, report: Report) -> None:
    stack.org.store.permissions.declare(LOGIN["username"], {"objects": {"Contact": {"create": False}}})
    connected(stack)
    assert codes(report(a_sync()), "error") == {("no_create_right", "Contact", None)}
    assert report(a_sync(push={"update_existing": True}))["ok"] is True


def test_an_sobject_the_user_can_not_see_is_an_error(stack: ConnectStack, report: Report) -> None:
    stack.org.store.permissions.declare(LOGIN["username"], {"objects": {"Contact": {"read": False}}})
    connected(stack)
    found = report(a_sync())
    assert codes(found, "error") == {("sobject_not_visible", "Contact", None)}
    assert "Permission Sets" in found["findings"][-1]["remedy"]


def test_field_level_security_is_checked_per_mapped_field(stack: ConnectStack, report: Report) -> None:
    hidden = {"Contact.Phone": {"read": False}, "Contact.Title": {"edit": False}}
    stack.org.store.permissions.declare(LOGIN["username"], {"fields": hidden})
    connected(stack)
    rows = (Mapping(product="phone", salesforce="Phone"), Mapping(product="title", salesforce="Title"))
    found = report(a_sync(mappings=rows))
    assert codes(found, "error") == {("field_not_visible", "Contact", "Phone")}
    assert codes(found, "warning") == {("field_not_editable", "Contact", "Title")}


def test_without_a_connection_the_report_says_so(report: Report) -> None:
    found = report(a_sync())
    assert found["ok"] is False
    assert codes(found, "error") == {("not_connected", None, None)}
