"""Every function has example events that look like its trigger's, and a row in the README."""

from __future__ import annotations

import json
from typing import Any

import pytest
from causeway.gateways.aws.pull_queues import job_of
from causeway.pull.jobs import PullJob

from tests.support.template import ROOT, folder, functions

EXAMPLES = sorted((ROOT / "events").glob("*/*.json"))
KINDS_THAT_READ_A_QUEUE = {"push", "pull", "dead_letter", "notices", "relay"}

each_function = pytest.mark.parametrize("name", sorted(folder(function) for function in functions().values()))


def example(path: str) -> dict[str, Any]:
    """Return one example event."""
    loaded: dict[str, Any] = json.loads((ROOT / "events" / path).read_text(encoding="utf-8"))
    return loaded


@each_function
def test_a_function_has_an_example_event(name: str) -> None:
    assert [path for path in EXAMPLES if path.parent.name == name]


@each_function
def test_a_function_has_a_row_in_the_readme(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_example_belongs_to_a_function_and_is_shaped_like_its_trigger(path: Any) -> None:
    assert path.parent.name in {folder(function) for function in functions().values()}
    event = example(f"{path.parent.name}/{path.name}")
    records = event.get("Records", [])
    assert bool(records) == (path.parent.name in KINDS_THAT_READ_A_QUEUE)
    assert all({"messageId", "receiptHandle", "body"} <= set(record) for record in records)
    assert all(record["attributes"]["SentTimestamp"].isdecimal() for record in records)


def test_the_example_jobs_of_pull_are_jobs() -> None:
    jobs = [
        job_of(example(f"pull/{path.name}")["Records"][0]["body"]) for path in EXAMPLES if path.parent.name == "pull"
    ]
    assert all(isinstance(job, PullJob) and job.tenant == "acme" for job in jobs)
    assert {job.hop for job in jobs} == {0, 3}
