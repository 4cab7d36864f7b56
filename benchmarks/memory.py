"""
How much memory push and pull should have: Lambda gives processor by memory, and charges for both by the second.

    python -m benchmarks.memory [--people 1000] [--small 10] [--rows 20000] [--latency-ms 100] [--quota] --json

Measures, each in a process of its own on this machine's processor: a batch of push with claims, history and outcomes in the
embedded AWS (`push`, and `push_small` of few changes), and a first import (`pull`, stores in memory). Prints for each how many
seconds of processor it took (`cpu_s`) and of waiting for others (`wait_s`), and by memory the seconds that follow from Lambda's
share of a processor (`estimated_s` = cpu_s / share + wait_s) and the dollars that a million changes or rows cost by prices.json
(duration alone; requests cost the same). With `--quota` it runs each size again under such a share (cpu_quota.py):
`measured_s`. This machine's processor is not Lambda's, and what a busy machine keeps from it counts as waiting: figures compare
sizes with each other. `deployed_mb` is what template.yaml says.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from causeway.observability import logger

from benchmarks.costs import prices
from benchmarks.cpu_quota import limited, share_of

SIZES_MB = (512, 768, 1024, 1280, 1536, 1769, 2048)
TEMPLATE = Path(__file__).parent.parent / "template.yaml"


def measured(job: str, count: int, latency_ms: int, share: float = 1.0) -> dict[str, float]:
    """Do one job in a process of its own that has a share of a processor, once it is ready."""
    command = [sys.executable, "-m", "benchmarks.memory", "--worker", job, "--count", str(count)]
    command += ["--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        if worker.stdin is None or worker.stdout is None:
            raise RuntimeError("the worker has no pipes")
        if worker.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the worker of {job} did not get ready")
        with limited(worker.pid, share):
            worker.stdin.write("go\n")
            worker.stdin.flush()
            figures: dict[str, float] = json.loads(worker.stdout.readline())
        worker.stdin.close()
    return figures


def sizes_of(found: dict[str, float], count: int) -> dict[str, dict[str, float]]:
    """Return by memory what a job takes and costs, from its seconds of processor and of waiting."""
    sizes: dict[str, dict[str, float]] = {}
    for size_mb in SIZES_MB:
        seconds = found["cpu_s"] / share_of(size_mb) + found["wait_s"]
        sizes[str(size_mb)] = {
            "estimated_s": round(seconds, 3),
            "dollars_per_million": round(dollars_per_million(seconds, size_mb, count), 3),
        }
    return sizes


def dollars_per_million(seconds: float, size_mb: int, count: int) -> float:
    """Return what a million changes or rows cost where `count` of them take so many seconds at a memory."""
    rate: float = prices()["dollars_per_gb_second_arm"]
    return seconds * size_mb / 1024 * rate * 1_000_000 / count


def deployed_mb(function: str) -> int:
    """Return the memory that the template gives a function."""
    found = re.search(
        rf"^  {function}:\n(?:    .*\n)*?      MemorySize: (\d+)", TEMPLATE.read_text("utf-8"), re.MULTILINE
    )
    if found is None:
        raise SystemExit(f"template.yaml says no memory for {function}")
    return int(found[1])


@contextmanager
def _push(count: int, latency_ms: int) -> Iterator[Any]:
    """Give a call that pushes one batch; everything that it needs is there before."""
    from benchmarks.people import changes, connected, handle
    from benchmarks.push_embedded import in_aws

    with connected(latency_ms, count) as (_, world), in_aws(world, "statements") as stores:
        sent = changes(range(count))
        yield lambda: handle(world, sent, **stores)


@contextmanager
def _pull(count: int, latency_ms: int) -> Iterator[Any]:
    """Give a call that imports so many contacts."""
    from benchmarks.orgs import running_org
    from benchmarks.pull import PAGES, load
    from benchmarks.pull_worker import pull_once

    with running_org() as org:
        load(org, count)
        delay = {"do": "delay", "kind": "", "path": "/services/data/", "delay_s": latency_ms / 1000, "times": None}
        org.control("POST", "faults", delay)
        yield lambda: pull_once(org.session, "rest", PAGES)


def work(job: str, count: int, latency_ms: int) -> None:
    """Be the process that works: say that it is ready, wait for a line, print what the work took."""
    with (_pull if job == "pull" else _push)(count, latency_ms) as run:
        print("ready", flush=True)
        sys.stdin.readline()
        began, cpu = time.perf_counter(), time.process_time()
        run()
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "peak_mb": peak_mb}), flush=True)


def figures_of(job: str, count: int, latency_ms: int, *, quota: bool) -> dict[str, Any]:
    """Return the figures of one job, each size measured under its share where that is asked for."""
    found = measured(job, count, latency_ms)
    found["wait_s"] = max(0.0, found["seconds"] - found["cpu_s"])
    sizes = sizes_of(found, count)
    for size_mb in SIZES_MB if quota else ():
        seconds = measured(job, count, latency_ms, share_of(size_mb))["seconds"]
        sizes[str(size_mb)] |= {
            "measured_s": round(seconds, 3),
            "measured_dollars_per_million": round(dollars_per_million(seconds, size_mb, count), 3),
        }
    return {
        "count": count,
        **{name: round(value, 3) for name, value in found.items()},
        "deployed_mb": deployed_mb("PullFunction" if job == "pull" else "PushFunction"),
        "by_memory_mb": sizes,
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.memory", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--small", type=int, default=10)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--latency-ms", type=int, default=100)
    parser.add_argument("--quota", action="store_true", help="measure each size under its share of a processor")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    parser.add_argument("--worker", choices=["push", "pull"], help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    logger.setLevel("CRITICAL")
    if given.worker:
        work(given.worker, given.count, given.latency_ms)
        return 0
    jobs = {"push": ("push", given.people), "push_small": ("push", given.small), "pull": ("pull", given.rows)}
    figures = {name: figures_of(job, count, given.latency_ms, quota=given.quota) for name, (job, count) in jobs.items()}
    print(json.dumps(figures) if given.json else _table(figures))
    return 0


def _table(figures: dict[str, Any]) -> str:
    lines = []
    for name, found in figures.items():
        lines.append(
            f"{name}: {found['cpu_s']} s of processor, {found['wait_s']} s of waiting, {found['deployed_mb']} MB deployed"
        )
        lines += [f"  {size:>5} MB  {by}" for size, by in found["by_memory_mb"].items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
