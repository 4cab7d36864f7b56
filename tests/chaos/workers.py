"""The push function's worker processes of one stack, found by its address in their environment, and a SIGKILL for a busy one."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.stack.emulator import aws_client

WORKERS = 3  # at once: the emulator runs all of them on this machine's few cores, where AWS gives each its own
STARTED_S = 2.0  # a younger process imports, and has no batch yet
SAMPLE_S = 0.12  # how long a worker is watched for using the processor
PATIENCE_S = 60.0


def limit_workers(stack: Mapping[str, Any], most: int = WORKERS) -> None:
    """Let at most so many push workers of the stack run at once."""
    functions = aws_client("lambda", stack["aws_endpoint"])
    for mapping in functions.list_event_source_mappings(FunctionName=stack["functions"]["push"])["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": most})


def push_workers(stack: Mapping[str, Any]) -> list[int]:
    """Return the process ids of the stack's push workers; those of other stacks on this machine have other endpoints."""
    wanted = {
        f"AWS_LAMBDA_FUNCTION_NAME={stack['functions']['push']}".encode(),
        f"AWS_ENDPOINT_URL={stack['aws_endpoint']}".encode(),
    }
    return [int(process.name) for process in Path("/proc").glob("[0-9]*") if wanted <= _environment(process)]


def kill_busy_worker(stack: Mapping[str, Any], chance: random.Random) -> bool:
    """Kill one push worker that is at work; return False when none worked for a minute."""
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit:
        busy = busy_workers(stack)
        if busy and kill(chance.choice(busy)):
            return True
    return False


def busy_workers(stack: Mapping[str, Any]) -> list[int]:
    """Return the push workers that use the processor just now."""
    before = {pid: _ticks(pid) for pid in push_workers(stack) if _age_s(pid) >= STARTED_S}
    time.sleep(SAMPLE_S)
    return [pid for pid, ticks in before.items() if _ticks(pid) > ticks]


def kill(pid: int) -> bool:
    """Kill a process as the machine's failure would; return False when it has ended by itself."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _environment(process: Path) -> set[bytes]:
    try:
        return set((process / "environ").read_bytes().split(b"\0"))
    except OSError:
        return set()  # it ended, or is not ours


def _age_s(pid: int) -> float:
    """Return how long a process has run (proc(5), field 22: clock ticks from the machine's start to the process's)."""
    fields = _fields(pid)
    up_s = float(Path("/proc/uptime").read_text(encoding="utf-8").split()[0])
    return up_s - int(fields[19]) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _ticks(pid: int) -> int:
    """Return the processor time a process has used, in clock ticks (proc(5), fields 14 and 15)."""
    fields = _fields(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _fields(pid: int) -> list[str]:
    """Return what the kernel tells of a process from its state on (field 3), nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []
