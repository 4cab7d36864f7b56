"""The list of broken variants: what each breaks, where, and which tests should notice."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
LAYER = Path("layers/causeway/causeway")


class Mutant(NamedTuple):
    """One guarantee in words, the text of a file that keeps it and the text that breaks it, and the tests that should notice."""

    area: str
    guarantee: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def path(self, root: Path = ROOT) -> Path:
        """Return the file: below the layer, or else below the root."""
        inside = root / LAYER / self.file
        return inside if inside.exists() else root / self.file

    def fault(self, root: Path = ROOT) -> str:
        """Return why the entry cannot be applied, "" when it can."""
        path = self.path(root)
        if not path.exists():
            return f"{self.area}: '{self.guarantee}' names {self.file}, which does not exist."
        count = path.read_text(encoding="utf-8").count(self.before)
        if count != 1:
            return f"{self.area}: '{self.guarantee}': its text occurs {count} times in {self.file}, not once. Renew the entry."
        if missing := [test for test in self.tests if not (root / test.partition("::")[0]).exists()]:
            return f"{self.area}: '{self.guarantee}' names tests that do not exist: {', '.join(missing)}."
        return ""

    def broken(self, root: Path) -> str:
        """Return the text of the file with the guarantee broken."""
        return self.path(root).read_text(encoding="utf-8").replace(self.before, self.after)


def mutants() -> list[Mutant]:
    """Return every entry of the TOML files, by area."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
            tests = tuple(entry.pop("tests"))
            found.append(Mutant(area=path.stem, tests=tests, **entry))
    return found
