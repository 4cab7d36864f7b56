"""An environment for each client, with the packages that its requirements file pins, kept in .local/others."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[2] / ".local" / "others"
UV = Path(sys.executable).parent / "uv"


def requirements(name: str) -> Path:
    """Return the file that pins the packages of a tour; versions alone, as clients under test need no hashes."""
    return HERE / "requirements" / f"{name}.txt"


def pinned_version(name: str, package: str) -> str:
    """Return the version of a package in a tour's requirements."""
    found = re.search(rf"^{re.escape(package)}==(\S+)$", requirements(name).read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{requirements(name)} pins no {package}")
    return found[1]


def installed(name: str) -> Path:
    """Return the interpreter of a tour's environment, which is made anew when its requirements changed."""
    folder, wanted = ENVIRONMENTS / name, requirements(name).read_text(encoding="utf-8")
    mark = folder / "installed.txt"
    python = folder / "bin" / "python"
    if not mark.is_file() or mark.read_text(encoding="utf-8") != wanted:
        _run("venv", "--clear", "--python", sys.executable, str(folder))
        _run("pip", "install", "--python", str(python), "--requirement", str(requirements(name)))
        mark.write_text(wanted, encoding="utf-8")
    return python


def _run(*arguments: str) -> None:
    """Run uv; its own words say what is wrong."""
    subprocess.run([str(UV), *arguments, "--quiet"], check=True)
