"""Run the bridge: `python -m local.relay <AWS endpoint> <org address> <file with troubles>`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from botocore.exceptions import BotoCoreError, ClientError

from local.relay.bridge import Bridge, Trouble
from local.stack.emulator import aws_client
from local.stack.loopback import loopback_only

EVERY_S = 0.25
TIMEOUT_S = 30


def main(endpoint: str, org_url: str, troubles: Path) -> None:
    """Carry events until the process is ended; a server that does not answer is asked again."""
    session = requests.Session()
    session.trust_env = False
    address = f"{loopback_only(org_url)}/_control/relayed_events"

    def read(after: int) -> Mapping[str, Any]:
        answer = session.get(address, params={"after": str(after)}, timeout=TIMEOUT_S)
        answer.raise_for_status()
        found: Mapping[str, Any] = answer.json()
        return found

    bridge = Bridge(aws_client("events", endpoint), aws_client("sqs", endpoint), read, time.monotonic)
    while True:
        bridge.trouble = _trouble_in(troubles)
        with suppress(requests.RequestException, BotoCoreError, ClientError):
            bridge.carry()
        time.sleep(EVERY_S)


def _trouble_in(file: Path) -> Trouble:
    try:
        return Trouble(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Trouble()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
