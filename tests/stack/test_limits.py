"""A stack with AWS's limits really has them: asked from outside, where CAUSEWAY_LIMITS puts them in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from local.demo.connecting import connect
from local.demo.stack_client import StackClient
from local.limits.names import CONCURRENCY, SECRETS, TABLES, TLS, chosen
from local.limits.secrets import SETTLES_S
from local.stack.emulator import aws_client

CALLS = 30
TIMEOUT_S = 150
PATIENCE_S = 120.0
LIMITS = chosen(os.environ)

pytestmark = pytest.mark.stack


def needs(name: str) -> pytest.MarkDecorator:
    """Skip a test of a limit that this run's stack does not have."""
    return pytest.mark.skipif(name not in LIMITS, reason=f"CAUSEWAY_LIMITS does not put in {name}")


@needs(CONCURRENCY)
def test_a_burst_meets_the_accounts_limit_and_passes(stack: dict[str, Any]) -> None:
    url = f"{stack['api_url']}/v1/health"
    with ThreadPoolExecutor(CALLS) as pool:
        statuses = set(pool.map(lambda _: requests.get(url, timeout=TIMEOUT_S).status_code, range(CALLS)))
    assert statuses <= {200, 500}
    assert 500 in statuses
    assert StackClient(stack).call("GET", "/v1/health")["status"] == "ok"


@needs(TABLES)
def test_a_young_table_throttles_now_and_then_and_takes_everything_in_the_end(stack: dict[str, Any]) -> None:
    client, limit = aws_client("dynamodb", stack["aws_endpoint"]), time.monotonic() + PATIENCE_S
    tries, key = 0, {"pk": {"S": "probe of shortages"}}
    while not tries and time.monotonic() < limit:
        answer = client.put_item(TableName=stack["state_table"], Item=key)
        tries = answer["ResponseMetadata"]["RetryAttempts"]
    assert tries


@needs(SECRETS)
def test_a_new_secret_is_known_everywhere_after_a_while(aws: Callable[[str], Any]) -> None:
    secrets, missed = aws("secretsmanager"), 0
    for number in range(10):
        name = f"probe-of-limits-{number}"
        secrets.create_secret(Name=name, SecretString="x")
        try:
            secrets.get_secret_value(SecretId=name)
        except secrets.exceptions.ResourceNotFoundException:
            missed += 1
    assert missed
    time.sleep(SETTLES_S)
    assert secrets.get_secret_value(SecretId="probe-of-limits-9")["SecretString"] == "x"


@needs(TLS)
def test_the_org_is_reached_by_tls_alone(stack: dict[str, Any]) -> None:
    connection = connect(StackClient(stack), "stack-by-tls")
    assert stack["org_origin"].startswith("https://")
    assert connection["instance_url"] == stack["org_origin"]
