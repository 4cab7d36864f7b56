"""getUpdated and getDeleted over REST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from local.org.oauth.users import INTEGRATION_USERNAME
from tests.support.org.edge import API, Client, error_code


def asked(client: Client, which: str, sobject: str = "Contact", **span: str) -> Any:
    """Ask for the changes of the last ten and next ten minutes, or of another span; return the answer."""
    now = client.org.clock.now()
    edges = {
        "start": (now - timedelta(minutes=10)).isoformat(),
        "end": (now + timedelta(minutes=10)).isoformat(),
        **span,
    }
    return client.send("GET", f"{API}/sobjects/{sobject}/{which}/", edges, headers=client.session())


def add(client: Client, *records: dict[str, Any]) -> list[str]:
    """Load contacts; return their Ids."""
    ids: list[str] = client.control("POST", "records", {"sobject": "Contact", "records": list(records)})["ids"]
    return ids


def test_created_and_changed_records_are_updated_ones() -> None:
    """Source: REST guide, sObject Get Updated: ids and latestDateCovered."""
    client = Client()
    old, new = add(client, {"LastName": "Old", "SystemModstamp": "2020-01-01T00:00:00.000+0000"}, {"LastName": "New"})
    answer = asked(client, "updated").body
    assert answer["ids"] == [new]
    assert answer["latestDateCovered"] <= client.org.clock.stamp()
    body = b'{"Title": "CEO"}'
    headers = {**client.session(), "Content-Type": "application/json"}
    assert client.send("PATCH", f"{API}/sobjects/Contact/{old}", body=body, headers=headers).status == 204
    assert set(asked(client, "updated").body["ids"]) == {old, new}


def test_seconds_of_the_span_count_for_nothing() -> None:
    """Source: SOAP guide, getUpdated: seconds are cut off both ends."""
    client = Client()
    day = client.org.clock.now().strftime("%Y-%m-%d")
    stamps = ("T00:04:59", "T00:05:00", "T00:05:59", "T00:06:00")
    ids = add(client, *({"LastName": "X", "SystemModstamp": f"{day}{stamp}.000+0000"} for stamp in stamps))
    answer = asked(client, "updated", start=f"{day}T00:05:30Z", end=f"{day}T00:06:59+00:00").body
    assert answer["ids"] == ids[1:3]
    shifted = asked(client, "updated", start=f"{day}T02:05:30+02:00", end=f"{day}T02:06:59+02:00").body
    assert shifted["ids"] == ids[1:3]
    naive = asked(client, "updated", start=f"{day}T00:05:30", end=f"{day}T00:06:59").body
    assert naive["ids"] == ids[1:3]
    unescaped = asked(client, "updated", start=f"{day}T00:05:30 00:00", end=f"{day}T00:06:00Z").body
    assert unescaped["ids"] == ids[1:3]


def test_latest_date_covered_stays_before_what_others_cannot_see_yet() -> None:
    """Source: SOAP guide, getUpdated: latestDateCovered takes running transactions into account."""
    client = Client()
    client.settings(commit_delay_s=300)
    headers = {**client.session(username=INTEGRATION_USERNAME), "Content-Type": "application/json"}
    created = client.send("POST", f"{API}/sobjects/Contact", body=b'{"LastName": "Slow"}', headers=headers)
    assert created.status == 201
    stamp = client.org.clock.stamp()
    client.advance(120)
    early = asked(client, "updated").body
    assert early["ids"] == []
    assert early["latestDateCovered"] <= stamp
    client.advance(240)
    later = asked(client, "updated").body
    assert later["ids"] == [created.body["id"]]
    assert later["latestDateCovered"] > stamp


def test_deleted_records_are_listed_hard_deleted_ones_too_but_not_undeleted_ones() -> None:
    """Source: REST guide, sObject Get Deleted: deletedRecords with id and deletedDate."""
    client = Client()
    soft, hard, back, _ = add(client, *({"LastName": name} for name in ("Soft", "Hard", "Back", "Stays")))
    for record_id in (soft, hard, back):
        assert client.send("DELETE", f"{API}/sobjects/Contact/{record_id}", headers=client.session()).status == 204
    client.org.store.hard_delete(None, hard)
    client.org.store.undelete(None, back)
    answer = asked(client, "deleted").body
    assert {each["id"] for each in answer["deletedRecords"]} == {soft, hard}
    assert answer["deletedRecords"][0]["deletedDate"].endswith(".000+0000")
    assert set(answer) == {"deletedRecords", "earliestDateAvailable", "latestDateCovered"}


@pytest.mark.parametrize(
    ("which", "span", "code"),
    [
        ("updated", {"start": "2020-01-01T00:00:00Z"}, "INVALID_REPLICATION_DATE"),
        ("deleted", {"start": "2020-01-01T00:00:00Z"}, "INVALID_REPLICATION_DATE"),
        ("updated", {"end": "2020-01-01T00:00:00Z"}, "INVALID_REPLICATION_DATE"),
        ("deleted", {"start": "yesterday"}, "INVALID_REPLICATION_DATE"),
        ("updated", {"start": ""}, "MISSING_ARGUMENT"),
    ],
)
def test_spans_have_limits(which: str, span: dict[str, str], code: str) -> None:
    """Source: SOAP guide, getUpdated (30 days), getDeleted (15 days), INVALID_REPLICATION_DATE; MISSING_ARGUMENT remembered."""
    assert error_code(asked(Client(), which, **span)) == (400, code)


def test_15_and_30_days_are_the_edges() -> None:
    client = Client()
    for which, days in (("updated", 30), ("deleted", 15)):
        for hours, status in ((-1, 200), (1, 400)):
            start = client.org.clock.now() - timedelta(days=days, hours=hours)
            assert asked(client, which, start=start.isoformat()).status == status


def test_unknown_sobjects_are_not_found() -> None:
    """Source: REST guide, status codes."""
    assert error_code(asked(Client(), "updated", "Nope")) == (404, "NOT_FOUND")
