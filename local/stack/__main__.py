"""`python -m local.stack up|down|status|links`: what `make up`, `make down` and `make console` do."""

from __future__ import annotations

import argparse
import time

from local.demo.browser_links import browser_links, lines
from local.demo.stack_client import Refused, StackClient
from local.stack.deploy import DeployFailed, UnsupportedMachine, architecture
from local.stack.failures import explained, show_no_traceback
from local.stack.lifecycle import NotPrepared, down, is_up, read_stack, up
from local.stack.places import STACK_FILE
from local.stack.processes import NotStarted
from local.stack.timings import BY_NAME, Timings
from local.stack.waiting import NothingMoved

NOT_UP = "No stack runs from this folder. Start it with: make up"


def main() -> int:
    """Run one command; answer 0 when it was done, 1 when the stack could not start, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m local.stack", description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status", "links"])
    parser.add_argument("--bare", action="store_true", help="up: connect no tenant")
    parser.add_argument(
        "--timings",
        choices=BY_NAME,
        default="patient",
        help="up: how long a push may take; the quick ones are for tests that kill workers",
    )
    given = parser.parse_args()
    show_no_traceback()
    if given.command == "down":
        stopped = down()
        say(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")
        return 0
    if given.command == "status":
        return _status()
    if given.command == "links":
        return _links()
    return _up(prepared=not given.bare, timings=BY_NAME[given.timings])


def _up(*, prepared: bool, timings: Timings) -> int:
    began = time.monotonic()
    try:
        architecture()
        up(say, prepared=prepared, timings=timings)
    except KeyboardInterrupt:
        say("Stopped. Nothing is left running.")
        return 130
    except UnsupportedMachine as machine:
        say(str(machine))
        return 1
    except (NotStarted, DeployFailed, NotPrepared) as failure:
        say(f"✘ The stack did not start. {explained(failure)}")
        return 1
    say(f"Ready after {time.monotonic() - began:.0f} s.")
    return _status() or (_links() if prepared else 0)


def _links() -> int:
    """Make new links and show them."""
    if not is_up():
        say(NOT_UP)
        return 1
    try:
        links = browser_links(StackClient(read_stack()))
    except (Refused, NothingMoved) as failure:
        say(f"✘ The links could not be made. {explained(failure)}")
        return 1
    say("\n".join(lines(links)))
    return 0


def _status() -> int:
    if not is_up():
        say(NOT_UP)
        return 1
    stack = read_stack()
    say(f"  API      {stack['api_url']}/v1/   (IAM, key and secret 'test')")
    say(f"  Console  {stack['console_url']}")
    say(f"  Org      {stack['org_url']}")
    say(f"  AWS      {stack['aws_endpoint']}   region {stack['region']}, key and secret 'test'")
    say(f"  All addresses and names: {STACK_FILE}. Stop with: make down")
    return 0


def say(line: str) -> None:
    """Show progress at once."""
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
