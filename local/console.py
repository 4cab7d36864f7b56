"""`python -m local.console`: builds the console's page from web/ into functions/console/built, when anything in it has changed."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack.places import ROOT, VENV_BIN

WEB = ROOT / "web"
BUILT = ROOT / "functions" / "console" / "built"
INSTALLED_STAMP = WEB / "node_modules" / ".causeway-installed"
BUILT_STAMP = ROOT / "web" / "generated" / "console-built"  # clones may share web/node_modules, but no page
NOT_SOURCES = {"node_modules", "generated", "test"}


class BuildFailed(Exception):
    """npm, the type checker or the bundler refused; what it printed says why."""


def install_packages() -> None:
    """Install exactly the packages that web/package-lock.json pins, each checked by its hash, unless they are there."""
    wanted = _digest([WEB / "package.json", WEB / "package-lock.json"])
    if not _is_stamped(INSTALLED_STAMP, wanted):
        print("Installing the console's packages", flush=True)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        INSTALLED_STAMP.write_text(wanted)


def build() -> None:
    """Build the page, unless what is built was made of these very sources."""
    with _alone():
        install_packages()
        wanted = _digest(sorted(_sources()))
        if not ((BUILT / "page.html").exists() and _is_stamped(BUILT_STAMP, wanted)):
            print("Building the console", flush=True)
            _run("node", "build.mjs")
            BUILT_STAMP.parent.mkdir(exist_ok=True)
            BUILT_STAMP.write_text(wanted)


def check() -> None:
    """Check the types, and run the tests of what needs no browser."""
    with _alone():
        install_packages()
        _run("node", "build.mjs", "--types")
        _run("npm", "run", "--silent", "check")


def _sources() -> Iterator[Path]:
    yield ROOT / "docs" / "openapi.json"  # the types of the API are made of it
    for path in WEB.rglob("*"):
        if path.is_file() and not NOT_SOURCES & set(path.relative_to(WEB).parts):
            yield path


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _run(tool: str, *arguments: str) -> None:
    path = f"{VENV_BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"  # npm finds this environment's Node first
    done = subprocess.run([str(VENV_BIN / tool), *arguments], cwd=WEB, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        raise BuildFailed(f"`{tool} {' '.join(arguments)}` failed in {WEB.name}/; its messages are above.")


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process build at a time: tests that run side by side find what the first of them has built."""
    with (WEB / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str] | None = None) -> int:
    """Build, or with `--check` check; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the console's page from web/.")
    parser.add_argument("--check", action="store_true", help="check types and run the tests without a browser instead")
    options = parser.parse_args(arguments)
    try:
        check() if options.check else build()
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
