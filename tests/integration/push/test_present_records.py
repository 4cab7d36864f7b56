"""Records that Salesforce takes once only, such as a person's membership of a campaign: the one that is there is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.push.world import World, change, sync, world

MEMBERS = sync(
    "member",
    "CampaignMember",
    ("campaign", "CampaignId"),
    ("about", "ContactId"),
    ("status", "Status"),
    source="attendance",
)


@pytest.fixture
def w() -> Iterator[World]:
    with world(MEMBERS) as made:
        made.load("Contact", {"LastName": "W", "Email": "w@example.com"})
        yield made


def attendance(key: str, campaign: str, status: str) -> dict[str, Any]:
    return {**change(key, campaign=campaign, status=status), "about": {"email": "w@example.com"}}


def test_one_member_comes_of_two_new_keys_of_one_message(w: World) -> None:
    (campaign,) = w.load("Campaign", {"Name": "Webinar"})
    message = w.message(
        attendance("a1", campaign, "Sent"), attendance("a2", campaign, "Responded"), source="attendance"
    )
    for _ in range(2):
        batch = w.deliver(message)
        w.now += 5_000
    assert batch.redelivered == {}
    assert [row["Status"] for row in w.records("CampaignMember")] == ["Responded"]
    assert {item["result"] for item in w.outcomes()} <= {"created", "updated", "unchanged"}


def test_a_member_whom_somebody_else_added_is_updated(w: World) -> None:
    (campaign,) = w.load("Campaign", {"Name": "Webinar"})
    (contact,) = w.records("Contact")
    w.load("CampaignMember", {"CampaignId": campaign, "ContactId": contact["Id"], "Status": "Sent"})
    (outcome,) = w.push(attendance("a1", campaign, "Responded"), source="attendance")
    assert (outcome["result"], outcome["fields_written"]) == ("updated", ["Status"])
    (again,) = w.push(attendance("a1", campaign, "Sent"), source="attendance")
    assert (again["result"], again["salesforce_id"]) == ("updated", outcome["salesforce_id"])
