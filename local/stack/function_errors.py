"""The last errors that the functions logged, for a person who wonders why nothing moves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.stack.emulator import aws_client

MOST = 5
WIDEST = 300
# What the runtime says of a function that it ended or that raised; the functions' own errors are JSON with a level.
RUNTIME_ERRORS = ("Task timed out", "Traceback", "errorMessage", "Error: ", "Worker process died")
SERIOUS = ("ERROR", "CRITICAL")


@dataclass(frozen=True, order=True)
class Logged:
    """One line that a function printed, with when it did."""

    at_ms: int
    function: str
    text: str


def last_errors(endpoint: str, most: int = MOST) -> list[str]:
    """Return the newest errors of all functions, oldest first, as "function: sentence"; none when the emulator does not answer."""
    try:
        return errors_in(_logged(aws_client("logs", endpoint)), most)
    except (BotoCoreError, ClientError):
        return []


def errors_in(lines: Iterable[Logged], most: int = MOST) -> list[str]:
    """Return the newest errors among these lines, oldest first, a repeated one once, each cut to one short line."""
    found = {f"{line.function}: {error}": line for line in sorted(lines) if (error := _error(line.text))}
    return sorted(found, key=lambda text: found[text])[-most:]


def _error(text: str) -> str:
    """Return the error that a line reports in one line, or nothing."""
    entry = _json(text)
    if entry is None:
        return _cut(text) if any(sign in text for sign in RUNTIME_ERRORS) else ""
    if entry.get("level") not in SERIOUS:
        return ""
    cause = str(entry.get("exception", "")).strip().splitlines()[-1:]
    return _cut(": ".join([str(entry.get("message", "")), *cause]))


def _json(text: str) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(text)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "level" in entry else None


def _cut(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    line = lines[-1] if lines and lines[0].startswith("Traceback") else " ".join(lines)
    return line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"


def _logged(logs: Any) -> Iterator[Logged]:
    """Yield every line of every function; a local stack has few."""
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        function = name.rpartition("/")[2].removesuffix("LogGroup")
        for stream in logs.describe_log_streams(logGroupName=name)["logStreams"]:
            events = logs.get_log_events(logGroupName=name, logStreamName=stream["logStreamName"])["events"]
            yield from (Logged(event["timestamp"], function, event["message"]) for event in events)
