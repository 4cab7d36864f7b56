"""
What a real org answered (`causeway verify-org` writes it) beside what this org assumes.

`read(path)` reads the file, `differences` compares it, `take_over` lets this process behave so: it replaces constants in their
`facts.py`, and returns the settings that an org begins with. Take over before app.py is imported: modules copy constants as they load.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from re import Pattern
from typing import Any

SETTINGS = "settings"


class UnreadableFacts(ValueError):
    """The file is none that `causeway verify-org` wrote; the message says why."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One assumption that the org answered otherwise; both in JSON."""

    name: str
    assumed: Any
    answered: Any

    def __str__(self) -> str:
        return f"{self.name}: assumed {_text(self.assumed)}, the org answered {_text(self.answered)}"


def read(path: Path) -> dict[str, Any]:
    """Return the answers in a file by the name of what they are about; raise UnreadableFacts, or OSError without a file."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))["facts"]
        return {name: each["answer"] for name, each in facts.items() if "answer" in each}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFacts(f"{path} is no file of `causeway verify-org`: {type(error).__name__}") from error


def assumed(name: str) -> Any:
    """Return what is assumed, as JSON has it; raise UnreadableFacts for a name that nothing here has."""
    holder, constant = _place(name)
    return plain(getattr(holder, constant))


def differences(answers: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield every answer that differs; of an answer in parts only the parts that differ."""
    for name, answered in answers.items():
        was = assumed(name)
        if isinstance(answered, dict) and isinstance(was, dict):
            other = {key: value for key, value in answered.items() if was.get(key) != value}
            if other:
                yield Difference(name, {key: was.get(key) for key in other}, other)
        elif was != answered:
            yield Difference(name, was, answered)


def take_over(answers: Mapping[str, Any]) -> dict[str, Any]:
    """
    Let the constants of this process be what was answered, and return the settings that an org begins with.

    An answer of another type than the assumption's needs code of its own: it is only reported.
    """
    settings: dict[str, Any] = {}
    for each in list(differences(answers)):
        holder, constant = _place(each.name)
        try:
            value = _like(getattr(holder, constant), each.answered)
        except TypeError:
            continue
        if each.name.startswith(f"{SETTINGS}."):
            settings[constant] = value
        else:
            setattr(holder, constant, value)
    return settings


def _place(name: str) -> tuple[Any, str]:
    """Return what holds an assumption, and its name there: the settings' defaults, or the facts of a folder."""
    folder, _, constant = name.rpartition(".")
    try:
        holder = _settings() if folder == SETTINGS else import_module(f".{folder}.facts", __package__)
        getattr(holder, constant)
    except (ImportError, AttributeError) as error:
        raise UnreadableFacts(f"This org assumes nothing named {name}") from error
    return holder, constant


def _settings() -> Any:
    from .setup.settings import Settings  # not with this module: facts are replaced before others copy them

    return Settings()


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Pattern):
        return value.pattern
    if isinstance(value, frozenset | set):
        return sorted(plain(each) for each in value)
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return {str(key): plain(each) for key, each in value.items()} if isinstance(value, dict) else value


def _like(before: Any, answered: Any) -> Any:
    """Return an answer in the type of what it replaces; raise TypeError when it has another."""
    if isinstance(before, dict) and isinstance(answered, dict):
        keys = {str(key): key for key in before}
        return {**before, **{keys.get(name, name): value for name, value in answered.items()}}
    if isinstance(before, tuple | frozenset) and isinstance(answered, list):
        return type(before)(answered)
    if type(before) is not type(answered):
        raise TypeError(type(answered).__name__)
    return answered


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
