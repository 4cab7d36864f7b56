"""Make a record fit a message: its longest values are left out otherwise, and reported."""

from __future__ import annotations

from typing import Any

from causeway.pull.pages.page_content import RecordForm, RecordText
from causeway.pull.pages.texts import record_text
from causeway.syncs.sync import Problem

MAX_RECORD_BYTES = 900_000  # a record must fit a message of its own


def fitted(record: dict[str, Any], problems: list[Problem], form: RecordForm) -> RecordText:
    """Return the record as text that fits a message; add a problem for each value that was removed from it."""
    text = form(record)
    while len(text.json) + len(text.shared) > MAX_RECORD_BYTES and record["values"]:
        problems.append(_without_longest_value(record))
        text = form(record)
    return text


def _without_longest_value(record: dict[str, Any]) -> Problem:
    values = record["values"]
    longest = max(values, key=lambda name: len(record_text({name: values[name]})))
    del values[longest]
    message = f"{longest} of {record['salesforce_id']} is too long for a message with the record and was left out."
    return Problem(level="warning", code="too_long", message=message, field=longest)
