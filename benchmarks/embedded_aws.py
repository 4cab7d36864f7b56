"""The embedded AWS in a process of its own, with the tables and queues that push writes to, for benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import boto3
from botocore.config import Config

from local.stack.loopback import free_port

PATIENCE_S = 40
REGION = "eu-central-1"


class EmbeddedAws:
    """Clients of one emulator."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def client(self, service: str) -> Any:
        """Return a client as the functions have it."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # the name is a variable
            endpoint_url=self._endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(max_pool_connections=32, retries={"mode": "standard", "total_max_attempts": 4}, proxies={}),
        )

    def table(self, name: str, *keys: str) -> None:
        """Create a table with these string keys."""
        self.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        )

    def queue(self, name: str) -> str:
        """Create a queue and return its URL."""
        url: str = self.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        return url


@contextmanager
def embedded_aws() -> Iterator[EmbeddedAws]:
    """Start the emulator on a free port with nothing of the caller's environment, and stop it at the end."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": folder,
            "TMPDIR": folder,
            "STATE_DIR": folder,
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        command = [str(Path(sys.executable).parent / "ministack")]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            endpoint = f"http://127.0.0.1:{port}"
            _await(endpoint)
            yield EmbeddedAws(endpoint)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _await(endpoint: str) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        try:
            with build_opener(ProxyHandler({})).open(f"{endpoint}/_ministack/health", timeout=1):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit("The embedded AWS did not start.")
