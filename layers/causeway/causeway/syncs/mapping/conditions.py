"""JMESPath over one change: product fields, `when` conditions and signals (docs/mappings.md), compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jmespath
from jmespath.exceptions import JMESPathError, UnknownFunctionError
from jmespath.functions import Functions

from causeway.contract.changes import About, Change, Utterance
from causeway.errors import BrokenMapping
from causeway.salesforce.values.dates import rfc3339
from causeway.salesforce.values.texts import is_blank
from causeway.syncs.mapping.expression_budget import Document, ExpressionTooCostly, searched

ROOTS = frozenset({"key", "source", "occurred_at", "fields", "conversation", "about", "record", "account", "owner"})

_PLAIN = re.compile(r"\w[\w -]*")
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_SELECTIONS = frozenset({"index_expression", "projection", "filter_projection", "value_projection", "flatten"})
# JMESPath lets Python's own errors through, such as `ceil` of infinity or a number for text in `sort`.
_EVALUATION_ERRORS = (
    JMESPathError,
    ArithmeticError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RecursionError,
)


class Missing:
    """The change says nothing about this field (null is something else)."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


def document(
    change: Change,
    *,
    record: Mapping[str, Any] | None = None,
    account: Mapping[str, Any] | None = None,
    owner: Mapping[str, Any] | None = None,
) -> Document:
    """Return what expressions see: the change, the matched Salesforce record, and the account and owner as read with it."""
    values = {
        "key": change.key,
        "source": change.source,
        "occurred_at": rfc3339(change.occurred_at_ms),
        "fields": _without_white_space(change.fields),
        "conversation": None if change.conversation is None else [_spoken(item) for item in change.conversation],
        "about": _about(change.about),
        "record": record,
        "account": account,
        "owner": owner,
    }
    return Document(values)


def _without_white_space(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields with nothing but white space as empty text, which an expression takes for empty."""
    white = [name for name, value in fields.items() if isinstance(value, str) and value.isspace()]
    return {**fields, **dict.fromkeys(white, "")} if white else fields


def _spoken(item: Utterance) -> dict[str, str]:
    return {"at": rfc3339(item.at_ms), "speaker": item.speaker, "text": item.text}


def _about(about: About | None) -> dict[str, str | None] | None:
    return {"source": about.source, "key": about.key, "email": about.email} if about else None


class Expression(NamedTuple):
    """
    One compiled expression.

    `path` is set when it is nothing but names and dots: only then is a null the product's own, and no JMESPath is run.
    `reads` are the paths below the roots that it names, such as ("account", "AnnualRevenue").
    """

    text: str
    path: tuple[str, ...]
    reads: frozenset[tuple[str, ...]]
    compiled: Any

    def value(self, given: Mapping[str, Any]) -> Any:
        """
        Return the value, None for the product's own null, or MISSING where the change says nothing.

        A computed null is MISSING, and so is anything computed from `fields` of which the change carries none: a partial
        change must not clear or fill what it does not carry. Raises JMESPathError when a function refuses its arguments.
        """
        if self.path:
            return _walked(given, self.path)
        if self.is_absent(given):
            return MISSING
        found = self._searched(given)
        return MISSING if found is None else found

    def value_of_nothing(self, given: Mapping[str, Any]) -> Any:
        """
        Return what is computed where the change carries none of the fields, as if they were null, such as the 'x' of `fields.a || 'x'`.

        MISSING when it carries one, or nothing is computed. It says nothing about a record that is there: it is for a new one.
        """
        if self.path or not self.is_absent(given) or self._spells_null:
            return MISSING
        try:
            found = self._searched(given)
        except JMESPathError:
            return MISSING
        return MISSING if found is None else found

    def is_absent(self, given: Mapping[str, Any]) -> bool:
        """Return whether it reads fields of the change, and the change carries none of them, or only empty ones that are not null."""
        named = [path for path in self.reads if path[0] == "fields" and len(path) > 1]
        return bool(named) and all(_says_nothing(_walked(given, path)) for path in named)

    @property
    def _spells_null(self) -> bool:
        """Whether a null would become the text "null": to_string without an alternative for it."""
        return "to_string(" in self.text and "||" not in self.text and "not_null(" not in self.text

    def holds(self, given: Mapping[str, Any]) -> bool:
        """
        Return whether it is true as JMESPath sees it (false, null and empty are not); false when it fails to evaluate.

        Raises ExpressionTooCostly.
        """
        try:
            found = self._searched(given)
        except ExpressionTooCostly:
            raise
        except JMESPathError:
            return False
        return found is not None and found is not False and found != "" and found != [] and found != {}

    def _searched(self, given: Mapping[str, Any]) -> Any:
        try:
            return searched(self.compiled.parsed, given)
        except ExpressionTooCostly:
            raise
        except _EVALUATION_ERRORS as error:
            reason = str(error).split("\n", 1)[0]
            raise JMESPathError(reason) from error


def holds_in_budget(expression: Expression, given: Mapping[str, Any]) -> bool:
    """Return whether an expression is true; false when it takes more work than an expression may."""
    try:
        return expression.holds(given)
    except ExpressionTooCostly:
        return False


def is_too_costly(expression: Expression) -> bool:
    """Return whether an expression takes more work than it may though what it reads is nothing, a short text, or a short list."""
    for value in (None, "text", ["text", "text"], [{"text": "text"}]):
        given: dict[str, Any] = {}
        for root, *path in expression.reads:
            _put(given, (root, *path), value)
        try:
            searched(expression.compiled.parsed, given)
        except ExpressionTooCostly:
            return True
        except _EVALUATION_ERRORS:
            continue
    return False


def _put(given: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value where a path leads, unless there is another value on its way."""
    here = given
    for step in path[:-1]:
        here = here.setdefault(step, {})
        if not isinstance(here, dict):
            return
    here.setdefault(path[-1], value)


def _says_nothing(value: Any) -> bool:
    return value is MISSING or (value is not None and is_blank(value))


def _walked(given: Any, path: tuple[str, ...]) -> Any:
    here = given
    for step in path:
        if not isinstance(here, Mapping) or step not in here:
            return MISSING
        here = here[step]
    return here


@lru_cache(maxsize=4096)
def product_field(text: str) -> Expression:
    """
    Compile a mapping's product field; a plain name means `fields.<name>` (also with spaces or hyphens, as in a spreadsheet).

    Raises BrokenMapping with the reason when it is no JMESPath.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return _compiled(f'fields."{text}"', ("fields", text))
    return _compiled(text, tuple(text.split(".")) if _PATH.fullmatch(text) else ())


@lru_cache(maxsize=1024)
def condition(text: str) -> Expression:
    """
    Compile a `when` condition or a signal; a plain name that is none of the document's means `fields.<name>`.

    Raises BrokenMapping with the reason when it is no JMESPath.
    """
    text = text.strip()
    return _compiled(f'fields."{text}"' if _PLAIN.fullmatch(text) and text not in ROOTS else text, ())


def _compiled(text: str, path: tuple[str, ...]) -> Expression:
    try:
        compiled = jmespath.compile(text)
        _check_functions(compiled.parsed)
    except (JMESPathError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).split("\n", 1)[0]
        raise BrokenMapping(
            f"'{text[:80]}' is no valid expression: {reason}.",
            "Correct it; jmespath.org tells how expressions are written.",
        ) from None
    return Expression(text, path, frozenset(_named(compiled.parsed)), compiled)


def _check_functions(node: Mapping[str, Any]) -> None:
    """Raise UnknownFunctionError for a function that does not exist; JMESPath itself notices only when it runs."""
    if node["type"] == "function_expression" and node["value"] not in Functions.FUNCTION_TABLE:
        raise UnknownFunctionError(f"there is no function {node['value']}()")
    for child in node.get("children", ()):
        if isinstance(child, Mapping):
            _check_functions(child)


def _named(node: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """Return the paths that the syntax tree names from the document's roots."""
    path, whole = _leading(node)
    found = {path} if path and path[0] in ROOTS else set()
    if whole or node["type"] == "subexpression":  # what follows the first name is read from it, not from the document
        return found
    for child in node.get("children", ()):
        if isinstance(child, Mapping) and not (path and _leading(child)[0] == path):
            found |= _named(child)
    return found


def _leading(node: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """Return the names that a node begins with, such as (account, AnnualRevenue), and whether it is nothing else."""
    kind, children = node["type"], node.get("children", ())
    if kind == "field":
        return (str(node["value"]),), True
    if kind == "subexpression":
        names: tuple[str, ...] = ()
        for child in children:
            more, whole = _leading(child)
            names += more
            if not whole:
                return names, False
        return names, True
    if kind in _SELECTIONS:
        return _leading(children[0])[0], False
    return (), False
