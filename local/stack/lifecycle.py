"""Starting and stopping the whole stack, all of it or nothing."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from local.limits.certificates import Certificates, make_certificates
from local.limits.met import file_of
from local.limits.names import CONCURRENCY, TLS, chosen
from local.org.setup.connected_apps import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from local.stack.deploy import Deployed, deploy, finish_build, start_build
from local.stack.emulator import start_emulator
from local.stack.interruption import killed_like_ctrl_c, uninterrupted
from local.stack.loopback import free_port, loopback_only
from local.stack.places import (
    API_ID_FILE,
    API_PORT,
    BUILD,
    CERTIFICATES,
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
    log_tail,
    running,
    start_module,
    start_server,
    stop_all,
    wait_for_end,
)
from local.stack.timings import PATIENT, Timings
from local.stack.waiting import NothingMoved, Say, Waiter, patient

PROCESS_LOOK_S = 0.2  # a look at a process reads the machine's whole process table
PUSHES_AT_ONCE, PULLS_AT_ONCE = "10", "5"  # without limits the emulator has room for more than a new account


class OrgAddresses(NamedTuple):
    """`url` is for its control API, always plain; `origin` is what tokens, links and pages name, and what a person types."""

    url: str
    origin: str


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
    for name in ("aws_endpoint", "api_url", "console_url", "org_url", "org_origin"):
        loopback_only(stack[name])
    return stack


def _up(say: Say, waiter: Waiter, timings: Timings) -> dict[str, Any]:
    say("Building the functions and layers (sam build), starting the embedded AWS and the simulated org")
    limits = chosen(os.environ)
    if limits:
        say(f"With AWS's limits: {', '.join(limits)}")
    building = start_build()
    trusted = _certificates(limits)
    endpoint = start_emulator(waiter, limits, trusted)
    org = _start_org(waiter, timings, trusted)
    proxy = ("local.stack.proxy", endpoint, str(API_ID_FILE), str(free_port(API_PORT)))
    api_url = start_server("proxy", waiter, *proxy, environment=clean_environment())
    start_module("relay", "local.relay", endpoint, org.url, str(TROUBLES_FILE), environment=clean_environment())
    finish_build(building, waiter)
    say("Deploying the template (sam deploy)")
    deployed = deploy(endpoint, _parameters(api_url, org.origin, timings, limits), waiter)
    API_ID_FILE.write_text(deployed.outputs["ApiId"], encoding="utf-8")
    stack = _description(deployed, endpoint, api_url, org, timings)
    stack["ca_file"] = str(trusted.authority) if trusted else ""
    STACK_FILE.write_text(json.dumps(stack, indent=2) + "\n", encoding="utf-8")
    return stack


def _certificates(limits: Collection[str]) -> Certificates | None:
    """Return certificates made for this run, where the org is to be reached by TLS."""
    return make_certificates(CERTIFICATES, datetime.now(UTC)) if TLS in limits else None


def _start_org(waiter: Waiter, timings: Timings, trusted: Certificates | None) -> OrgAddresses:
    """Start the org, and a TLS server before it where there are certificates."""
    ORG_FILE.write_text(json.dumps({"settings": _org_settings(timings)}), encoding="utf-8")
    port, tls_port = free_port(ORG_PORT), free_port()
    arguments = ["--port", str(port), "--schema", str(ORG_FILE)]
    if trusted:
        arguments += ["--origin", f"https://127.0.0.1:{tls_port}"]
    origin = start_server("org", waiter, "local.org", *arguments, environment=clean_environment())
    if trusted:
        before = (str(port), str(tls_port), str(trusted.folder), file_of(os.environ))
        start_server("tls", waiter, "local.limits.tls", *before, environment=clean_environment())
    return OrgAddresses(f"http://127.0.0.1:{port}", origin)


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


def _parameters(api_url: str, org_origin: str, timings: Timings, limits: Collection[str]) -> dict[str, str]:
    at_once = {} if CONCURRENCY in limits else {"PushConcurrency": PUSHES_AT_ONCE, "PullConcurrency": PULLS_AT_ONCE}
    return {
        "PublicUrl": api_url,
        "ReturnUrls": api_url,
        "LoopbackOrigins": org_origin,
        "SalesforceClientId": DEFAULT_CLIENT_ID,
        "SalesforceClientSecret": DEFAULT_CLIENT_SECRET,
        **at_once,
        **timings.parameters(),
    }


def _description(
    deployed: Deployed, endpoint: str, api_url: str, org: OrgAddresses, timings: Timings
) -> dict[str, Any]:
    outputs, names = deployed.outputs, deployed.names
    return {
        "aws_endpoint": endpoint,
        "region": REGION,
        "api_url": api_url,
        "console_url": f"{api_url}/console",
        "org_url": org.url,
        "org_origin": org.origin,
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
