"""
Push people who match by email into the simulated org over HTTP, compared with a plain simple-salesforce loop on some of them.

    python -m benchmarks.push --people 1000 --latency-ms 100 [--variant single_items] --json

Half of the people are new to both sObjects, half are known in both with one changed field each; a Lead and a Contact sync are
on. The real handler gets one batch; the org runs in a process of its own, every answer held back by the latency; AWS stores are
in memory. Prints `api_calls` (describe apart), `api_calls_200` (batches of 200), `text_more_calls` (calls that 10 texts with `@{`
among 200 people cost more than plain texts), `records_per_s`, `cpu_ms_per_change`,
`peak_memory_mb` (a process of its own, 5,000 changes), `dynamodb_writes_per_change`, `timeline_write_units_per_change` (of 1 KB, for the
timelines of records), `unchanged_write_calls`, and
`plain_api_calls`, `plain_records_per_s` (per sObject: query by email, then create or update; 50 people, scaled). The figures
that begin with `embedded_` are of the same batch with claims, history and outcomes in the embedded AWS; `embedded_cpu_ratio` is that
processor time by the one of claims as single items (`single_items_cpu_ms_per_change`, also with `--variant single_items`).
`many_tenants_cpu_ratio` is the processor time of as many changes of 100 tenants by that of one tenant's, stores in memory;
`embedded_many_tenants_cpu_ratio` the same with claims, history and outcomes in the embedded AWS.
`wcu_per_change` (what for: `wcu_parts`), `rcu_per_change`,
`dynamodb_bytes_per_entity` and `dollars_per_million` (units of StateTable; DynamoDB, SQS and Lambda, by prices.json) are of
people whom Causeway meets for the first time; those that begin with `known_` are of the next change of each.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from functools import partial
from typing import Any

from causeway.observability import logger

from benchmarks.costs import MeteredClaims, dollars_per_million, stored
from benchmarks.orgs import plain_client
from benchmarks.people import PER_MESSAGE, changes, connected, handle, person
from benchmarks.push_embedded import CLAIMS, measure_embedded, measure_many_tenants
from tests.support.push.world import TENANT

PLAIN_PEOPLE = 50
MEMORY_CHANGES = 5_000
SMALL_BATCH = 200


def measure_batch(people: int, latency_ms: int) -> dict[str, Any]:
    """Push everybody in one batch, then the same again, which must cost no write."""
    with connected(latency_ms, people) as (_, world):
        sent = changes(range(people))
        began, cpu = time.perf_counter(), time.process_time()
        handle(world, sent)
        took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
        calls, writes = world.calls(), world.state.writes
        results = [item["result"] for item in world.outcomes()]
        units = sum(len(part) // 1024 + 1 for parts in world.history.timelines.values() for part in parts)
        written = world.write_calls
        handle(world, sent)
        again, unchanged_writes = world.calls(), world.write_calls - written
    if results.count("created") != people or results.count("updated") != people:
        raise SystemExit(f"not everybody was created or updated: {sorted(set(results))}")
    return {
        "api_calls": sum(calls.values()),
        "records_per_s": round(2 * people / took_s, 1),
        "cpu_ms_per_change": round(cpu_s * 1000 / people, 3),
        "dynamodb_writes_per_change": round(writes / people, 2),
        "timeline_write_units_per_change": round(units / people, 3),
        "unchanged_api_calls": sum(again.values()),
        "unchanged_write_calls": unchanged_writes,
    }


def measure_costs(people: int, latency_ms: int) -> dict[str, Any]:
    """Push everybody in one batch, then a change of each, and return what that takes of DynamoDB and costs (costs.py)."""
    with connected(0, people) as (_, world):
        taken, parts = [], []
        began = time.perf_counter()
        for phone in ("+49 30 555", "+49 30 777"):
            claims = MeteredClaims(world.state, f"worker-{phone}", world.clock, 720_000)
            world.now += 60_000
            handle(world, changes(range(people), phone), claims=claims)
            taken.append((claims.write_units / people, claims.read_units / people))
            parts.append({each: round(count / people, 3) for each, count in sorted(claims.written.items())})
        seconds = (time.perf_counter() - began) / 2 / people
        sizes = [stored(item) for item in world.state.items.values() if item.state]
    (writes, reads), (writes_again, reads_again) = taken
    return {
        "wcu_per_change": round(writes, 2),
        "wcu_parts": parts[0],
        "rcu_per_change": round(reads, 2),
        "dynamodb_bytes_per_entity": round(sum(sizes) / len(sizes)),
        "dollars_per_million": dollars_per_million(writes, reads, seconds, PER_MESSAGE),
        "known_wcu_per_change": round(writes_again, 2),
        "known_wcu_parts": parts[1],
        "known_rcu_per_change": round(reads_again, 2),
        "known_dollars_per_million": dollars_per_million(writes_again, reads_again, seconds, PER_MESSAGE),
    }


def measure_small_batches(people: int, latency_ms: int) -> dict[str, Any]:
    """Push everybody in batches of 200."""
    with connected(latency_ms, people) as (_, world):
        sent = changes(range(people))
        for start in range(0, people, SMALL_BATCH):
            handle(world, sent[start : start + SMALL_BATCH])
        return {"api_calls_200": sum(world.calls().values())}


def measure_texts(people: int, latency_ms: int) -> dict[str, Any]:
    """Push 200 people twice into orgs of their own: with plain texts, and with 10 texts that composite calls would resolve."""
    taken = []
    for texts in (0, 10):
        with connected(latency_ms, SMALL_BATCH) as (_, world):
            world.batch_size.note(
                TENANT, SMALL_BATCH, 100
            )  # as after a first call: five collections share the next ones
            sent = changes(range(SMALL_BATCH))
            for place in range(texts):  # among the new and the known people
                sent[place * SMALL_BATCH // texts]["fields"]["title"] = "Head of @{department}"
            handle(world, sent)
            taken.append(sum(world.calls().values()))
    return {"text_more_calls": taken[1] - taken[0]}


def measure_plain(people: int, latency_ms: int) -> dict[str, Any]:
    """Push some people as anybody would with simple-salesforce, and scale."""
    with connected(latency_ms, people) as (org, world):
        client = plain_client(org.session)
        half = PLAIN_PEOPLE // 2
        chosen = [*range(half), *range(people // 2, people // 2 + half)]
        began = time.perf_counter()
        for number in chosen:
            push_plainly(client, person(number))
        took_s = time.perf_counter() - began
        calls = sum(world.calls().values())
    return {
        "plain_api_calls": round(calls * people / len(chosen)),
        "plain_records_per_s": round(2 * len(chosen) / took_s, 2),
    }


def push_plainly(client: Any, fields: dict[str, Any]) -> None:
    """Query by email, then create or update, per sObject."""
    common = {
        "FirstName": fields["first_name"],
        "LastName": fields["last_name"],
        "Email": fields["email"],
        "Phone": fields["phone"],
        "Title": fields["title"],
    }
    for sobject, more in (("Contact", {}), ("Lead", {"Company": fields["company"]})):
        found = client.query(f"SELECT Id FROM {sobject} WHERE Email = '{fields['email']}'")["records"]
        headers = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
        if found:
            getattr(client, sobject).update(found[0]["Id"], {**common, **more}, headers=headers)
        else:
            getattr(client, sobject).create({**common, **more}, headers=headers)


def measure_memory() -> dict[str, Any]:
    """Push 5,000 changes in a process of its own and return its peak memory."""
    command = [sys.executable, "-m", "benchmarks.push", "--memory-only"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return {"peak_memory_mb": json.loads(answer.stdout.splitlines()[-1])["peak_memory_mb"]}


def memory_only() -> int:
    with connected(0, MEMORY_CHANGES) as (_, world):
        handle(world, changes(range(MEMORY_CHANGES)))
    print(json.dumps({"peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)}))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.push", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--latency-ms", type=int, default=100)
    parser.add_argument("--variant", choices=CLAIMS, default="statements", help="how the embedded AWS gets claims")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    parser.add_argument("--memory-only", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    logger.setLevel("CRITICAL")
    if given.memory_only:
        return memory_only()
    figures = {"people": given.people, "latency_ms": given.latency_ms}
    for measure in (
        measure_batch,
        measure_costs,
        measure_small_batches,
        measure_texts,
        measure_plain,
        measure_many_tenants,
        partial(measure_embedded, variant=given.variant),
    ):
        figures |= measure(given.people, given.latency_ms)
    figures |= measure_memory()
    figures["times_faster"] = round(figures["records_per_s"] / figures["plain_records_per_s"], 1)
    figures["times_fewer_calls"] = round(figures["plain_api_calls"] / figures["api_calls"], 1)
    print(json.dumps(figures) if given.json else "\n".join(f"{name:28} {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
