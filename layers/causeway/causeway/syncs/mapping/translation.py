"""A row's table of values: what the product says → what Salesforce takes, with a fallback for what it does not name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from causeway.errors import RejectedError
from causeway.salesforce.values.texts import composed, is_blank, text_of
from causeway.syncs.sync import Mapping as Row


class NotInTable(RejectedError):
    """A row's table does not name a value, and has no fallback; `text` is the value as far as it can be shown."""

    code = "value_not_in_table"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"The table of values does not name '{text[:80]}'.", "Name it in the table, or give a fallback."
        )


class ValueTable(NamedTuple):
    """The Salesforce values by the product's own, which count in any case; `fallback` None: there is none."""

    values: Mapping[str, Any]
    fallback: Any = None

    def translated(self, value: Any) -> Any:
        """
        Return the Salesforce value, of a list each member's; a number or a truth value is looked up as JSON writes it.

        Raises NotInTable.
        """
        if isinstance(value, list):
            found = [self._one(member) for member in value if not is_blank(member)]
            return [each for each in found if each is not None]
        return self._one(value)

    def _one(self, value: Any) -> Any:
        text = text_of(value)
        if text is not None and _key(text) in self.values:
            return self.values[_key(text)]
        if self.fallback is None:
            raise NotInTable("a list or an object" if text is None else text)
        return self.fallback


def value_table(row: Row) -> ValueTable | None:
    """Return a row's table, None when it has none."""
    if not row.values:
        return None
    return ValueTable({_key(name): value for name, value in row.values.items()}, row.fallback)


def product_values(row: Row) -> dict[str, str]:
    """Return the table backwards, for a pull: each Salesforce value in lower case → the first product value that stands for it."""
    found: dict[str, str] = {}
    for name, value in row.values.items():
        text = text_of(value)
        if text is not None:
            found.setdefault(_key(text), name)
    return found


def _key(text: str) -> str:
    return composed(text).strip().casefold()
