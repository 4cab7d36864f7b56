"""
Pull Contacts from the simulated org over HTTP with mapping, paging to the queue and checkpoints, compared with a plain read.

    python -m benchmarks.pull --rows 100000 --via rest|bulk --json

Prints `rows_per_s`, `peak_memory_mb` (of a process that only pulls), `api_calls` (describe apart), and `plain_rows_per_s`:
the same columns of the same rows read by simple-salesforce's `query_all_iter` in the same run, and thrown away. Both read
what a pull selects: the mapped fields, stamps, and the account and owner of each person. Ours also turns every row into a
record, remembers its fingerprint, and keeps and queues pages; stores and queues are in memory. Each reader has a process of
its own; they take turns, and each figure is the median of `--rounds`. Where Node is there, jsforce reads the same query in turn
(`jsforce_rows_per_s`), and `wall_by_jsforce` is our time by its time (≤ 0.9 is the goal). `page_bytes_per_record` counts what is queued,
in pages of version 2 unless `--pages 1`; `plain_page_bytes_per_record` is that of version 1, of one more run.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks import jsforce
from benchmarks.orgs import OrgProcess, plain_client, running_org

DAY_S = 86_400
LOAD_BATCH = 5_000
PAGES = 2  # version of the pages that are measured: what a product on a present client package asks for


def load(org: OrgProcess, rows: int) -> None:
    """Fill the org with people of a hundred accounts, all older than any window's end."""
    accounts = [{"Name": f"Account {number}", "Website": f"https://a{number}.example"} for number in range(100)]
    ids = org.control("POST", "records", {"sobject": "Account", "records": accounts})["ids"]
    for start in range(0, rows, LOAD_BATCH):
        people = [person(number, ids) for number in range(start, min(start + LOAD_BATCH, rows))]
        org.control("POST", "records", {"sobject": "Contact", "records": people})
    org.control("POST", "clock", {"advance_s": DAY_S})
    org.session = org.control("POST", "sessions", {})


def person(number: int, accounts: list[str]) -> dict[str, Any]:
    """Return one Contact with every mapped field."""
    return {
        "FirstName": f"First{number}",
        "LastName": f"Last{number}",
        "Email": f"person.{number}@example.com",
        "Phone": f"+49 30 {number:07d}",
        "Title": "Head of Something",
        "MailingStreet": f"Street {number % 900}",
        "MailingCity": "Berlin",
        "MailingCountry": "Germany",
        "AccountId": accounts[number % len(accounts)],
    }


def pulled(org: dict[str, str], via: str, version: int) -> dict[str, Any]:
    """Run one first import with the real use case and return its figures; runs in a process of its own."""
    from benchmarks.pull_worker import pull_once

    return pull_once(org, via, version)


def plain(org: dict[str, str]) -> dict[str, Any]:
    """Return rows and seconds of simple-salesforce alone."""
    wire, soql = plain_client(org), contact_query(org)
    began, cpu, rows = time.perf_counter(), time.process_time(), 0
    for _ in wire.query_all_iter(soql):
        rows += 1
    return {"rows": rows, "seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}


def contact_query(org: dict[str, str]) -> str:
    """Return the SELECT of what a pull reads of Contacts."""
    from benchmarks.pull_worker import contact_plan, org_of

    return f"SELECT {', '.join(contact_plan(org_of(org)).columns)} FROM Contact"


def in_process(job: str, org: OrgProcess, via: str = "rest", version: int = PAGES) -> Any:
    """Run one reader in a fresh process, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks.pull", "--worker", job, "--via", via, "--pages", str(version)]
    done = subprocess.run(command, input=json.dumps(org.session), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout)


def measured(rows: int, via: str, rounds: int, version: int = PAGES) -> dict[str, Any]:
    """Load the org, read it both ways in turns, and return the figures."""
    ours, simple, script = [], [], []
    with_jsforce = jsforce.is_there()
    with running_org() as org:
        load(org, rows)
        in_process("plain", org)  # the first read pays for what the org builds once
        before = org.calls()
        for _ in range(rounds):
            ours.append(in_process("causeway", org, via, version))
            if len(ours) == 1:
                after = org.calls()
            simple.append(in_process("plain", org))
            if with_jsforce:
                script.append(jsforce.queried(org.session, contact_query(org.session)))
        other = in_process("causeway", org, via, 1)
    if any(each["rows"] != rows for each in (*ours, *simple, *script, other)):
        raise RuntimeError(f"{ours[0]['rows']} of {rows} rows arrived")
    described = after.get("describe", 0) - before.get("describe", 0)
    return {
        "rows": rows,
        "via": via,
        "rows_per_s": round(rows / median(each["seconds"] for each in ours)),
        "peak_memory_mb": round(max(each["peak_memory_mb"] for each in ours), 1),
        "api_calls": after["all"] - before["all"] - described,
        "pages": ours[0]["pages"],
        "plain_rows_per_s": round(rows / median(each["seconds"] for each in simple)),
        "plain_peak_memory_mb": round(max(each["peak_memory_mb"] for each in simple), 1),
        "cpu_us_per_row": _cpu_us(ours, rows),
        "plain_cpu_us_per_row": _cpu_us(simple, rows),
        "page_bytes_per_record": round(ours[0]["bytes"] / rows),
        "plain_page_bytes_per_record": round(other["bytes"] / rows),
        **({"jsforce_rows_per_s": None} if not script else _compared(ours, script, rows)),
    }


def _compared(ours: Sequence[dict[str, Any]], script: Sequence[dict[str, Any]], rows: int) -> dict[str, Any]:
    """Return jsforce's figures, and our time by its time, round by round."""
    return {
        "jsforce_rows_per_s": round(rows / median(each["seconds"] for each in script)),
        "jsforce_peak_memory_mb": round(max(each["peak_memory_mb"] for each in script), 1),
        "jsforce_cpu_us_per_row": _cpu_us(script, rows),
        "wall_by_jsforce": round(median(a["seconds"] / b["seconds"] for a, b in zip(ours, script, strict=True)), 2),
    }


def _cpu_us(runs: Sequence[dict[str, Any]], rows: int) -> float:
    """Return the processor time of a row, of the best run: other work on the machine makes it dearer only."""
    best_s: float = min(each["cpu_s"] for each in runs)
    return round(best_s * 1e6 / rows, 1)


def worker(job: str, via: str, version: int) -> None:
    """Be the process that reads: the session comes on standard input, the figures go to standard output."""
    org = json.load(sys.stdin)
    figures = plain(org) if job == "plain" else pulled(org, via, version)
    figures["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures))


def main(arguments: list[str]) -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--via", choices=["rest", "bulk"], default="rest")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, choices=[1, 2], default=PAGES, help="version of the pages")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", choices=["causeway", "plain"], help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.worker:
        worker(given.worker, given.via, given.pages)
        return 0
    figures = measured(given.rows, given.via, given.rounds, given.pages)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {figure}" for name, figure in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
