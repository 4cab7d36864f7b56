"""`make demo`: start a stack of its own, run the main job on it, say what came of it, stop it. Exits 1 when a promise does not hold."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import requests
from botocore.exceptions import BotoCoreError, ClientError

from local.demo.report import Unmet, say
from local.demo.stack_client import Refused, running_stack
from local.demo.steps import prepare, run
from local.stack.deploy import DeployFailed, UnsupportedMachine, architecture
from local.stack.failures import explained, show_no_traceback
from local.stack.interruption import killed_like_ctrl_c, uninterrupted
from local.stack.lifecycle import down, is_up, up
from local.stack.processes import NotStarted
from local.stack.waiting import NothingMoved

Failure = (
    Unmet,
    Refused,
    NothingMoved,
    LookupError,
    RuntimeError,
    requests.RequestException,
    BotoCoreError,
    ClientError,
)
LOOK_AROUND = """
All of it held. To look around yourself:

   make up      the same stack, with tenant 'chinook' connected and both syncs live; prints the addresses
   make down    stops it and leaves nothing behind

The README's "Send your first message" shows how a product pushes its own people."""


def main() -> int:
    """Run the demo, or only its preparation on a stack that runs already."""
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--prepare", action="store_true", help="connect the demo's tenant and save its syncs, no more")
    preparing = parser.parse_args().prepare
    show_no_traceback()
    if preparing:
        return _exit_code(lambda: prepare(running_stack()))
    if is_up():
        print("A stack runs in this folder already. Stop it first (make down): the demo starts from an empty org.")
        return 1
    return _on_its_own_stack()


def _on_its_own_stack() -> int:
    """Stop the stack afterwards, unless something failed: then it stays, for a look."""
    began = time.monotonic()
    try:
        architecture()
        with killed_like_ctrl_c():
            up(say, prepared=False)
            status = _exit_code(lambda: run(running_stack()))
    except KeyboardInterrupt:
        _stop()
        print("\nStopped. Nothing is left running.")
        return 130
    except UnsupportedMachine as machine:
        print(machine)
        return 1
    except (NotStarted, DeployFailed) as failure:
        print(f"✘ The stack did not start. {explained(failure)}")
        return 1
    if status:
        print(explained(""))
        return status
    _stop()
    print(f"{LOOK_AROUND}\n\nIt took {time.monotonic() - began:.0f} s.")
    return 0


def _stop() -> None:
    with uninterrupted():
        down()


def _exit_code(job: Callable[[], None]) -> int:
    try:
        job()
    except Failure as failure:
        print(f"\n✘ This did not hold: {failure}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
