"""How large a sync may be: counts and lengths of everything in it, refused with a sentence when it is saved. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from causeway.errors import InvalidRequest
from causeway.syncs.signals import conditions_of
from causeway.syncs.sync import Problem, Sync

MAX_BYTES = 200_000  # of a sync as JSON: half of what an item of DynamoDB takes, whose other half is for its problems
MAX_MAPPINGS = 500
MAX_SIGNALS = 50
MAX_SIGNAL_NAME = 128
MAX_EXPRESSION = 4_000  # characters of a condition; a mapping's product field may have 1,024
MAX_MATCH_FIELDS = 10
MAX_FIELD_NAME = 255
MAX_FILTER_LEVELS = 40  # of lists and objects in each other; groups nested 5 deep have fewer
MAX_ZONE = 64
MAX_PROBLEMS = 200  # shown with a sync; the first ones are errors


def check_limits(sync: Sync) -> None:
    """Raise InvalidRequest with a sentence for each limit that a sync exceeds."""
    found = list(_exceeded(sync))
    if not found and (size := len(sync.model_dump_json(exclude={"problems"}).encode())) > MAX_BYTES:
        found = [("mappings", f"A sync may have {MAX_BYTES:,} bytes as JSON; this one has {size:,}.")]
    if found:
        fields = tuple(dict.fromkeys(field for field, _ in found))
        remedy = "Shorten it, or divide it into several syncs."
        raise InvalidRequest(" ".join(sentence for _, sentence in found), remedy, fields=fields)


def _exceeded(sync: Sync) -> Iterator[tuple[str, str]]:
    """Yield the key and the sentence of each limit that is exceeded."""
    push = sync.push
    yield from _count("mappings", "rows", len(sync.mappings), MAX_MAPPINGS)
    yield from _count("signals", "signals", len(sync.signals), MAX_SIGNALS)
    yield from _count("push", "match fields", len(push.match_fields), MAX_MATCH_FIELDS)
    yield from _length("push", "The condition", push.when, MAX_EXPRESSION)
    yield from _length("push", "external_id_field", push.external_id_field, MAX_FIELD_NAME)
    for name in push.match_fields:
        yield from _length("push", f"The match field '{name[:40]}'", name, MAX_FIELD_NAME)
    for name, text in conditions_of(sync).items():
        yield from _length("signals", f"The name of the signal '{name[:40]}'", name, MAX_SIGNAL_NAME)
        yield from _length("signals", f"The signal '{name[:40]}'", text, MAX_EXPRESSION)
    for row in sync.mappings:
        for key in row.values:
            yield from _length("mappings", f"The value '{key[:40]}' of {row.salesforce}'s table", key, MAX_FIELD_NAME)
    yield from _length("pull", "The schedule's zone", sync.pull.schedule.zone, MAX_ZONE)
    if _levels(sync.pull.filter) > MAX_FILTER_LEVELS:
        yield "pull", f"The filter has lists and objects more than {MAX_FILTER_LEVELS} levels deep in each other."


def _count(field: str, what: str, number: int, most: int) -> Iterator[tuple[str, str]]:
    if number > most:
        yield field, f"A sync may have {most} {what}; this one has {number}."


def _length(field: str, what: str, text: str | None, most: int) -> Iterator[tuple[str, str]]:
    if text is not None and len(text) > most:
        yield field, f"{what} may have {most:,} characters; it has {len(text):,}."


def _levels(value: Any) -> int:
    """Return how deep lists and objects are nested, as far as it matters."""
    level, here = 0, [value]
    while here and level <= MAX_FILTER_LEVELS:
        here = [each for item in here for each in _members(item)]
        level += 1
    return level


def _members(value: Any) -> list[Any]:
    members = list(value.values()) if isinstance(value, Mapping) else value
    return [each for each in members if isinstance(each, (list, Mapping))] if isinstance(members, list) else []


def shown_problems(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems that are stored and shown with a sync."""
    more = len(problems) - MAX_PROBLEMS
    if more <= 0:
        return problems
    message = f"There are {more} more findings; they are shown once these are corrected."
    return (*problems[:MAX_PROBLEMS], Problem(level="warning", code="more_problems", message=message))
