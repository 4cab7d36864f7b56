"""Setting up, looking at and removing the event relay of an org, over the Tooling API of the simulated org."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from causeway.connections.connection import Status
from causeway.errors import Conflict, MissingPermission, NotConnected

from tests.support.push.world import TENANT, served
from tests.support.relay import ORG, a_sync
from tests.support.relay.setup import SetupWorld


@pytest.fixture
def w() -> Iterator[SetupWorld]:
    with served() as server:
        world = SetupWorld(server.origin)
        try:
            yield world
        finally:
            world.close()


def parts(w: SetupWorld) -> dict[str, int]:
    """Return how many setup objects of each kind the org has."""
    kinds = ("PlatformEventChannel", "PlatformEventChannelMember", "NamedCredential", "EventRelayConfig")
    return {kind: w.org.get("tooling/query", q=f"SELECT Id FROM {kind}")["totalSize"] for kind in kinds}


def test_one_call_sets_everything_up_and_changes_are_relayed(w: SetupWorld) -> None:
    report = w.relay.set_up(TENANT)
    assert (report.state, report.sobjects, report.left_out) == ("running", ("Contact", "Lead"), ())
    assert {step.state for step in report.steps} == {"done"}
    assert [step.name for step in report.steps] == [
        "channel", "members", "credential", "relay", "source", "bus", "running",
    ]  # fmt: skip
    assert w.sources.buses == {report.source}
    assert w.followers.tenants_of(ORG) == [TENANT]
    w.org.request("POST", "sobjects/Contact", json={"LastName": "Doe"})
    (event,) = w.control("GET", "relayed_events")["events"]
    assert event["source"] == report.source


def test_setting_up_again_changes_nothing_but_what_the_syncs_changed(w: SetupWorld) -> None:
    w.relay.set_up(TENANT)
    before = parts(w)
    assert w.relay.set_up(TENANT).state == "running"
    assert parts(w) == before
    w.pulled = [a_sync(), a_sync("deals", "Opportunity")]
    looked = w.relay.look(TENANT)
    assert [each.sobject for each in looked.left_out] == ["Opportunity"]
    assert w.relay.set_up(TENANT).sobjects == ("Contact", "Opportunity")
    assert w.relay.look(TENANT).left_out == ()


def test_until_aws_knows_the_source_the_rest_waits(w: SetupWorld) -> None:
    w.sources.known = False
    report = w.relay.set_up(TENANT)
    assert (report.state, report.steps[-1].name, report.steps[-1].state) == ("setting_up", "source", "waits")
    assert w.followers.tenants_of(ORG) == []
    w.sources.known = True
    assert w.relay.set_up(TENANT).state == "running"


def test_sobjects_that_salesforce_refuses_are_left_out_with_its_words(w: SetupWorld) -> None:
    w.pulled = [a_sync(), a_sync("files", "Attachment")]
    report = w.relay.set_up(TENANT)
    assert report.state == "running"
    ((sobject, message),) = [(each.sobject, each.message) for each in report.left_out]
    assert (sobject, "not supported" in message) == ("Attachment", True)


def test_what_the_user_may_not_make_is_a_step_for_a_person(w: SetupWorld) -> None:
    rule = {"do": "error", "code": "FIELD_INTEGRITY_EXCEPTION", "path": "/NamedCredential", "method": "POST"}
    w.control("POST", "faults", rule)
    report = w.relay.set_up(TENANT)
    assert (report.state, report.steps[-1].name, report.steps[-1].state) == ("setting_up", "credential", "person")
    assert "arn:aws:EU-CENTRAL-1:123456789012" in report.steps[-1].message
    assert w.relay.set_up(TENANT).state == "running"


def test_a_user_without_the_rights_gets_their_names(w: SetupWorld) -> None:
    rights = {"admin@northwind.example": {"system": {"CustomizeApplication": False}}}
    w.control("POST", "schema", {"permissions": rights})
    with pytest.raises(MissingPermission) as caught:
        w.relay.set_up(TENANT)
    assert "Customize Application" in caught.value.remedy


@pytest.mark.parametrize("edition", ["Professional Edition", "Team Edition"])
def test_a_small_edition_is_said_in_a_sentence(w: SetupWorld, edition: str) -> None:
    w.control("PATCH", "settings", {"edition": edition})
    with pytest.raises(Conflict) as caught:
        w.relay.set_up(TENANT)
    assert "edition" in caught.value.message
    with pytest.raises(Conflict):
        w.relay.look(TENANT)


def test_a_tenant_that_is_not_connected_has_no_relay(w: SetupWorld) -> None:
    w.connections.set(TENANT, Status.DISCONNECTED)
    with pytest.raises(NotConnected):
        w.relay.look(TENANT)


def test_an_error_of_the_relay_is_shown_with_salesforces_words(w: SetupWorld) -> None:
    w.relay.set_up(TENANT)
    (feedback,) = w.records("EventRelayFeedback")
    broken = {**feedback, "Status": "ERROR", "ErrorCode": "AWS_ERROR", "ErrorMessage": "The source was deleted."}
    w.control("POST", "records", {"sobject": "EventRelayFeedback", "records": [broken]})
    report = w.relay.look(TENANT)
    assert (report.state, report.error) == ("failing", "AWS_ERROR: The source was deleted.")


def test_removing_leaves_nothing_behind(w: SetupWorld) -> None:
    w.relay.set_up(TENANT)
    w.relay.remove(TENANT)
    assert set(parts(w).values()) == {0}
    assert (w.sources.buses, w.followers.items) == (set(), {})
    assert w.relay.look(TENANT).state == "off"
    w.relay.remove(TENANT)


def test_a_tenant_that_is_not_connected_any_more_takes_no_hints_after_removing(w: SetupWorld) -> None:
    w.relay.set_up(TENANT)
    w.connections.set(TENANT, Status.DISCONNECTED)
    with pytest.raises(NotConnected):
        w.relay.remove(TENANT)
    assert w.followers.items == {}


def test_members_that_may_be_another_tenants_stay(w: SetupWorld) -> None:
    source = w.relay.set_up(TENANT).source
    w.followers.follow(ORG, "other", source, 0)
    w.pulled = [a_sync()]
    assert w.relay.set_up(TENANT).sobjects == ("Contact", "Lead")
    w.followers.leave(ORG, "other")
    assert w.relay.set_up(TENANT).sobjects == ("Contact",)


def test_what_another_tenant_of_the_org_uses_stays(w: SetupWorld) -> None:
    source = w.relay.set_up(TENANT).source
    w.followers.follow(ORG, "other", source, 0)
    before = parts(w)
    w.relay.remove(TENANT)
    assert (parts(w), w.sources.buses, w.followers.tenants_of(ORG)) == (before, {source}, ["other"])


def test_what_another_stack_of_the_account_uses_stays(w: SetupWorld) -> None:
    source = w.relay.set_up(TENANT).source
    w.sources.shared = True
    before = parts(w)
    w.relay.remove(TENANT)
    assert (parts(w), w.sources.buses, w.followers.items) == (before, {source}, {})
