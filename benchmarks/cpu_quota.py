"""A share of one processor for a process, as Lambda gives by memory: stopped for the rest of each period once its share is used."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

VCPU_MB = 1_769  # at this memory a function has one vCPU (AWS Lambda Developer Guide, Configure Lambda function memory)
PERIOD_S = 0.02
LOOK_S = 0.001


def share_of(memory_mb: int) -> float:
    """Return the part of one processor that a Python process gets of a memory; its interpreter lock uses no second one."""
    return min(1.0, memory_mb / VCPU_MB)


def used_s(pid: int) -> float:
    """Return the processor seconds that all threads of a process have used."""
    total_ns = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total_ns += int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # a thread that has just ended
    return total_ns / 1e9


@contextmanager
def limited(pid: int, share: float) -> Iterator[None]:
    """Let a process use only this share of a processor meanwhile; a whole one is no limit."""
    done = Event()
    keeper = Thread(target=_keep, args=(pid, share, done), daemon=True)
    if share < 1:
        keeper.start()
    try:
        yield
    finally:
        done.set()
        if share < 1:
            keeper.join()


def _keep(pid: int, share: float, done: Event) -> None:
    try:
        while not done.is_set():
            began, before = time.perf_counter(), used_s(pid)
            while (left := PERIOD_S - (time.perf_counter() - began)) > 0 and not done.is_set():
                over = used_s(pid) - before - share * PERIOD_S
                if over >= 0:
                    _pause(pid, max(left, 0) + over / share, done)
                    break
                time.sleep(min(LOOK_S, left))
    except (FileNotFoundError, ProcessLookupError):
        return  # the process ended


def _pause(pid: int, seconds: float, done: Event) -> None:
    """Stop the process for so long; what it used beyond its share is taken off, too."""
    os.kill(pid, signal.SIGSTOP)
    try:
        done.wait(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)
