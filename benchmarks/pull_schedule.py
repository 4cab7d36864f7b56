"""
Let the deployed schedule function queue the pulls of many tenants that are all due at once, on a running stack.

    python -m benchmarks.pull_schedule [--tenants 1000] [--syncs 3] --json

Prints `due`, `left`, `queued` (the deployed schedule ticks too), `seconds` and `ticks`; exits 1 unless all were queued
within 60 s. The stack is the
one in `.local/stack.json` (or below CAUSEWAY_LOCAL); its tables and functions are reached through the AWS API alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from itertools import batched
from typing import Any

import boto3
from botocore.config import Config
from causeway.gateways.dynamodb.config.pull_shards import SHARDS, pull_shard
from causeway.syncs.sync import Mapping, PullRules, Schedule, Sync

from local.stack.places import STACK_FILE

BOUND_S = 60


def items(tenants: int, syncs: int, due_at_ms: int) -> Iterator[dict[str, Any]]:
    """Yield the stored form of every sync, as the API saves it."""
    for tenant in range(tenants):
        for number in range(syncs):
            sync = Sync(
                id=f"s{number}",
                source="lead",
                sobject="Contact",
                direction="pull",
                enabled=True,
                pull=PullRules(schedule=Schedule(every_minutes=None, daily_at="03:00")),
                mappings=(Mapping(product="last_name", salesforce="LastName"),),
            )
            name = f"bench-{tenant}"
            yield {
                "pk": {"S": f"T#{name}"},
                "sk": {"S": f"SYNC#{sync.id}"},
                "document": {"S": sync.model_dump_json()},
                "revision": {"N": "1"},
                "due_shard": {"S": pull_shard(name, sync.id)},
                "due_at": {"N": str(due_at_ms)},
            }


def measured(stack: dict[str, Any], tenants: int, syncs: int) -> dict[str, Any]:
    """Save the syncs, tick until nothing is left, and return the figures."""
    session = boto3.Session("test", "test", region_name=stack["region"])
    patient = Config(read_timeout=120, retries={"max_attempts": 0})
    dynamodb: Any = session.client("dynamodb", endpoint_url=stack["aws_endpoint"])
    functions: Any = session.client("lambda", endpoint_url=stack["aws_endpoint"], config=patient)
    due_at_ms = int(time.time() * 1000)
    table, name = stack["config_table"], stack["functions"]["pull_schedule"]
    for some in batched(items(tenants, syncs, due_at_ms), 25, strict=False):
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in some]})
    queued = ticks = 0
    began = time.perf_counter()
    while (left := still_due(dynamodb, table, due_at_ms)) and time.perf_counter() - began < 2 * BOUND_S:
        queued += json.loads(functions.invoke(FunctionName=name)["Payload"].read())["queued"]
        ticks += 1
    seconds = round(time.perf_counter() - began, 1)
    return {"due": tenants * syncs, "left": left, "queued": queued, "seconds": seconds, "ticks": ticks}


def still_due(dynamodb: Any, table: str, due_at_ms: int) -> int:
    """Return how many syncs were not moved on yet, whether the benchmark or the deployed schedule queues them."""
    return sum(
        dynamodb.query(
            TableName=table,
            IndexName="due",
            Select="COUNT",
            KeyConditionExpression="due_shard = :shard AND due_at = :due",
            ExpressionAttributeValues={":shard": {"S": f"PULL#{shard}"}, ":due": {"N": str(due_at_ms)}},
        )["Count"]
        for shard in range(SHARDS)
    )


def main(arguments: list[str]) -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=1_000)
    parser.add_argument("--syncs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    figures = measured(json.loads(STACK_FILE.read_text()), given.tenants, given.syncs)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {figure}" for name, figure in figures.items()))
    return 0 if not figures["left"] and figures["seconds"] <= BOUND_S else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
