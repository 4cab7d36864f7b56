"""Write the tables of README.md from the code they describe: `python -m local.org.documented`. A test compares them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from .control.routes import ROUTES as CONTROL_ROUTES
from .server.fault_rules import ACTIONS, Fault
from .setup.automation import Automation
from .setup.connected_apps import ConnectedApp
from .setup.settings import Settings

HERE = Path(__file__).parent
README = HERE / "README.md"
LONG_DEFAULTS = {"apps": "two apps, below", "countries": "seven, in setup/countries.py"}
SURE = re.compile(r"^D\b(?!.*\b[RC]\b)")
DOUBTFUL = re.compile(r"\b[RC]\b")


def control_calls() -> str:
    """Return one row for each control call, described by its handler's docstring."""
    rows = []
    for method, pattern, handler in CONTROL_ROUTES:
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern)
        rows.append((f"`{method} /_control{path}`", _after_the_call(handler.__doc__ or "")))
    return _table(("call", "what it does"), rows)


def _after_the_call(docstring: str) -> str:
    """Drop the `POST records:` that a handler's sentence begins with, but keep the body it names in backticks."""
    sentence = " ".join(docstring.split())
    call, _, rest = sentence.partition(": ")
    body = call.partition(" `")[2]
    return f"`{body}: {rest}" if body else rest[:1].upper() + rest[1:]


def settings() -> str:
    """Return one row for each setting with its default."""
    defaults = Settings().as_json()
    rows = [
        (f"`{name}`", LONG_DEFAULTS.get(name) or f"`{defaults[name]!r}`", meaning)
        for name, meaning in Settings.meanings().items()
    ]
    return _table(("setting", "default", "meaning"), rows)


def app_keys() -> str:
    """Return the keys of an app with their defaults."""
    app = ConnectedApp("")
    return _table(
        ("key", "default", "meaning"),
        [
            (f"`{each.name}`", f"`{getattr(app, each.name)!r}`", ConnectedApp.MEANINGS[each.name])
            for each in fields(ConnectedApp)
        ],
    )


def automation_keys() -> str:
    """Return the keys of the setting `automation` with their defaults."""
    rows = [
        (f"`{name}`", f"`{getattr(Automation(), name)!r}`", meaning) for name, meaning in Automation.MEANINGS.items()
    ]
    return _table(("key", "default", "meaning"), rows)


def fault_keys() -> str:
    """Return what a fault rule may do, and its other keys."""
    rule = Fault("delay")
    actions = _table(("`do`", "effect"), [(f"`{name}`", meaning) for name, meaning in ACTIONS.items()])
    keys = [
        (f"`{each.name}`", f"`{getattr(rule, each.name)!r}`", Fault.MEANINGS[each.name])
        for each in fields(Fault)
        if each.name in Fault.MEANINGS
    ]
    return actions + "\n" + _table(("key", "default", "meaning"), keys)


def doubtful_facts() -> str:
    """Return one row for each fact that rests on third parties (C) or memory (R)."""
    rows = [
        (f"`{name}`", comment)
        for file in sorted(HERE.rglob("facts.py"))
        for name, comment in commented_constants(file.read_text(encoding="utf-8"))
        if DOUBTFUL.search(comment) and not SURE.match(comment)
    ]
    return _table(("constant", "confidence and source"), rows)


def commented_constants(source: str) -> Iterator[tuple[str, str]]:
    """Yield every constant of a module with the comments on its lines, or with the text that follows it."""
    lines, body = source.splitlines(), ast.parse(source).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        own = lines[node.lineno - 1 : node.end_lineno]
        comments = [line.partition("  # ")[2].strip() for line in own if "  # " in line]
        if not comments and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            comments = [" ".join(str(following.value.value).split())]
        yield ", ".join(_names(target)), "; ".join(comments)


def _names(target: ast.expr) -> list[str]:
    return [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines)


SECTIONS: dict[str, Callable[[], str]] = {
    "control calls": control_calls,
    "settings": settings,
    "app keys": app_keys,
    "automation keys": automation_keys,
    "faults": fault_keys,
    "doubtful facts": doubtful_facts,
}


def rewritten(text: str) -> str:
    """Return the README with every generated section as the code has it now."""
    for name, content in SECTIONS.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"README.md has no section {name!r}.")
        text = f"{before}{begin}{content()}{end}{after}"
    return text


def main() -> None:
    """Rewrite the README's tables."""
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
