"""
Play the cases of one area and count those that hold.

    python -m tests.cases push|pull|connect [--json] [--only TEXT] [--in-process] [--dry-runs] [--folder FOLDER]

Starts a stack of its own and plays each case of `tests/cases/<area>/*.yaml` (or of FOLDER) on it; with `--in-process` in this
process instead, without a deployment. With `--dry-runs` each push of one change is tried before, and must come to what the dry run
said. Exits 1 unless every case passed, 2 when the files hold mistakes or no case fits.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from tests.cases.dry_runs import PlayingTwice
from tests.cases.model import Case
from tests.cases.places.place import Place
from tests.cases.reading import AREAS, Mistakes, read_cases
from tests.cases.steps import Playing, Unmet


def played(
    cases: Sequence[Case], place: Place, area: str, playing: type[Playing] = Playing
) -> Iterator[tuple[Case, str]]:
    """Yield each case with what did not hold, an empty text when all did."""
    for number, case in enumerate(cases, 1):
        tenant = f"case-{area}-{number}"
        try:
            playing(case, place, tenant).play()
        except Unmet as error:
            yield case, str(error)
        else:
            yield case, ""
        with suppress(Exception):  # a stack that is gone shows in the next case
            place.leave(tenant)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("area", choices=AREAS)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--only", default="", help="only cases whose kind or name has this text")
    parser.add_argument("--in-process", action="store_true", help="without a deployment")
    parser.add_argument("--dry-runs", action="store_true", help="compare each push of one change with its dry run")
    parser.add_argument("--folder", type=Path, help="read the cases from here")
    given = parser.parse_args(arguments)
    place_name = "process" if given.in_process else "deployed"
    try:
        cases = _chosen(given, place_name)
    except Mistakes as error:
        print(error, file=sys.stderr)
        print(json.dumps({"cases": 0, "passed": 0, "mistakes": error.sentences}, ensure_ascii=False))
        return 2
    began, failed = time.monotonic(), []
    with _place(place_name) as place:
        for case, unmet in played(cases, place, given.area, PlayingTwice if given.dry_runs else Playing):
            print(f"{'ok  ' if not unmet else 'FAIL'} {case.kind} {case.name}", file=sys.stderr, flush=True)
            if unmet:
                print(f"     {unmet}", file=sys.stderr, flush=True)
                failed.append({"kind": case.kind, "name": case.name, "unmet": unmet})
    result = {"cases": len(cases), "passed": len(cases) - len(failed), "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps({**result, "failed": failed} if given.json else result, ensure_ascii=False))
    return 1 if failed else 0


def _chosen(given: argparse.Namespace, place_name: str) -> list[Case]:
    """Return the cases that are asked for and can be played at the place; raises Mistakes, also when there is none."""
    wanted = given.only.lower()
    named = [case for case in read_cases(given.area, given.folder) if wanted in f"{case.kind} {case.name}".lower()]
    cases = [case for case in named if case.place in ("any", place_name)]
    if not cases:
        why = f"can be played with `place: {place_name}`" if named else f"has the text {given.only!r}"
        raise Mistakes([f"No case {why}."])
    return cases


def _place(name: str) -> AbstractContextManager[Any]:
    if name == "process":
        os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"  # read when the handlers are imported
        from tests.cases.places.process import process_place

        return process_place()
    from tests.cases.places.deployed import deployed_place

    return deployed_place()


if __name__ == "__main__":
    sys.exit(main())
