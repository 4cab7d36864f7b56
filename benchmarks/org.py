"""
How fast the simulated org is: loading, reading and saving over HTTP, with the org in a process of its own.

    python -m benchmarks.org [--contacts 100000] [--rounds 10] --json

Loads contacts through the control API, 5,000 a call (`load_s`, bar 20 s for 100,000); then asks, in one composite of five queries, for
1,000 e-mail addresses among them (`read_ms`, bar 150), and creates 1,000 contacts in one composite of five collections
(`save_ms`, bar 400). Each figure comes as wall-clock time, the median of the rounds, and as processor time of the org
(`…_cpu_…`), which other work on the machine does not change; `start_cpu_ms` is that of the org's own start. Exits 1 when the processor time
exceeds a bar.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.orgs import OrgProcess, running_org

API = "/services/data/v66.0"
LOADED_AT_ONCE, PARTS, PART = 5_000, 5, 200
BARS = {"load_cpu_s": 20.0, "read_cpu_ms": 150.0, "save_cpu_ms": 400.0}
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure and print; 0 when every bar holds."""
    parser = argparse.ArgumentParser(description="How fast the simulated org is.")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    with running_org() as org:
        figures = measured(org, arguments.contacts, arguments.rounds)
    over = [name for name, bar in BARS.items() if figures[name] > bar]
    print(json.dumps(figures) if arguments.json else "\n".join(f"{name:20} {value}" for name, value in figures.items()))
    if over:
        print(f"over their bars: {', '.join(f'{name} > {BARS[name]:g}' for name in over)}", file=sys.stderr)
    return 1 if over else 0


def measured(org: OrgProcess, contacts: int, rounds: int) -> dict[str, float]:
    """Return every figure; the bar of loading is for 100,000 contacts."""
    figures: dict[str, float] = {"contacts": contacts, "start_cpu_ms": round(cpu_s(org.pid) * 1000)}
    wall, cpu = timed(org, lambda: load(org, contacts))
    scale = 100_000 / contacts
    figures |= {"load_s": round(wall * scale, 1), "load_cpu_s": round(cpu * scale, 1)}
    for name, parts in (("read", reading(contacts)), ("save", None)):
        runs = [timed(org, partial(compose, org, parts or saving(number))) for number in range(rounds)]
        figures[f"{name}_ms"] = round(statistics.median(wall for wall, _ in runs) * 1000, 1)
        figures[f"{name}_cpu_ms"] = round(statistics.mean(cpu for _, cpu in runs) * 1000, 1)
    return figures


def timed(org: OrgProcess, work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that work took by the clock, and of the org's processor time."""
    began, used = time.perf_counter(), cpu_s(org.pid)
    work()
    return time.perf_counter() - began, cpu_s(org.pid) - used


def cpu_s(pid: int) -> float:
    """Return the processor seconds that a process has used, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def load(org: OrgProcess, contacts: int) -> None:
    """Load the contacts."""
    for first in range(0, contacts, LOADED_AT_ONCE):
        records = [contact(number) for number in range(first, min(first + LOADED_AT_ONCE, contacts))]
        org.control("POST", "records", {"sobject": "Contact", "records": records})


def contact(number: int) -> dict[str, str]:
    """Return a contact with the fields that people have in benchmarks."""
    name = {"FirstName": f"First{number}", "LastName": f"Last{number}", "Email": f"p{number}@example.com"}
    return {**name, "Phone": f"+1 555 {number:07}", "Title": "Engineer", "MailingCity": "Amsterdam"}


def reading(contacts: int) -> list[dict[str, Any]]:
    """Return five queries for 200 e-mail addresses each, spread over all contacts."""
    step = max(1, contacts // (PARTS * PART))
    emails = [f"'p{number * step}@example.com'" for number in range(PARTS * PART)]
    chunks = [emails[first : first + PART] for first in range(0, len(emails), PART)]
    asked = [f"SELECT+Id,FirstName,LastName,Email+FROM+Contact+WHERE+Email+IN+({','.join(chunk)})" for chunk in chunks]
    return [{"method": "GET", "url": f"{API}/query?q={each}", "referenceId": f"q{n}"} for n, each in enumerate(asked)]


def saving(number: int) -> list[dict[str, Any]]:
    """Return five collections that create 200 contacts each, other ones in every round."""
    first = 10_000_000 + number * PARTS * PART
    records = [{"attributes": {"type": "Contact"}, **contact(first + each)} for each in range(PARTS * PART)]
    chunks = [records[start : start + PART] for start in range(0, len(records), PART)]
    return [
        {"method": "POST", "url": f"{API}/composite/sobjects", "referenceId": f"c{n}", "body": {"records": chunk}}
        for n, chunk in enumerate(chunks)
    ]


def compose(org: OrgProcess, parts: list[dict[str, Any]]) -> None:
    """Send a composite request; raise unless every part of it succeeded."""
    headers = {"Authorization": f"Bearer {org.session['access_token']}"}
    answer = org.http.post(f"{org.url}{API}/composite", json={"compositeRequest": parts}, headers=headers, timeout=60)
    for part in answer.json()["compositeResponse"]:
        found = part["body"] if isinstance(part["body"], list) else part["body"]["records"]
        if part["httpStatusCode"] != 200 or len(found) != PART or not all(each.get("success", True) for each in found):
            raise RuntimeError(f"the org did not do what was measured: {str(part)[:300]}")


if __name__ == "__main__":
    sys.exit(main())
