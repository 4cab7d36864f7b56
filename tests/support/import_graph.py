"""
Finds circles of imports between files: `python -m tests.support.import_graph --check [layers/causeway functions ...]`.

Every import counts, also one under TYPE_CHECKING or inside a function. Nothing is imported; the files are only parsed.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
FOLDERS = ("layers/causeway", "functions", "local", "benchmarks", "tests")
"""What the check covers: the folder of the layer holds `causeway`; every other one is a package itself."""
LAYER = "layers/causeway"

type Graph = Mapping[str, frozenset[str]]
"""The modules that each module imports, by dotted name."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Modules that all reach each other, and the shortest way around through the first of them."""

    modules: tuple[str, ...]
    way: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.modules)} files: {' -> '.join(self.way)}"


def circles(repository: Path, folders: Iterable[str] = FOLDERS) -> list[Circle]:
    """Return the circles between the files of these folders, the largest first."""
    graph = import_graph(repository, folders)
    found = [_circle(graph, component) for component in _components(graph)]
    return sorted(found, key=lambda circle: (-len(circle.modules), circle.modules))


def import_graph(repository: Path, folders: Iterable[str] = FOLDERS) -> Graph:
    """Return which files import which, of the files of these folders alone."""
    files = {name: path for folder in folders for name, path in _modules(repository, folder)}
    return {name: frozenset(_imported(name, path, files)) for name, path in files.items()}


def _modules(repository: Path, folder: str) -> Iterator[tuple[str, Path]]:
    root = repository / folder if folder == LAYER else repository
    for path in sorted((repository / folder).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if not any(part.startswith(".") for part in parts):
            yield ".".join(parts).removesuffix(".__init__"), path


def _imported(name: str, path: Path, files: Mapping[str, Path]) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for target in _targets(node, package):
            known = _longest_known(target, files)
            if known is not None and known != name:
                yield known


def _targets(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the dotted names that a statement imports: modules, or names in modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        base = _base(node, package)
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _base(node: ast.ImportFrom, package: str) -> str:
    """Return the absolute name of the module that a `from` statement names; each further dot goes one package up."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


def _longest_known(target: str, files: Mapping[str, Path]) -> str | None:
    """Return the file a dotted name leads to: of a package without `__init__.py` or of other code it is None."""
    while target and target not in files:
        target = target.rpartition(".")[0]
    return target or None


def _components(graph: Graph) -> list[list[str]]:
    """Return the groups of modules that reach each other (Kosaraju: depth first forwards, then backwards)."""
    backwards: dict[str, set[str]] = {name: set() for name in graph}
    for name, targets in graph.items():
        for target in targets:
            backwards[target].add(name)
    seen: set[str] = set()
    order = [name for start in graph for name in _finished(graph, start, seen)]
    seen.clear()
    groups = [_finished(backwards, start, seen) for start in reversed(order)]
    return [sorted(group) for group in groups if len(group) > 1]


def _finished(graph: Mapping[str, Iterable[str]], start: str, seen: set[str]) -> list[str]:
    """Return the modules not seen yet that `start` reaches, each after those it leads to."""
    if start in seen:
        return []
    seen.add(start)
    order: list[str] = []
    stack = [(start, iter(graph[start]))]
    while stack:
        name, targets = stack[-1]
        following = next((target for target in targets if target not in seen), None)
        if following is None:
            order.append(name)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(graph[following])))
    return order


def _circle(graph: Graph, modules: list[str]) -> Circle:
    """Return the circle of these modules with the shortest way from the first one back to itself."""
    start, inside = modules[0], set(modules)
    ways: deque[tuple[str, ...]] = deque([(start,)])
    reached: set[str] = set()
    while ways:
        way = ways.popleft()
        for target in sorted(graph[way[-1]] & inside):
            if target == start:
                return Circle(tuple(modules), (*way, start))
            if target not in reached:
                reached.add(target)
                ways.append((*way, target))
    raise ValueError(f"{start} is in no circle")


def main(arguments: list[str] | None = None, repository: Path = REPOSITORY) -> int:
    """Print every circle; return 1 when there is one, 0 otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.import_graph", description="Find circles of imports."
    )
    parser.add_argument(
        "--check", action="store_true", required=True, help="print each circle; exit 1 when there is one"
    )
    parser.add_argument("folders", nargs="*", default=FOLDERS, help=f"what to cover (default: {' '.join(FOLDERS)})")
    found = circles(repository, parser.parse_args(arguments).folders)
    for circle in found:
        print(circle)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
