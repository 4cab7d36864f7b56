"""DISTANCE: how far an address or location field is from a point, along a great circle (SOQL guide, location-based queries)."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from ...schema.row import Row
from ..language.errors import malformed
from ..language.syntax import Distance
from .columns import Scope
from .comparisons import Operand

EARTH_RADIUS = {"mi": 3_958.8, "km": 6_371.0}


def distance_operand(scope: Scope, distance: Distance) -> Operand:
    """Return the operand of a DISTANCE; null where the field has no coordinates."""
    column = scope.column(distance.field)
    radius = EARTH_RADIUS.get(distance.unit.lower())
    if column.field.type not in ("address", "location"):
        raise malformed(f"DISTANCE is not supported on field '{column.field.name}' of type {column.field.type}")
    if radius is None:
        raise malformed(f"Invalid distance unit: {distance.unit}. Valid units: 'mi', 'km'")
    if not (-90 <= distance.latitude <= 90 and -180 <= distance.longitude <= 180):
        raise malformed(f"Invalid geolocation: {distance.latitude}, {distance.longitude}")

    def value(row: Row) -> float | None:
        place = column.get(row) or {}
        latitude, longitude = place.get("latitude"), place.get("longitude")
        if latitude is None or longitude is None:
            return None
        return radius * _angle(distance.latitude, distance.longitude, latitude, longitude)

    return Operand(value, "double", distance.text, scope.query.text, distance.at)


def _angle(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the angle between two points seen from the centre of the earth, in radians (haversine formula)."""
    up, across = radians(other_latitude - latitude) / 2, radians(other_longitude - longitude) / 2
    square = sin(up) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(across) ** 2
    return 2 * asin(sqrt(min(1.0, square)))
