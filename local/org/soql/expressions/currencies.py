"""Amounts in an org with multiple currencies: what a record's amount is in another currency (SOQL guide, querying currency fields)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...schema.row import Row
from ..language.errors import malformed, unsupported
from ..language.syntax import Literal, Name
from .columns import Column, Getter, Scope
from .database import Setting

CODE = "CurrencyIsoCode"
CODE_LENGTH = 3
ONE_CURRENCY = "it has one currency (setting `currencies`)"


def is_amount(scope: Scope, column: Column) -> bool:
    """Say whether a column's values have a currency each."""
    return column.field.type == "currency" and bool(scope.setting.rates)


def code_of(scope: Scope, name: Name, column: Column) -> Getter:
    """Return what reads the currency of an amount's record; records from before have the corporate one."""
    corporate = scope.setting.currency
    owner = column.hops[-1].target if column.hops else scope.sobject
    if owner.field(CODE) is None:
        return lambda row: corporate
    get = scope.column(Name((*name.path[:-1], CODE), name.at)).get
    return lambda row: get(row) or corporate


def in_currency(scope: Scope, name: Name, column: Column, code: str) -> Getter:
    """Return what reads an amount in another currency."""
    get, currency, rates = column.get, code_of(scope, name, column), scope.setting.rates

    def converted(row: Row) -> Any:
        value = get(row)
        if value is None or currency(row) == code:
            return value
        return value / rates[currency(row)] * rates[code]

    return converted


def in_corporate(scope: Scope, name: Name) -> Column:
    """Return a column whose amounts are in the corporate currency, by which they add up and sort; any other as it is."""
    column = scope.column(name)
    if not is_amount(scope, column):
        return column
    return replace(column, get=in_currency(scope, name, column, scope.setting.currency))


def corporate_literal(setting: Setting, literal: Literal) -> Literal:
    """Return an amount such as USD5000 as a number in the corporate currency."""
    text = str(literal.value)
    code, number = text[:CODE_LENGTH].upper(), float(text[CODE_LENGTH:])
    if not setting.rates:
        raise unsupported(f"amounts with a currency such as {text}: {ONE_CURRENCY}")
    if code not in setting.rates:
        raise malformed(f"Invalid currency code: {code}")
    return Literal("number", number / setting.rates[code], literal.at)
