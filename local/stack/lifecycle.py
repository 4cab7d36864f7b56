"""Starting and stopping the whole stack, all of it or nothing."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from local.limits.names import CONCURRENCY, chosen
from local.org.setup.connected_apps import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from local.stack.deploy import Deployed, deploy, finish_build, start_build
from local.stack.emulator import start_emulator
from local.stack.interruption import killed_like_ctrl_c, uninterrupted
from local.stack.loopback import free_port, loopback_only
from local.stack.places import (
    API_ID_FILE,
    API_PORT,
    BUILD,
    LOCAL,
    ORG_FILE,
    ORG_PORT,
    REGION,
    STACK_FILE,
    TROUBLES_FILE,
    clean_environment,
    make_folders,
    remove_folders,
)
from local.stack.processes import (
    log_of,
    log_tail,
    running,
    start_module,
    stop_all,
    wait_for_end,
    wait_until,
)
from local.stack.timings import PATIENT, Timings
from local.stack.waiting import NothingMoved, Say, Waiter, patient

PROCESS_LOOK_S = 0.2  # a look at a process reads the machine's whole process table
PUSHES_AT_ONCE, PULLS_AT_ONCE = "10", "5"  # without limits the emulator has room for more than a new account


class NotPrepared(Exception):
    """The stack started, but the demo's tenant could not be connected; the message ends with the last lines of its log."""


def up(say: Say, *, prepared: bool, timings: Timings = PATIENT) -> dict[str, Any]:
    """
    Start everything and return what .local/stack.json says; a stack that runs already is left as it is.

    `prepared` also connects the demo's tenant and saves its syncs. Raises NotStarted, DeployFailed or NotPrepared: what was
    started goes on then and its logs stay, for a look, until `down`. Ctrl-C stops what was started and removes what was written.
    """
    if is_up():
        say("The stack runs already.")
        return read_stack()
    down()
    with _nothing_left_by_ctrl_c(), _alone_with_the_build(say):
        make_folders()
        waiter = patient(say, look_every_s=PROCESS_LOOK_S)
        stack = _up(say, waiter, timings)
        if prepared:
            say("Connecting the demo's tenant and saving its syncs")
            _prepare(waiter)
        return stack


def down() -> list[str]:
    """Stop every process of the stack and remove what it wrote; return the names of the processes stopped."""
    stopped = stop_all()
    remove_folders()
    return stopped


def is_up() -> bool:
    """Say whether the stack was started completely and all its servers still run."""
    return STACK_FILE.exists() and {"aws", "org", "proxy"} <= set(running())


def read_stack() -> dict[str, Any]:
    """Return .local/stack.json; raise ValueError when an address in it is not of this machine."""
    stack: dict[str, Any] = json.loads(STACK_FILE.read_text(encoding="utf-8"))
    for name in ("aws_endpoint", "api_url", "console_url", "org_url"):
        loopback_only(stack[name])
    return stack


def _up(say: Say, waiter: Waiter, timings: Timings) -> dict[str, Any]:
    say("Building the functions and layers (sam build), starting the embedded AWS and the simulated org")
    limits = chosen(os.environ)
    if limits:
        say(f"With AWS's limits: {', '.join(limits)}")
    building = start_build()
    endpoint = start_emulator(waiter, limits)
    ORG_FILE.write_text(json.dumps({"settings": _org_settings(timings)}), encoding="utf-8")
    org_url = _start_server("org", waiter, "local.org", "--port", str(free_port(ORG_PORT)), "--schema", str(ORG_FILE))
    api_url = _start_server("proxy", waiter, "local.stack.proxy", endpoint, str(API_ID_FILE), str(free_port(API_PORT)))
    start_module("relay", "local.relay", endpoint, org_url, str(TROUBLES_FILE), environment=clean_environment())
    finish_build(building, waiter)
    say("Deploying the template (sam deploy)")
    deployed = deploy(endpoint, _parameters(api_url, org_url, timings, limits), waiter)
    API_ID_FILE.write_text(deployed.outputs["ApiId"], encoding="utf-8")
    stack = _description(deployed, endpoint, api_url, org_url, timings)
    STACK_FILE.write_text(json.dumps(stack, indent=2) + "\n", encoding="utf-8")
    return stack


def _org_settings(timings: Timings) -> dict[str, Any]:
    """A write whose answer was lost arrives, if at all, while its outcome still counts as unknown; a reset of the org keeps it so."""
    return {"late_apply_max_s": timings.unknown_outcome_hold_s}


def _prepare(waiter: Waiter) -> None:
    environment = clean_environment(CAUSEWAY_LOCAL=str(LOCAL))
    process = start_module("demo", "local.demo", "--prepare", environment=environment)
    try:
        failed = wait_for_end("demo", process, waiter)
    except NothingMoved as given_up:
        raise NotPrepared(f"{given_up}\n{log_tail('demo')}") from None
    if failed:
        raise NotPrepared(f"The demo's tenant could not be prepared:\n{log_tail('demo')}")


def _start_server(name: str, waiter: Waiter, module: str, *arguments: str) -> str:
    """Start a server of ours that prints its address as the first line; return that address."""
    process = start_module(name, module, *arguments, environment=clean_environment())
    return wait_until(name, process, lambda: _first_address(name), waiter)


def _first_address(name: str) -> str | None:
    line, newline, _ = log_of(name).read_text(encoding="utf-8", errors="replace").partition("\n")
    found = [word for word in line.split() if word.startswith("http://")]
    return found[0] if newline and found else None


def _parameters(api_url: str, org_url: str, timings: Timings, limits: Collection[str]) -> dict[str, str]:
    at_once = {} if CONCURRENCY in limits else {"PushConcurrency": PUSHES_AT_ONCE, "PullConcurrency": PULLS_AT_ONCE}
    return {
        "PublicUrl": api_url,
        "ReturnUrls": api_url,
        "LoopbackOrigins": org_url,
        "SalesforceClientId": DEFAULT_CLIENT_ID,
        "SalesforceClientSecret": DEFAULT_CLIENT_SECRET,
        **at_once,
        **timings.parameters(),
    }


def _description(deployed: Deployed, endpoint: str, api_url: str, org_url: str, timings: Timings) -> dict[str, Any]:
    outputs, names = deployed.outputs, deployed.names
    return {
        "aws_endpoint": endpoint,
        "region": REGION,
        "api_url": api_url,
        "console_url": f"{api_url}/console",
        "org_url": org_url,
        "push_queue_url": outputs["PushQueueUrl"],
        "push_dlq_url": outputs["PushDeadLetterQueueUrl"],
        "outbound_queue_url": outputs["OutboundQueueUrl"],
        "pull_queue_url": outputs["PullQueueUrl"],
        "event_bus": outputs["EventBusName"],
        "relay_queue_url": names["RelayQueue"],
        "troubles_file": str(TROUBLES_FILE),
        "config_table": names["ConfigTable"],
        "state_table": names["StateTable"],
        "parked_table": names["ParkedTable"],
        "functions": deployed.functions(),
        "recovery_bound_s": timings.recovery_bound_s,
    }


@contextmanager
def _nothing_left_by_ctrl_c() -> Iterator[None]:
    """Undo everything when the block is interrupted."""
    with killed_like_ctrl_c():
        try:
            yield
        except KeyboardInterrupt:
            with uninterrupted():
                down()
            raise


@contextmanager
def _alone_with_the_build(say: Say) -> Iterator[None]:
    """Keep a second stack of this checkout from building while this one builds and packages."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another stack of this checkout is being built; this one starts after it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
