"""
Changes in seconds, measured on the embedded stack: a person changes records in the org, and the product waits for them.

    python -m tests.campaigns.relay --json [--changes 200] [--burst 1000] [--virtual]

Four parts: single changes at random moments (how long each takes to the outbound queue); a burst (how many pulls it makes); a quiet
minute (how many API calls are made); and a relay that loses, doubles and delays events (what is missing before and after the next
scheduled pull). The sync is due daily, so that only hints pull; for the last part its due date is moved to now. With `--virtual` the
same parts run without a stack, over the simulated org and in virtual time, so that the machine's load does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from statistics import quantiles
from typing import Any

import requests
from causeway.pull.jobs import PullJob

from local.demo.connecting import connect
from local.demo.stack_client import StackClient
from local.stack.emulator import aws_client
from tests.support.push.world import TENANT as VIRTUAL_TENANT
from tests.support.relay.virtual_time import SYNC, RelayedOrg, contacts, relayed_world

ROOT = Path(__file__).resolve().parents[2]
TENANT = "relay"
API = "services/data/v66.0"
AT_ONCE = 200  # records of one collections call
SETTLED_S = 40.0  # by then every event that is late has come, and its pull has run
PATIENCE_S = 240.0
RELAYED_WITHIN_S, MOST_PULLS = 10.0, 3
RULE = {
    "id": SYNC,
    "source": "person",
    "sobject": "Contact",
    "direction": "pull",
    "enabled": True,
    "email": "off",
    "mappings": [{"product": "title", "salesforce": "Title"}],
    "pull": {"schedule": {"daily_at": "03:30"}},
}


@contextmanager
def a_stack() -> Iterator[dict[str, Any]]:
    """Start a stack beside any other of this checkout, and yield what its stack.json says."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CAUSEWAY_LOCAL": str(Path(folder) / "local")}
        command = [sys.executable, "-m", "local.stack"]
        try:
            subprocess.run([*command, "up", "--bare"], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
            yield json.loads((Path(folder) / "local" / "stack.json").read_text(encoding="utf-8"))
        finally:
            subprocess.run([*command, "down"], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


@dataclass
class Received:
    """What came to the outbound queue: record → its titles with the moment that each came; read by a thread of its own."""

    client: StackClient
    titles: dict[str, dict[str, float]] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read the queue while the block runs."""
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        try:
            yield
        finally:
            self._ended.set()
            reader.join()

    def _read(self) -> None:
        while not self._ended.is_set():
            for message in self.client.outbound(wait_s=1):
                for record in message.get("records", ()):
                    title = record["values"].get("title")
                    self.titles.setdefault(record["salesforce_id"], {}).setdefault(str(title), time.monotonic())

    def missing(self, wanted: Mapping[str, str]) -> list[str]:
        """Return the records whose title has not come (record → title)."""
        return [record for record, title in wanted.items() if title not in self.titles.get(record, {})]

    def wait_for(self, wanted: Mapping[str, str], patience_s: float = PATIENCE_S) -> list[str]:
        """Wait until every title has come, or patience ends; return the records whose title is missing."""
        end = time.monotonic() + patience_s
        while (missing := self.missing(wanted)) and time.monotonic() < end:
            time.sleep(0.2)
        return missing


class Person:
    """Somebody who works in the org: changes records in a session of their own, and counts the calls that this takes."""

    def __init__(self, client: StackClient) -> None:
        self._url = client.stack["org_url"]
        self._session = requests.Session()
        self._session.trust_env = False
        token = self._session.post(f"{self._url}/_control/sessions", json={}).json()["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"
        self.calls = 0

    def create(self, count: int) -> list[str]:
        """Create so many contacts and return their Ids."""
        found: list[str] = []
        for part in batched(range(count), AT_ONCE, strict=False):
            records = [{"attributes": {"type": "Contact"}, "LastName": f"Name {number}"} for number in part]
            found += [each["id"] for each in self._sent("POST", "composite/sobjects", {"records": records})]
        return found

    def retitle(self, record: str, title: str) -> None:
        """Change one record."""
        self._sent("PATCH", f"sobjects/Contact/{record}", {"Title": title})

    def retitle_all(self, titles: Mapping[str, str]) -> None:
        """Change many records, 200 a call."""
        for part in batched(titles.items(), AT_ONCE, strict=False):
            records = [{"attributes": {"type": "Contact"}, "id": record, "Title": title} for record, title in part]
            self._sent("PATCH", "composite/sobjects", {"records": records})

    def _sent(self, method: str, path: str, body: Any) -> Any:
        self.calls += 1
        answer = self._session.request(method, f"{self._url}/{API}/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None


class Campaign:
    """The four parts, on one stack."""

    def __init__(self, stack: dict[str, Any], changes: int, burst: int) -> None:
        self.stack, self.changes, self.burst = stack, changes, burst
        self.client = StackClient(stack)
        self.received = Received(self.client)
        self.chance = random.Random(17)

    def run(self) -> dict[str, Any]:
        """Return the figures."""
        person, records = self._prepared()
        with self.received.reading():
            return {
                **self._seconds(person, records),
                **self._burst(person, records),
                **self._quiet(person),
                **self._troubled(person, records),
            }

    def _prepared(self) -> tuple[Person, list[str]]:
        requests.patch(f"{self.stack['org_url']}/_control/settings", json={"daily_api_limit": 1_000_000}, timeout=60)
        connect(self.client, TENANT)
        person = Person(self.client)
        records = person.create(max(self.changes, self.burst))
        self.client.call("POST", f"/v1/tenants/{TENANT}/syncs", RULE)
        self._pull_once()
        status = self.client.call("POST", f"/v1/tenants/{TENANT}/relay")
        if status["state"] != "running":
            raise RuntimeError(f"The relay was not set up: {status}")
        return person, records

    def _pull_once(self) -> None:
        """Import everything; the first pull is not what is measured."""
        time.sleep(6)  # a window ends five seconds before the present
        run = self.client.call("POST", f"/v1/tenants/{TENANT}/syncs/{SYNC}/runs")
        while run["status"] in ("running", "waiting"):
            time.sleep(0.5)
            run = self.client.call("GET", f"/v1/tenants/{TENANT}/runs/{run['id']}")
        if run["status"] != "completed":
            raise RuntimeError(f"The import ended as {run['status']}: {run['detail']}")

    def _seconds(self, person: Person, records: Sequence[str]) -> dict[str, Any]:
        calls, own = self._calls(), person.calls
        began: dict[str, float] = {}
        wanted = {record: f"single {number}" for number, record in enumerate(records[: self.changes])}
        for record, title in wanted.items():
            began[record] = time.monotonic()
            person.retitle(record, title)
            time.sleep(self.chance.random() * 2)
        missing = self.received.wait_for(wanted)
        took = [
            self.received.titles[record][title] - began[record]
            for record, title in wanted.items()
            if record not in missing
        ]
        at = quantiles(took, n=20, method="inclusive")
        return {
            "changes": len(wanted),
            "missing": len(missing),
            "p50_s": round(at[9], 2),
            "p95_s": round(at[18], 2),
            "most_s": round(max(took), 2),
            "calls_for_changes": self._calls() - calls - (person.calls - own),
        }

    def _burst(self, person: Person, records: Sequence[str]) -> dict[str, Any]:
        time.sleep(SETTLED_S / 2)
        before = self._hinted_runs()
        wanted = {record: f"burst {number}" for number, record in enumerate(records[: self.burst])}
        began = time.monotonic()
        person.retitle_all(wanted)
        saved_s = time.monotonic() - began
        missing = self.received.wait_for(wanted)
        took_s = time.monotonic() - began
        time.sleep(SETTLED_S / 2)
        return {
            "burst": len(wanted),
            "burst_missing": len(missing),
            "burst_saved_in_s": round(saved_s, 2),
            "burst_took_s": round(took_s, 2),
            "burst_pulls": self._hinted_runs() - before,
        }

    def _quiet(self, person: Person) -> dict[str, Any]:
        calls = self._calls()
        time.sleep(60)
        return {"quiet_s": 60, "quiet_calls": self._calls() - calls}

    def _troubled(self, person: Person, records: Sequence[str]) -> dict[str, Any]:
        troubles = {"lose": 0.3, "double": 0.3, "delay": 0.3, "late_s": 20.0}
        Path(self.stack["troubles_file"]).write_text(json.dumps(troubles), encoding="utf-8")
        time.sleep(1)
        wanted = {record: f"troubled {number}" for number, record in enumerate(records[: self.changes])}
        for record, title in wanted.items():
            person.retitle(record, title)
            time.sleep(self.chance.random() / 5)
        # The last one of all is lost for certain, so that something is left for the schedule.
        Path(self.stack["troubles_file"]).write_text(json.dumps({"lose": 1.0}), encoding="utf-8")
        time.sleep(SETTLED_S)
        lost = records[0]
        wanted[lost] = "without an event"
        person.retitle(lost, wanted[lost])
        time.sleep(SETTLED_S / 2)
        before = len(self.received.missing(wanted))
        self._let_the_schedule_run()
        return {"troubled": len(wanted), "missing_before": before, "missing_after": len(self.received.wait_for(wanted))}

    def _let_the_schedule_run(self) -> None:
        """Move the sync's due date to now; the next tick of the schedule queues it."""
        dynamodb = aws_client("dynamodb", self.stack["aws_endpoint"])
        dynamodb.update_item(
            TableName=self.stack["config_table"],
            Key={"pk": {"S": f"T#{TENANT}"}, "sk": {"S": f"SYNC#{SYNC}"}},
            UpdateExpression="SET due_at = :now",
            ExpressionAttributeValues={":now": {"N": str(int(time.time() * 1000))}},
        )

    def _calls(self) -> int:
        return int(self.client.org_calls()["all"])

    def _hinted_runs(self) -> int:
        """Return how many runs hints have begun so far."""
        runs, following = 0, ""
        while True:
            page = self.client.call("GET", f"/v1/tenants/{TENANT}/runs?limit=100{following}")
            runs += sum(1 for run in page["runs"] if run["trigger"] == "relay")
            if not page.get("next"):
                return runs
            following = f"&next={page['next']}"


def virtual(changes: int, burst: int) -> dict[str, Any]:
    """Return the same figures in virtual time, with a second from each change to the function's batch."""
    with relayed_world() as w:
        org = RelayedOrg(w)
        ids = contacts(w, max(changes, burst))
        calls = w.org.api_calls
        for number, record in enumerate(ids[:changes]):
            org.change(record, f"single {number}")
            org.let(org.chance.random() * 2)
        org.let(SETTLED_S)
        at, took = quantiles(org.took_s, n=20, method="inclusive"), max(org.took_s)
        figures: dict[str, Any] = {"changes": changes, "missing": len(org.waiting)}
        figures |= {"p50_s": round(at[9], 2), "p95_s": round(at[18], 2), "most_s": round(took, 2)}
        figures |= {"calls_for_changes": w.org.api_calls - calls - changes}
        pulls = org.pulls
        org.burst(ids[:burst], "burst")
        org.let(SETTLED_S)
        figures |= {"burst": burst, "burst_missing": len(org.waiting), "burst_pulls": org.pulls - pulls}
        calls = w.org.api_calls
        org.let(60)
        figures |= {"quiet_s": 60, "quiet_calls": w.org.api_calls - calls}
        return figures | _troubled_virtually(org, ids[:changes])


def _troubled_virtually(org: RelayedOrg, ids: Sequence[str]) -> dict[str, Any]:
    org.lose, org.double, org.late_s = 0.3, 0.3, 20.0
    for number, record in enumerate(ids):
        org.change(record, f"troubled {number}")
        org.let(org.chance.random())
    org.let(SETTLED_S)
    org.lose = 1.0
    org.change(ids[0], "without an event")
    org.let(SETTLED_S)
    before = len(org.waiting)
    org.world.run(SYNC, PullJob(VIRTUAL_TENANT, SYNC, due_ms=org.world.now))
    org.receive()
    return {"troubled": len(ids) + 1, "missing_before": before, "missing_after": len(org.waiting)}


def is_well(figures: Mapping[str, Any]) -> bool:
    """Tell whether the figures keep what the documentation promises."""
    return bool(
        figures["missing"] == figures["burst_missing"] == figures["quiet_calls"] == figures["missing_after"] == 0
        and figures["p95_s"] <= RELAYED_WITHIN_S
        and figures["burst_pulls"] <= MOST_PULLS
        and figures["missing_before"] > 0
    )


def on_a_stack(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of a stack of its own."""
    with a_stack() as stack:
        return Campaign(stack, arguments.changes, arguments.burst).run()


def main() -> int:
    """Run the campaign; 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--burst", type=int, default=1_000)
    parser.add_argument("--virtual", action="store_true", help="without a stack, in virtual time")
    arguments = parser.parse_args()
    figures = virtual(arguments.changes, arguments.burst) if arguments.virtual else on_a_stack(arguments)
    if arguments.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name}: {value}" for name, value in figures.items()))
    return 0 if is_well(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
