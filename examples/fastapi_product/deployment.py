"""Finds the queues of the deployment that the product is to use."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import boto3


class Deployment(NamedTuple):
    """Whose records the product sends, the two queues, and the SQS client for them."""

    tenant: str
    push_queue_url: str
    outbound_queue_url: str
    sqs: Any


def deployment(local: Path = Path(".local/stack.json")) -> Deployment:
    """Return the deployment that the environment names, else the local stack. Raises SystemExit with a sentence when there is none."""
    tenant = os.environ.get("CAUSEWAY_TENANT", "chinook")
    if "PUSH_QUEUE_URL" in os.environ:
        return Deployment(tenant, os.environ["PUSH_QUEUE_URL"], os.environ["OUTBOUND_QUEUE_URL"], boto3.client("sqs"))
    if not local.exists():
        raise SystemExit("No stack runs here. Start one with `make up`, or set PUSH_QUEUE_URL and OUTBOUND_QUEUE_URL.")
    stack = json.loads(local.read_text(encoding="utf-8"))
    sqs = boto3.client(
        "sqs",
        endpoint_url=stack["aws_endpoint"],
        region_name=stack["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    return Deployment(tenant, stack["push_queue_url"], stack["outbound_queue_url"], sqs)
