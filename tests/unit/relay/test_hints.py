"""What an event of a partner bus hints at."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.relay.hints import Hint, event_of, hint_of, is_hint, sobject_of

from tests.support.relay import ORG, an_event


def test_a_change_event_names_org_and_sobject() -> None:
    assert hint_of(an_event()) == Hint(ORG, "contact")


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("com/salesforce/api/rest/66.0;client=Causeway", True),
        ("com/salesforce/api/soap/66.0;client=SfdcInternalAPI/", False),
        ("com/salesforce/api/rest/66.0;client=CausewayFriend", False),
        ("", False),
        (None, False),
    ],
)
def test_what_causeway_wrote_is_known_by_the_client_that_its_calls_name(origin: str | None, is_own: bool) -> None:
    assert hint_of(an_event(header={"changeOrigin": origin})) == Hint(ORG, "contact", is_own)


def test_an_event_without_the_header_is_read_by_its_type() -> None:
    assert hint_of(an_event(detail={"payload": {}})) == Hint(ORG, "contact")
    assert hint_of(an_event(**{"detail": "?", "detail-type": "Visit__ChangeEvent"})) == Hint(ORG, "visit__c")


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "text",
        {},
        an_event(source="causeway"),
        an_event(source="aws.partner/example.com/00D8qlF00000001ECA/x"),
        an_event(source="aws.partner/salesforce.com/00D8qlF00000001ECA"),
        an_event(source="aws.partner/salesforce.com/../x"),
        an_event(**{"detail": {}, "detail-type": "Order_Event__e"}),
    ],
)
def test_anything_else_hints_at_nothing(event: Any) -> None:
    assert hint_of(event) is None


def test_a_message_that_is_no_json_is_no_hint() -> None:
    assert not is_hint("{")


@pytest.mark.parametrize("sobject", ["Contact", "Visit__c", "pkg__Visit__c"])
def test_names_of_change_events_lead_back_to_their_sobject(sobject: str) -> None:
    assert sobject_of(event_of(sobject)) == sobject
