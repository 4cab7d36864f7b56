"""
Break guarantees one by one and run the tests that should notice, each in a copy of the repository.

    python -m tests.campaigns.mutants [--only memory] [--jobs 2] [--again] [--json]

The list is in the TOML files next to this one (entries.py). First the tests must pass on an unbroken copy. Results are kept in
.local/mutants.jsonl by the text of the broken file and of its tests, so that a run that was stopped goes on, and only what changed is
run again (`--again` runs all). Prints `{"mutants", "survivors", "invalid"}`; a survivor is a guarantee that no test holds, invalid is
a variant that cannot even be imported. Exits 1 unless both are 0.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.campaigns.mutants.entries import LAYER, ROOT, Mutant, mutants

RESULTS = ROOT / ".local" / "mutants.jsonl"
TIMEOUT_S = 300  # a variant that never ends was noticed
NOTICED, SURVIVED, INVALID = "noticed", "survived", "invalid"
_PASSED, _FAILED = 0, 1  # exit codes of pytest
LOOK_S = 0.05
ALREADY_IMPORTED = (
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)  # what the tests share is none of ours to rewrite
OURS = frozenset({"tests", "causeway", "causeway_client", "functions", "local", "clients", "benchmarks"})
SHARED = (
    *("boto3", "moto", "moto.dynamodb.models", "moto.sqs.models", "moto.kms.models", "moto.secretsmanager.models"),
    *("aws_lambda_powertools", "hypothesis", "jmespath", "pydantic", "requests", "simple_salesforce", "yaml"),
)
_NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".local", ".aws-sam", "node_modules", "__pycache__", ".*_cache")


class Try(NamedTuple):
    """One variant on its way: its copy, the text to put back, and when it has taken too long."""

    entry: Mutant
    folder: Path
    whole: str
    until_s: float


@dataclass(slots=True)
class Campaign:
    """One run: the results by the digest of an entry, and the tries that are under way by process."""

    known: dict[str, str]
    trying: dict[int, Try] = field(default_factory=dict)
    digests: dict[Mutant, str] = field(default_factory=dict)  # of the beginning, which the copies are of
    writes: int = 0

    def run(self, entries: Sequence[Mutant], jobs: int) -> dict[str, list[Mutant]]:
        """Try every entry that is not known yet; return the entries by what became of them."""
        self.digests = {entry: digest(entry) for entry in entries}
        waiting = [entry for entry in entries if self.digests[entry] not in self.known]
        say(f"{len(entries)} variants, {len(waiting)} to try")
        if waiting:
            load_what_tests_share()
            with _copies(jobs) as folders:
                check_unbroken(folders[0], sorted({test for entry in waiting for test in entry.tests}))
                self._try_all(waiting, list(folders))
        found: dict[str, list[Mutant]] = {}
        for entry in entries:
            found.setdefault(self.known[self.digests[entry]], []).append(entry)
        return found

    def _try_all(self, entries: Sequence[Mutant], free: list[Path]) -> None:
        waiting = list(reversed(entries))
        while waiting or self.trying:
            while waiting and free:
                self._begin(waiting.pop(), free.pop())
            pid, code = ended()
            if pid in self.trying:
                free.append(self._end(pid, code))
            for late in [pid for pid, each in self.trying.items() if time.monotonic() > each.until_s]:
                os.kill(late, signal.SIGKILL)
            time.sleep(LOOK_S)

    def _begin(self, entry: Mutant, folder: Path) -> None:
        path = entry.path(folder)
        whole = path.read_text(encoding="utf-8")
        self._write(path, entry.broken(folder))
        pid = begun(folder, entry.tests)
        self.trying[pid] = Try(entry, folder, whole, time.monotonic() + TIMEOUT_S)

    def _end(self, pid: int, code: int) -> Path:
        """Note what came of a try, and give its copy back as it was."""
        entry, folder, whole, _ = self.trying.pop(pid)
        self._write(entry.path(folder), whole)
        result = {_PASSED: SURVIVED, _FAILED: NOTICED}.get(code, INVALID)
        say(f"{result:9} {entry.area}: {entry.guarantee}")
        self.known[self.digests[entry]] = result
        keep(self.digests[entry], result)
        return folder

    def _write(self, path: Path, text: str) -> None:
        """Write a file with a time of its own: Python takes compiled code for current by time and size."""
        self.writes += 1
        path.write_text(text, encoding="utf-8")
        at_s = time.time() + self.writes
        os.utime(path, (at_s, at_s))


def load_what_tests_share() -> None:
    """Import the packages of others that tests need: each try is a fork of this process, and begins with them."""
    for name in SHARED:
        import_module(name)


def check_unbroken(folder: Path, tests: Sequence[str]) -> None:
    """Run the tests on the whole code; raise SystemExit when one fails there already."""
    wait_for = begun(folder, tests, quiet=False)
    _, status = os.waitpid(wait_for, 0)
    if (code := os.waitstatus_to_exitcode(status)) != _PASSED:
        raise SystemExit(f"The tests do not pass on the unbroken code (exit code {code}). Correct that first.")


def begun(folder: Path, tests: Sequence[str], *, quiet: bool = True) -> int:
    """Begin to run tests in a copy, until the first failure, in a process of their own; return its id."""
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    os.chdir(folder)
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    sys.path[:] = [str(folder / LAYER.parent), str(folder), *(each for each in sys.path if not is_ours(each))]
    if quiet:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
    else:
        os.dup2(2, 1)
    os._exit(int(pytest.main(["-x", "-q", *ALREADY_IMPORTED, *tests])))


def is_ours(path: str) -> bool:
    """Return whether a place where Python looks for modules is of this repository, which a copy stands for."""
    return path == "" or (Path(path).resolve().is_relative_to(ROOT) and "site-packages" not in path)


def ended() -> tuple[int, int]:
    """Return the id and the exit code of a process that has ended; (0, 0) while none has. One that was killed failed."""
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return 0, 0
    return pid, _FAILED if pid and os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status) if pid else 0


@contextmanager
def _copies(number: int) -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory(prefix="causeway-mutants-") as name:
        folders = [Path(name) / str(place) for place in range(number)]
        for folder in folders:
            shutil.copytree(ROOT, folder, ignore=_NOT_COPIED, symlinks=True)
        yield folders


def digest(entry: Mutant) -> str:
    """Return what a result depends on, as far as it is looked at: the entry, the file that it breaks, and its tests."""
    texts = [(ROOT / test.partition("::")[0]).read_text(encoding="utf-8") for test in entry.tests]
    return hashlib.sha256(
        "\0".join([*map(str, entry), entry.path().read_text(encoding="utf-8"), *texts]).encode()
    ).hexdigest()


def keep(entry: str, result: str) -> None:
    """Write down a result at once: a run that is stopped goes on from here, and two may run at a time."""
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps([entry, result]) + "\n")


def kept() -> dict[str, str]:
    """Return the results of earlier runs."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    return dict(json.loads(line) for line in lines)


def say(line: str) -> None:
    """Show progress; the result alone goes to standard output."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaigns.mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", default="", help="areas or parts of guarantees, parted by commas")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="try what is known, too")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    wanted = [part for part in given.only.split(",") if part]
    entries = [
        each
        for each in mutants()
        if not wanted or any(part in (each.area, each.file) or part in each.guarantee for part in wanted)
    ]
    if faults := [fault for entry in entries if (fault := entry.fault())]:
        raise SystemExit("\n".join(faults))
    known = {} if given.again else kept()
    began = time.monotonic()
    found = Campaign(known).run(entries, given.jobs)
    survivors, invalid = found.get(SURVIVED, []), found.get(INVALID, [])
    for entry in (*survivors, *invalid):
        say(f"{'no test notices' if entry in survivors else 'cannot be run'}: {entry.guarantee} ({entry.file})")
    counts = {"mutants": len(entries), "survivors": len(survivors), "invalid": len(invalid)}
    shown = {**counts, "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps(shown) if given.json else "\n".join(f"{name:12} {value}" for name, value in shown.items()))
    return 1 if survivors or invalid else 0


if __name__ == "__main__":
    sys.exit(main())
