"""Reads what the documents name: paths of files and modules to run."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGES = (*REPOSITORY.glob("*.md"), *sorted((REPOSITORY / "docs").rglob("*.md")))
PLACES = ("", "layers/causeway", "layers/causeway/causeway")
"""Where a path of a document may begin: `push/batch.py` is a file of the layer."""

_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(
    r"(?!\.local/)[\w.][\w.<>*-]*/(?:[\w.<>*-]+/)*[\w.<>*-]*|[\w.-]+\.(?:py|md|yaml|toml|in|txt|sh)|Makefile"
)
_COMMAND = re.compile(r"python -m ((?:tests|benchmarks|local)[\w.]*)")


def paths(text: str) -> list[str]:
    """Return the paths that a text names in backticks: `<name>` stands for any name, and `.local/` is written at run time."""
    return [code for code in _CODE.findall(text) if _PATH.fullmatch(code)]


def missing_paths(text: str, root: Path = REPOSITORY) -> list[str]:
    """Return the paths that a text names and that lead nowhere."""
    return [path for path in paths(text) if not any(_exists(root / place, path) for place in PLACES)]


def missing_modules(text: str, root: Path = REPOSITORY) -> list[str]:
    """Return the modules that a text tells to run with `python -m` and that do not exist."""
    named = [(module, root / module.replace(".", "/")) for module in _COMMAND.findall(text)]
    return [
        module for module, path in named if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists()
    ]


def _exists(place: Path, path: str) -> bool:
    return place.is_dir() and any(place.glob(re.sub(r"<\w+>", "*", path).rstrip("/")))
