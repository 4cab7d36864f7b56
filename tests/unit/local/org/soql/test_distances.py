"""DISTANCE from a point to an address."""

from __future__ import annotations

import pytest

from local.org.wire.messages import OrgError
from tests.support.org.soql import contacts, names, records, run

SAN_FRANCISCO, OAKLAND, BERLIN = (
    {"latitude": latitude, "longitude": longitude}
    for latitude, longitude in ((37.7749, -122.4194), (37.8044, -122.2712), (52.52, 13.405))
)
CITIES = contacts(
    {"LastName": "Berlin", "MailingAddress": BERLIN},
    {"LastName": "Oakland", "MailingAddress": OAKLAND},
    {"LastName": "San Francisco", "MailingAddress": SAN_FRANCISCO},
    {"LastName": "Nowhere"},
    {"LastName": "Half", "MailingAddress": {"city": "X", "latitude": None, "longitude": None}},
)
FROM_HERE = "DISTANCE(MailingAddress, GEOLOCATION(37.7749, -122.4194), '{}')"


@pytest.mark.parametrize(("unit", "oakland", "berlin"), [("mi", 8.33, 5662), ("km", 13.41, 9113), ("KM", 13.41, 9113)])
def test_distances_are_in_miles_or_kilometres(unit: str, oakland: float, berlin: float) -> None:
    """Source: SOQL guide, location-based queries; figures of a great-circle calculator."""
    statement = (
        f"SELECT LastName, {FROM_HERE.format(unit)} far FROM Contact ORDER BY {FROM_HERE.format(unit)} NULLS LAST"
    )
    far = {each["LastName"]: each["far"] for each in records(statement, CITIES)}
    assert list(far)[:3] == ["San Francisco", "Oakland", "Berlin"]
    assert far["San Francisco"] == 0
    assert far["Oakland"] == pytest.approx(oakland, rel=0.005)
    assert far["Berlin"] == pytest.approx(berlin, rel=0.005)
    assert far["Nowhere"] is None
    assert far["Half"] is None


def test_distances_filter() -> None:
    assert names(f"{FROM_HERE.format('mi')} < 20", CITIES) == ["Oakland", "San Francisco"]
    assert names(f"{FROM_HERE.format('mi')} > 20", CITIES) == ["Berlin"]


def test_a_distance_without_an_alias_is_numbered() -> None:
    """Source: as unnamed functions elsewhere: expr0, expr1 [R]."""
    statement = (
        f"SELECT {FROM_HERE.format('mi')}, {FROM_HERE.format('km')} FROM Contact WHERE LastName = 'San Francisco'"
    )
    assert records(statement, CITIES) == [{"expr0": 0.0, "expr1": 0.0}]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("DISTANCE(MailingAddress, GEOLOCATION(1, 2), 'mi') = 5", "the operators < and > only"),
        ("DISTANCE(MailingAddress, GEOLOCATION(1, 2), 'mi') <= 5", "the operators < and > only"),
        ("DISTANCE(MailingAddress, GEOLOCATION(1, 2), 'ft') < 5", "Invalid distance unit: ft"),
        ("DISTANCE(LastName, GEOLOCATION(1, 2), 'mi') < 5", "not supported on field 'LastName'"),
        ("DISTANCE(MailingAddress, GEOLOCATION(91, 2), 'mi') < 5", "Invalid geolocation"),
        ("DISTANCE(MailingAddress, GEOLOCATION(1, -180.5), 'mi') < 5", "Invalid geolocation"),
        ("DISTANCE(MailingAddress, GEOLOCATION(1, 2), 'mi') < 'x'", "must be of type double"),
    ],
)
def test_distances_have_rules(condition: str, message: str) -> None:
    """Source: SOQL guide, location-based queries: units mi and km, operators < and >."""
    with pytest.raises(OrgError, match=message):
        run(f"SELECT Id FROM Contact WHERE {condition}", CITIES)
