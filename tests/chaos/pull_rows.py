"""
A first import of many rows through a deployed stack: every record must come out, once.

    python -m tests.chaos.pull_rows [--rows 100000] [--json]

Starts a stack of its own, fills its org with Contacts, connects a tenant with a pull sync and reads OutboundQueue until the run's last
page. Pages whose `page_id` was seen are dropped, as a product does. Exits 1 unless `missing`, `doubled` and `wrong` are 0.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import requests

from local.demo.connecting import connect
from local.demo.stack_client import StackClient
from local.stack.timings import BY_NAME
from local.stack.waiting import PATIENCE_S, Seen, patient
from tests.chaos.own_stack import own_stack
from tests.chaos.run import DAILY_CALLS, say

TENANT = "importer"
LOAD_BATCH = 5_000
DAY_S = 86_400  # the rows are older than any window's end
ORG_TIMEOUT_S = 150
SYNC = {
    "id": "people",
    "source": "lead",
    "sobject": "Contact",
    "direction": "pull",
    "enabled": True,
    "position": 1,
    "pull": {"schedule": {"every_minutes": 5}},
    "mappings": [{"product": "last_name", "salesforce": "LastName"}, {"product": "phone", "salesforce": "Phone"}],
}


@dataclass(slots=True)
class Figures:
    """What one run came to: records that never came, that came in two pages, and whose values are not the org's."""

    rows: int = 0
    pages: int = 0
    missing: int = 0
    doubled: int = 0
    wrong: int = 0
    api_calls: int = 0
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Tell whether every record came out once and as it is."""
        return not (self.missing or self.doubled or self.wrong)


@dataclass(slots=True)
class Received:
    """The run's pages as they come: how often each record did, and its last name."""

    pages: set[str] = field(default_factory=set)
    times: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    last_page: int = 0

    def take(self, page: Mapping[str, Any]) -> None:
        """Note one page, unless it was seen; pages come in any order, so the run is complete once all up to the last are there."""
        if page["page_id"] in self.pages:
            return
        self.pages.add(page["page_id"])
        self.last_page = page["page"] if page["last"] else self.last_page
        for record in page["records"]:
            self.times[record["salesforce_id"]] += 1
            self.names[record["salesforce_id"]] = record["values"]["last_name"]

    @property
    def complete(self) -> bool:
        """Tell whether the last page and all before it came."""
        return bool(self.last_page) and len(self.pages) >= self.last_page


def pull(stack: Mapping[str, Any], rows: int) -> Figures:
    """Import `rows` Contacts; raise NothingMoved when pages stop coming for longer than a killed run takes to recover."""
    client, began = StackClient(dict(stack)), time.monotonic()
    expected = fill(stack, rows)
    connect(client, TENANT)
    saved = client.call("POST", f"/v1/tenants/{TENANT}/syncs", SYNC)
    if not saved["enabled"]:
        raise RuntimeError(f"The sync was not taken: {saved['problems']}")
    started = client.call("POST", f"/v1/tenants/{TENANT}/syncs/{SYNC['id']}/runs")
    say(f"{rows} rows in the org; run {started['id']} began")
    received = receive(client, str(started["id"]))
    return Figures(
        rows=rows,
        pages=len(received.pages),
        missing=len(expected.keys() - received.times.keys()),
        doubled=sum(1 for times in received.times.values() if times > 1),
        wrong=sum(1 for record, name in received.names.items() if expected.get(record) != name),
        api_calls=client.org_calls()["all"],
        seconds=round(time.monotonic() - began, 1),
    )


def fill(stack: Mapping[str, Any], rows: int) -> dict[str, str]:
    """Fill the org and return the last names by record id."""
    control(stack, "PATCH", "settings", {"daily_api_limit": DAILY_CALLS})
    expected: dict[str, str] = {}
    for start in range(0, rows, LOAD_BATCH):
        people = [
            {"LastName": f"Last{number}", "Phone": f"+49 30 {number:07d}"}
            for number in range(start, min(start + LOAD_BATCH, rows))
        ]
        ids = control(stack, "POST", "records", {"sobject": "Contact", "records": people})["ids"]
        expected.update(zip(ids, (person["LastName"] for person in people), strict=True))
    control(stack, "POST", "clock", {"advance_s": DAY_S})
    return expected


def receive(client: StackClient, run: str) -> Received:
    """Read OutboundQueue until the run is complete."""
    received = Received()

    def look() -> Seen[Received]:
        for message in client.outbound(wait_s=1):
            if message["type"] == "records" and message["run"] == run:
                received.take(message)
        done = received if received.complete else None
        return Seen(done, f"{len(received.times)} records in {len(received.pages)} pages", len(received.pages))

    return patient(say, patience_s=2 * PATIENCE_S).wait("the run's last page", look)


def control(stack: Mapping[str, Any], method: str, path: str, body: Any) -> Any:
    """Ask the org's control API."""
    answer = requests.request(method, f"{stack['org_url']}/_control/{path}", json=body, timeout=ORG_TIMEOUT_S)
    answer.raise_for_status()
    return answer.json()


def main() -> int:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.pull_rows",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--timings", choices=BY_NAME, default="patient")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    say("starting a stack")
    try:
        with own_stack(given.timings) as stack:
            figures = pull(stack, given.rows)
    except KeyboardInterrupt:
        say("Stopped. Nothing is left running.")
        return 130
    shown = asdict(figures)
    print(json.dumps(shown) if given.json else "\n".join(f"{name:16} {value}" for name, value in shown.items()))
    return 0 if figures.holds else 1


if __name__ == "__main__":
    sys.exit(main())
