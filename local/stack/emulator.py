"""The embedded AWS: ministack, started with a cleaned environment, with IAM enforced."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import boto3
from botocore.config import Config

from local.limits.certificates import Certificates
from local.limits.met import file_of
from local.stack.loopback import free_port, loopback_only
from local.stack.places import AWS_PORT, REGION, RUNTIME, TEST_KEY, VENV_BIN, clean_environment
from local.stack.processes import NotStarted, start, wait_until
from local.stack.waiting import Waiter

ATTEMPTS = 3  # a free port may be taken by another checkout between choosing and binding it


def start_emulator(waiter: Waiter, limits: Sequence[str] = (), trusted: Certificates | None = None) -> str:
    """
    Start the emulator on its own port, or a free one, and return its endpoint once it answers; raise NotStarted.

    `limits` are names of AWS's limits that it is to have, see local/limits/; the functions trust the authority of `trusted`.
    """
    for _ in range(ATTEMPTS - 1):
        with suppress(NotStarted):
            return _start_on(free_port(AWS_PORT), waiter, limits, trusted)
    return _start_on(free_port(), waiter, limits, trusted)


def _start_on(port: int, waiter: Waiter, limits: Sequence[str], trusted: Certificates | None) -> str:
    bundle = {"REQUESTS_CA_BUNDLE": str(trusted.authority)} if trusted else {}
    environment = clean_environment(
        AUTH="true",
        BIND_HOST="127.0.0.1",
        MINISTACK_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        STATE_DIR=str(RUNTIME / "state"),
        MINISTACK_REGION=REGION,
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        **bundle,
    )
    limited = [sys.executable, "-m", "local.limits", f"--met={file_of(os.environ)}", *limits]
    process = start("aws", limited if limits else [str(VENV_BIN / "ministack")], environment)
    endpoint = f"http://127.0.0.1:{port}"
    return wait_until("aws", process, lambda: endpoint if _answers(endpoint) else None, waiter)


def _answers(endpoint: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(f"{endpoint}/_ministack/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def aws_client(service: str, endpoint: str, key: str = TEST_KEY) -> Any:
    """Return a client of the emulator, its root's by default; raise ValueError for an endpoint that is not of this machine."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is a variable
        endpoint_url=loopback_only(endpoint),
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=key,
        config=Config(retries={"mode": "standard", "total_max_attempts": 6}, proxies={}),
    )


def let_statements_pass(endpoint: str, role: str) -> None:
    """
    Let a role whose policy allows PartiQL statements run them in a batch.

    On AWS each statement is authorized as dynamodb:PartiQLInsert or PartiQLUpdate on its table (DynamoDB Developer Guide, IAM with
    PartiQL). The emulator asks for an action of the request's name instead, which IAM does not know, on no table.
    """
    statement = {"Effect": "Allow", "Action": "dynamodb:BatchExecuteStatement", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws_client("iam", endpoint).put_role_policy(
        RoleName=role, PolicyName="statements-in-the-emulator", PolicyDocument=policy
    )
