"""Measures the house rules: how full folders are, what names say, and how long functions and files grow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).parents[2]
FOLDERS = ("layers", "functions", "local", "benchmarks")
"""Where the code lives that the rules cover; tests have rules of their own."""
MODULES_PER_FOLDER = 14  # `__init__.py` counts
LINES_PER_FUNCTION = 40
LINES_PER_FILE = 300
MEDIAN_FUNCTION = 8

CORRIDORS = ("domain", "services")
"""Folders by layer instead of by capability: everything ends up in them, so they say nothing."""

OLD_WORDS = re.compile("homes?|wish(es)?|shelf|shelves|mend(s|ed|ing)?|beside|told|tells?|persons|vault|markup|waves?")
"""Metaphors that the field has terms for: CONTRIBUTING.md lists them."""

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Name:
    """One name that a file gives, and where: `parameter home`, `local/org/app.py:12`."""

    kind: str
    text: str
    where: str

    @property
    def words(self) -> list[str]:
        """The words of a snake_case or CamelCase name, in lower case."""
        return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", self.text)]

    def __str__(self) -> str:
        return f"{self.where}: {self.kind} {self.text}"


def modules(root: Path, folders: Iterable[str] = FOLDERS) -> list[Path]:
    """Return the Python files of these folders; folders whose name begins with a dot are not read."""
    found = chain.from_iterable((root / folder).rglob("*.py") for folder in folders)
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts))


def crowded_folders(root: Path, folders: Iterable[str], most: int = MODULES_PER_FOLDER) -> list[str]:
    """Return the folders that hold more than `most` modules, each with its count."""
    counts: dict[Path, int] = {}
    for path in modules(root, folders):
        counts[path.parent] = counts.get(path.parent, 0) + 1
    return [f"{folder.relative_to(root)}: {count} modules" for folder, count in counts.items() if count > most]


def corridors(root: Path, folders: Iterable[str] = FOLDERS) -> list[str]:
    """Return the folders that are named by layer instead of by capability."""
    found = chain.from_iterable((root / folder).rglob("*") for folder in folders)
    return sorted(str(path.relative_to(root)) for path in found if path.is_dir() and path.name in CORRIDORS)


def silent_packages(root: Path, folders: Iterable[str]) -> list[str]:
    """Return the folders with modules whose `__init__.py` is missing or has no docstring."""
    packages = sorted({path.parent for path in modules(root, folders)})
    return [str(package.relative_to(root)) for package in packages if not _introduced(package / "__init__.py")]


def lost_signposts(root: Path, folders: Iterable[str]) -> list[str]:
    """Return the files that an `__init__.py` leads its reader to and that are neither in its folder nor in one above."""
    packages = [path for path in modules(root, folders) if path.name == "__init__.py"]
    return [
        f"{path.relative_to(root)}: {name}"
        for path in packages
        for name in re.findall(r"[\w/]+\.py", ast.get_docstring(_tree(path)) or "")
        if not any((place / name).exists() for place in path.parents)
    ]


def _introduced(path: Path) -> bool:
    return path.exists() and bool(ast.get_docstring(_tree(path)))


def names_with(words: re.Pattern[str], root: Path, folders: Iterable[str] = FOLDERS) -> list[str]:
    """Return the names of modules, classes, functions and parameters that contain a word of the pattern."""
    given = chain.from_iterable(_names(path, str(path.relative_to(root))) for path in modules(root, folders))
    return [str(name) for name in given if any(map(words.fullmatch, name.words))]


def _names(path: Path, where: str) -> Iterator[Name]:
    yield Name("module", path.parent.name if path.stem == "__init__" else path.stem, where)
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ClassDef):
            yield Name("class", node.name, f"{where}:{node.lineno}")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Name("function", node.name, f"{where}:{node.lineno}")
        if isinstance(node, ast.arg):
            yield Name("parameter", node.arg, f"{where}:{node.lineno}")


def long_functions(root: Path, folders: Iterable[str] = FOLDERS, most: int = LINES_PER_FUNCTION) -> list[str]:
    """Return the functions of more than `most` lines, from `def` to the last line, docstring included."""
    return [
        f"{path.relative_to(root)}:{function.lineno}: {function.name}, {length(function)} lines"
        for path in modules(root, folders)
        for function in functions(path)
        if length(function) > most
    ]


def median_length(root: Path, folders: Iterable[str] = FOLDERS) -> float:
    """Return the median number of lines of all functions, methods included."""
    return median(length(function) for path in modules(root, folders) for function in functions(path))


def long_files(root: Path, folders: Iterable[str] = FOLDERS, most: int = LINES_PER_FILE) -> list[str]:
    """Return the files of more than `most` lines."""
    sizes = {path.relative_to(root): _lines(path) for path in modules(root, folders)}
    return [f"{path}: {lines} lines" for path, lines in sizes.items() if lines > most]


def functions(path: Path) -> list[Function]:
    """Return every function of a file, nested ones and methods included."""
    return [node for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: Function) -> int:
    """Return the lines of a function, without its decorators."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
