"""
Puts the pages into one tree, as they lie in the repository, and lets MkDocs build it strictly.

Pages link to each other by the paths of the repository, so that they work in an editor and on a code host, too; the tree
keeps these paths. What a page links to and is no page (schemas, the OpenAPI document) comes along.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIGURATION = Path(__file__).with_name("mkdocs.yml")
WORK = REPOSITORY / ".local" / "site"
PAGES = ("*.md", "docs/**/*", "clients/*/README.md", "local/org/README.md", "tests/cases/README.md")


class BuildFailed(Exception):
    """The site cannot be built; the text is what MkDocs said."""


def build(work: Path = WORK, root: Path = REPOSITORY) -> Path:
    """Build the site under `work` and return its folder. Raises BuildFailed for a broken link, anchor or navigation entry."""
    assemble(work / "pages", root)
    return render(work)


def render(work: Path) -> Path:
    """Turn the pages under `work` into HTML, strictly, and return its folder."""
    configuration = work / "mkdocs.yml"
    configuration.write_text(CONFIGURATION.read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--config-file", str(configuration)],
        capture_output=True,
        text=True,
        cwd=work / "pages",
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=False,
    )
    if done.returncode:
        said = done.stdout + done.stderr
        faults = [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]
        raise BuildFailed("\n".join(faults) or said)
    return work / "html"


def assemble(pages: Path, root: Path = REPOSITORY) -> Path:
    """Copy the pages and what they link to into `pages`, under the paths that they have in the repository."""
    shutil.rmtree(pages, ignore_errors=True)
    for pattern in PAGES:
        for source in sorted(root.glob(pattern)):
            if source.is_file():
                target = pages / source.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    return pages
