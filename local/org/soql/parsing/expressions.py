"""Names, fields, functions and distances, which every clause of SOQL shares."""

from __future__ import annotations

from ..language.syntax import Distance, Expression, Function, Name
from .literals import parse_number
from .token_cursor import Cursor


def parse_name(cursor: Cursor) -> Name:
    """Return a field or sObject name."""
    token = cursor.word()
    return Name(tuple(token.text.split(".")), token.at)


def parse_field(cursor: Cursor) -> Name | Function:
    """Return a field, or a function of a field, or a function of a function of a field; deeper is not SOQL."""
    token = cursor.word()
    if not cursor.accept("("):
        return Name(tuple(token.text.split(".")), token.at)
    inner = cursor.word()
    argument: Name | Function = Name(tuple(inner.text.split(".")), inner.at)
    if cursor.accept("("):
        argument = Function(inner.text, parse_name(cursor), inner.at)
        cursor.expect(")")
    cursor.expect(")")
    return Function(token.text, argument, token.at)


def parse_expression(cursor: Cursor) -> Expression:
    """Return a field, a function, or a DISTANCE."""
    if cursor.kind == "distance" and cursor.kind_ahead(1) == "(" and cursor.kind_ahead(3) == ",":
        return _distance(cursor)
    return parse_field(cursor)


def _distance(cursor: Cursor) -> Distance:
    at = cursor.expect("distance", "(").at
    field = parse_name(cursor)
    cursor.expect(",", "geolocation", "(")
    latitude = parse_number(cursor)
    cursor.expect(",")
    longitude = parse_number(cursor)
    cursor.expect(")", ",")
    unit = cursor.expect("string").text[1:-1]
    cursor.expect(")")
    return Distance(field, latitude, longitude, unit, at)
