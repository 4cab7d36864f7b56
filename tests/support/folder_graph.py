"""Draws which folders import which into docs/architecture.md: `python -m tests.support.folder_graph --write`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.support.import_graph import REPOSITORY, Graph, import_graph

PAGE = "docs/architecture.md"
FOLDERS = ("layers/causeway", "functions")
BEGIN = "<!-- folder graph: `python -m tests.support.folder_graph --write` writes what follows -->\n"
END = "<!-- end of the folder graph -->\n"
WITH_ROOMS = ("push", "pull", "connections", "syncs")
"""Folders whose parts get a picture of their own."""

type Arrows = frozenset[tuple[str, str]]
"""Pairs: the first imports the second."""


def block(repository: Path = REPOSITORY) -> str:
    """Return the pictures, as they stand between the markers: one of the folders, one of the parts of each big folder."""
    graph = import_graph(repository, FOLDERS)
    pictures = [mermaid(arrows(graph, folder_of(repository)), lambda name: f"{name}/")]
    for folder in WITH_ROOMS:
        place = repository / "layers/causeway/causeway" / folder
        pictures += [f"Inside `causeway/{folder}/`:\n", mermaid(arrows(graph, part_of(folder)), _label(place))]
    return "\n".join(pictures)


def folder_of(repository: Path) -> Callable[[str], str | None]:
    """Return what names the folder of a module: one of the layer, or `functions`; a file beside the folders gives None."""
    folders = {path.parent.name for path in (repository / "layers/causeway/causeway").glob("*/__init__.py")}

    def folder(module: str) -> str | None:
        root, _, rest = module.partition(".")
        name = rest.partition(".")[0]
        return root if root == "functions" else name if name in folders else None

    return folder


def part_of(folder: str) -> Callable[[str], str | None]:
    """Return what names the part of this folder, a module or a room, that a module is in; None outside of the folder."""
    prefix = f"causeway.{folder}."
    return lambda module: module.removeprefix(prefix).partition(".")[0] if module.startswith(prefix) else None


def arrows(graph: Graph, node: Callable[[str], str | None]) -> Arrows:
    """Return the imports between nodes; `node` names the node of a module, or None to leave the module out."""
    pairs = ((node(module), node(target)) for module, targets in graph.items() for target in targets)
    return frozenset((start, end) for start, end in pairs if start and end and start != end)


def mermaid(pairs: Arrows, label: Callable[[str], str]) -> str:
    """Return a flowchart; an arrow is dotted where a longer way leads to the same place."""
    nodes = sorted({node for pair in pairs for node in pair})
    dotted = implied(pairs)
    lines = [f'    {node}["{label(node)}"]' for node in nodes]
    lines += [f"    {start} {'-.->' if (start, end) in dotted else '-->'} {end}" for start, end in sorted(pairs)]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def implied(pairs: Arrows) -> Arrows:
    """Return the arrows whose end can be reached from their start by a longer way."""
    return frozenset((start, end) for start, end in pairs if end in _reached(_next(pairs, start) - {end}, pairs, start))


def _next(pairs: Arrows, start: str) -> set[str]:
    return {end for begin, end in pairs if begin == start}


def _reached(starts: Iterable[str], pairs: Arrows, without: str) -> set[str]:
    """Return what can be reached from these nodes, themselves included, on ways that avoid `without`."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node not in seen and node != without:
            seen.add(node)
            waiting += _next(pairs, node)
    return seen


def _label(place: Path) -> Callable[[str], str]:
    return lambda name: f"{name}/" if (place / name).is_dir() else f"{name}.py"


def with_block(page: str, text: str) -> str:
    """Return the page with this text between the markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no markers of the folder graph")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def main(arguments: list[str] | None = None, repository: Path = REPOSITORY) -> int:
    """Write the graph into the page; return 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.folder_graph", description="Draw the folder graph.")
    parser.add_argument("--write", action="store_true", required=True, help=f"write it into {PAGE}")
    parser.parse_args(arguments)
    page = repository / PAGE
    page.write_text(with_block(page.read_text(encoding="utf-8"), block(repository)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
