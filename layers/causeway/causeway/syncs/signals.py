"""
Signals: what a product is told of when it begins to hold for a record, when it ends, or when a value changes. Pure.

What was seen last is kept per record and signal, and looked at under the record's claim, so that an edge is found once, whoever sees
it how often; whoever looks at the very change again that caused it finds the same edge, because the first time may not have been published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from jmespath.exceptions import JMESPathError

from causeway.errors import BrokenMapping
from causeway.syncs.mapping.conditions import MISSING, Expression, condition
from causeway.syncs.mapping.expression_budget import Document, ExpressionTooCostly
from causeway.syncs.sync import Signal, Sync

MAX_VALUE = 255  # characters of a value in an event, of lists and objects as JSON; more are cut
MAX_VALUES = 10_000  # characters of an event's values together: 12 bytes each at most, and EventBridge takes 256 KB
MAX_WHOLE = 2**63 - 1  # EventBridge limit: no whole number in an event may be larger (PutEvents)
MAX_KEPT_VALUE = (
    80  # characters of the value that a `changed` signal keeps; of longer ones the beginning and the length
)
_LONG_NUMBER = re.compile(r"\d{19}")
_ORG = frozenset({"record", "account", "owner"})

type States = dict[str, list[Any]]
"""What was seen last, by signal: the fields of `_Seen`, without what is empty at the end."""


class SignalRule(NamedTuple):
    """A signal, compiled; `of_org`: it reads nothing but the org as it is now, whatever the age of the change."""

    name: str
    expression: Expression
    kind: Literal["when", "changed"]
    every_time: bool
    ended: bool
    of_org: bool


class Look(NamedTuple):
    """What one look at a record said: whether the condition holds (None: it cannot be known), or the value as JSON; and what was read."""

    rule: SignalRule
    holds: bool | None
    value: str | None
    values: Mapping[str, Any]


class Edge(NamedTuple):
    """A signal that fired; `number` counts the edges of its record, 0 for one that fires every time."""

    signal: str
    kind: Literal["matched", "ended"]
    number: int
    values: Mapping[str, Any]
    before: Any = None


def conditions_of(sync: Sync) -> dict[str, str]:
    """Return the text of each signal: its condition, or the expression whose value is watched."""
    return {name: _text(signal) for name, signal in sync.signals.items()}


def _text(signal: str | Signal) -> str:
    return signal if isinstance(signal, str) else signal.when or signal.changed or ""


def signal_rules(sync: Sync) -> tuple[SignalRule, ...]:
    """Return a sync's signals; one that does not compile is left out (the save check refuses it)."""
    found = (_rule(name, signal) for name, signal in sync.signals.items())
    return tuple(rule for rule in found if rule)


def _rule(name: str, signal: str | Signal) -> SignalRule | None:
    given = Signal.model_construct(when=signal) if isinstance(signal, str) else signal  # limits.py knows its length
    try:
        expression = condition(_text(given))
    except BrokenMapping:
        return None
    of_org = {path[0] for path in expression.reads} <= _ORG
    kind: Literal["when", "changed"] = "when" if given.when else "changed"
    return SignalRule(name, expression, kind, given.fires == "every_time", given.ended, of_org)


def looks(rules: Iterable[SignalRule], given: Mapping[str, Any]) -> tuple[Look, ...]:
    """Look at a document with every rule."""
    alone = Document(given)  # with a budget of its own for all: what signals take is not taken from the rows
    return tuple(_look(rule, alone) for rule in rules)


def _look(rule: SignalRule, given: Mapping[str, Any]) -> Look:
    values = _values(rule.expression, given)
    if _is_unknown(rule.expression, given):
        return Look(rule, None, None, values)
    if rule.kind == "changed":
        return Look(rule, None, _kept(rule.expression, given), values)
    return Look(rule, _truth(rule.expression, given), None, values)


def _is_unknown(expression: Expression, given: Mapping[str, Any]) -> bool:
    """Return whether a condition reads the record while there is none, or fields of which the change carries none."""
    if given.get("record") is None and any(path[0] == "record" for path in expression.reads):
        return True
    return expression.is_absent(given)


def _truth(expression: Expression, given: Mapping[str, Any]) -> bool | None:
    """Return whether a condition holds; that it does not is known only from a change that carries all fields it names."""
    try:
        holds = expression.holds(given)
    except ExpressionTooCostly:
        return None
    if holds:
        return True
    fields = (path for path in expression.reads if path[0] in ("fields", "record") and len(path) > 1)
    return None if any(_at(given, path) is MISSING for path in fields) else False


def _kept(expression: Expression, given: Mapping[str, Any]) -> str | None:
    try:
        found = expression.value(given)
    except JMESPathError:
        return None
    if found is MISSING:
        found = None
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) <= MAX_KEPT_VALUE else f"{text[:MAX_KEPT_VALUE]}#{len(text)}#{_digest(text)[:12]}"


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def _at(given: Any, path: Sequence[str]) -> Any:
    for step in path:
        if not isinstance(given, Mapping) or step not in given:
            return MISSING
        given = given[step]
    return given


def _values(expression: Expression, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event shows of what was read: each value cut, and all of them once there is much."""
    left, found = MAX_VALUES, {}
    for path in sorted(expression.reads):
        shown = _shown(_at(given, path), min(MAX_VALUE, left))
        found[".".join(path)] = shown
        left = max(0, left - len(str(shown)))
    return found


def _shown(value: Any, most: int) -> Any:
    """Return a value of at most `most` characters; of a larger one the beginning of its JSON."""
    if isinstance(value, str):
        return value[:most]
    if value is MISSING or value is None or isinstance(value, float):
        return None if value is MISSING else value
    if isinstance(value, int) and abs(value) <= MAX_WHOLE:
        return value
    text = json.dumps(value, ensure_ascii=False, default=str)
    is_taken = len(text) <= most and not _LONG_NUMBER.search(text)
    return value if is_taken else text[:most]


def edges(states: States, seen: Iterable[Look], at_ms: int, by: str) -> list[Edge]:
    """
    Return the edges between what was seen last and now, and keep what was seen.

    `at_ms` is the moment of the change, `by` names the change: one that is looked at again finds the edge that it caused again.
    """
    return [edge for look in seen for edge in _edge(states, look, at_ms, by)]


def edge_json(edge: Edge, org_id: str, place: str, by: str) -> dict[str, Any]:
    """Return an edge as it is kept and published; its id is the same however often it is found. `place` is its record."""
    counted = str(edge.number) if edge.number else by
    identity = _digest(json.dumps(["signal", org_id, place, edge.signal, counted]))
    found = {"id": identity, "signal": edge.signal, "edge": edge.kind, "values": dict(edge.values)}
    return found if edge.before is None else {**found, "before": edge.before}


def _edge(states: States, look: Look, at_ms: int, by: str) -> list[Edge]:
    rule = look.rule
    if rule.every_time:
        fired = bool(look.holds) if rule.kind == "when" else look.value is not None
        return [Edge(rule.name, "matched", 0, look.values)] if fired else []
    if look.holds is None and look.value is None:
        return []
    known = _Seen(*states.get(rule.name, ()))
    if not rule.of_org and at_ms < known.at_ms:
        return []  # an older change that comes late says nothing about now
    moment = 0 if rule.of_org else at_ms
    found = _changed(known, look, moment, by) if rule.kind == "changed" else _held(known, look, moment, by)
    if found.number or found.at_ms or found.value is not None:
        states[rule.name] = _stored(found)
    is_mine = found.number > 0 and found.by == by and (look.holds is not False or rule.ended)
    kind: Literal["matched", "ended"] = "ended" if look.holds is False else "matched"
    before = None if found.before is None else _plain(found.before)
    return [Edge(rule.name, kind, found.number, look.values, before)] if is_mine else []


class _Seen(NamedTuple):
    """What was seen last of one signal; `by` is the change that caused the last edge, `before` the value until then."""

    number: int = 0
    at_ms: int = 0
    by: str = ""
    value: str | None = None
    before: str | None = None


def _stored(seen: _Seen) -> list[Any]:
    """Return what is kept, without what is empty at its end."""
    kept: list[Any] = list(seen)
    while kept and kept[-1] in (None, "", 0):
        kept.pop()
    return kept


def _held(known: _Seen, look: Look, moment: int, by: str) -> _Seen:
    """Return what is seen of a condition: its number of edges is odd while it holds."""
    if look.holds == (known.number % 2 == 1):
        return known._replace(at_ms=moment)
    return _Seen(known.number + 1, moment, by)


def _changed(known: _Seen, look: Look, moment: int, by: str) -> _Seen:
    """Return what is seen of a value; the first sight of a record is no change."""
    if known.value is None or known.value == look.value:
        return known._replace(at_ms=moment, value=look.value)
    return _Seen(known.number + 1, moment, by, look.value, known.value)


@lru_cache(maxsize=256)
def _plain(text: str) -> Any:
    try:
        return _shown(json.loads(text), MAX_VALUE)
    except ValueError:
        return text.partition("#")[0]
