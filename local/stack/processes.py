"""Background processes of the stack: started in sessions of their own, remembered by id and birth, stopped by those."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from local.stack.interruption import uninterrupted
from local.stack.places import PROCESSES_FILE, ROOT, RUNTIME
from local.stack.waiting import NothingMoved, Seen, Waiter

STOP_PATIENCE_S = 5.0


class NotStarted(Exception):
    """A process of the stack ended before it was ready; the message ends with the last lines of its log."""


def start(name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process that outlives its caller, logging to .local/causeway-stack/<name>.log, and remember it for `stop_all`."""
    with log_of(name).open("wb") as log, uninterrupted():
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        _remember(name, process.pid)
    return process


def start_module(name: str, module: str, *arguments: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start one of this project's own modules."""
    return start(name, [sys.executable, "-m", module, *arguments], environment)


def start_server(name: str, waiter: Waiter, module: str, *arguments: str, environment: dict[str, str]) -> str:
    """Start a server of ours that prints its address in its first line; return that address, or raise NotStarted."""
    process = start_module(name, module, *arguments, environment=environment)
    return wait_until(name, process, lambda: _first_address(name), waiter)


def _first_address(name: str) -> str | None:
    line, newline, _ = log_of(name).read_text(encoding="utf-8", errors="replace").partition("\n")
    found = [word for word in line.split() if word.startswith(("http://", "https://"))]
    return found[0] if newline and found else None


def wait_until[T](name: str, process: subprocess.Popen[bytes], look: Callable[[], T | None], waiter: Waiter) -> T:
    """Return what `look` finds as soon as it finds something; raise NotStarted when the process ends, or patience and then it."""

    def seen() -> Seen[T]:
        found = look()
        if found is None and process.poll() is not None:
            raise NotStarted(f"{name} ended with code {process.returncode}:\n{log_tail(name)}")
        return Seen(found, _last_line(name), _log_size(name))

    try:
        return waiter.wait(f"{name} to answer", seen)
    except NothingMoved as given_up:
        _signal_group(process.pid, signal.SIGKILL)
        raise NotStarted(f"{given_up}\n{log_tail(name)}") from None


def wait_for_end(name: str, process: subprocess.Popen[bytes], waiter: Waiter) -> int:
    """Return a process's exit code; raise NothingMoved, the process killed, when for minutes it neither logged nor computed."""

    def seen() -> Seen[int]:
        return Seen(process.poll(), _last_line(name), (_log_size(name), _processor_ticks(process.pid)))

    try:
        return waiter.wait(name.replace("-", " "), seen)
    except NothingMoved:
        _signal_group(process.pid, signal.SIGKILL)
        raise


def log_of(name: str) -> Path:
    """Return the file a process logs to."""
    return RUNTIME / f"{name}.log"


def log_tail(name: str, lines: int = 15) -> str:
    """Return the last lines of a process's log."""
    path = log_of(name)
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    return "\n".join(text.splitlines()[-lines:])


def _last_line(name: str, widest: int = 100) -> str:
    return log_tail(name, 1).strip()[:widest]


def _log_size(name: str) -> int:
    path = log_of(name)
    return path.stat().st_size if path.exists() else 0


def _processor_ticks(session: int) -> int:
    """Return the processor time of a session's processes and of their ended children (proc(5), fields 6 and 14 to 17)."""
    found = (_fields(process) for process in Path("/proc").glob("[0-9]*"))
    return sum(sum(map(int, fields[11:15])) for fields in found if fields and fields[3] == str(session))


def running() -> dict[str, int]:
    """Return the remembered processes that still run, as name → process id."""
    return {name: pid for name, (pid, birth) in _remembered().items() if _birth(pid) == birth}


def stop_all() -> list[str]:
    """Stop every remembered process with its children, politely and then firmly; return the names of those stopped."""
    ours = {name: pid for name, (pid, birth) in _remembered().items() if _is_ours(pid, birth)}
    for pid in ours.values():
        _signal_group(pid, signal.SIGTERM)
    limit = time.monotonic() + STOP_PATIENCE_S
    while time.monotonic() < limit and any(_lives(pid) for pid in ours.values()):
        time.sleep(0.05)
    for pid in ours.values():
        _signal_group(pid, signal.SIGKILL)
    PROCESSES_FILE.unlink(missing_ok=True)
    return list(ours)


def _is_ours(pid: int, birth: str) -> bool:
    """Say whether a process, or the group it led and left behind, is the one remembered: no id is reused while its group lives."""
    return _birth(pid) in (birth, "") and _group_exists(pid)


def _group_exists(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _remember(name: str, pid: int) -> None:
    remembered = {**_remembered(), name: (pid, _birth(pid))}
    PROCESSES_FILE.write_text(json.dumps(remembered), encoding="utf-8")


def _remembered() -> dict[str, tuple[int, str]]:
    if not PROCESSES_FILE.exists():
        return {}
    stored = json.loads(PROCESSES_FILE.read_text(encoding="utf-8"))
    return {name: (pid, birth) for name, (pid, birth) in stored.items()}


def _birth(pid: int) -> str:
    """Return when a process began, in clock ticks since boot: with the id it names one process for ever (proc(5), field 22)."""
    fields = _fields(Path(f"/proc/{pid}"))
    return "" if not fields or fields[0] == "Z" else fields[19]


def _fields(process: Path) -> list[str]:
    """Return what the kernel says of a process from its state on (proc(5), field 3), nothing when it has ended."""
    try:
        return (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _lives(pid: int) -> bool:
    _reap(pid)
    return bool(_birth(pid))


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # started by an earlier command, so init reaps it


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
