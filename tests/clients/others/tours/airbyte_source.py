"""Airbyte's source: check, discover, then a read of streams by REST and by bulk, and again from the state."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from steps import CLIENT_ID, CLIENT_SECRET, Tour, control

STREAMS = ("Account", "Contact", "Lead", "Opportunity", "Task", "User")


COMMAND = "from steps import lead_to_the_org; lead_to_the_org(); from source_salesforce.run import run; run()"


def run(*arguments: str) -> list[dict[str, Any]]:
    """Run the source's command; return the messages it wrote."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def of_type(messages: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return the messages of a type."""
    return [
        each[kind.lower()] if kind != "CONNECTION_STATUS" else each["connectionStatus"]
        for each in messages
        if each["type"] == kind
    ]


def counts(messages: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many records each stream wrote."""
    streams = [each["stream"] for each in of_type(messages, "RECORD")]
    return {name: streams.count(name) for name in sorted(set(streams))}


def configured(catalog: dict[str, Any]) -> dict[str, Any]:
    """Return the catalog of some streams, incremental where they can be."""
    streams = [each for each in catalog["streams"] if each["name"] in STREAMS]
    return {
        "streams": [
            {
                "stream": each,
                "sync_mode": "incremental" if "incremental" in each["supported_sync_modes"] else "full_refresh",
                "destination_sync_mode": "append",
                "cursor_field": each.get("default_cursor_field") or [],
            }
            for each in streams
        ]
    }


def main() -> None:
    """Run the source's commands."""
    tour, folder = Tour(), Path(tempfile.mkdtemp())
    config = {
        "auth_type": "Client",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": control("POST", "sessions", {"refresh": True})["refresh_token"],
        "is_sandbox": False,
        "start_date": "2026-01-01T00:00:00Z",
        "stream_slice_step": "P120D",
    }
    for name, forced in (("rest", False), ("bulk", True)):
        (folder / f"{name}.json").write_text(json.dumps({**config, "force_use_bulk_api": forced}))
        paths = ("--config", str(folder / f"{name}.json"))
        with tour.step(f"{name}: check"):
            (status,) = of_type(run("check", *paths), "CONNECTION_STATUS")
            assert status["status"] == "SUCCEEDED", status
        with tour.step(f"{name}: discover"):
            (catalog,) = of_type(run("discover", *paths), "CATALOG")
            assert {each["name"] for each in catalog["streams"]} >= set(STREAMS)
            (folder / "catalog.json").write_text(json.dumps(configured(catalog)))
        with tour.step(f"{name}: read"):
            messages = run("read", *paths, "--catalog", str(folder / "catalog.json"))
            found = counts(messages)
            assert found["Contact"] == found["Lead"] == found["Task"] == 30, found
            assert found["Account"] == 5, found
            (folder / "state.json").write_text(json.dumps(latest(of_type(messages, "STATE"))))
        with tour.step(f"{name}: read again from the state"):
            again = counts(
                run("read", *paths, "--catalog", str(folder / "catalog.json"), "--state", str(folder / "state.json"))
            )
            assert set(again) <= set(STREAMS), again
    tour.end()


def latest(states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the last state of each stream."""
    return list({each["stream"]["stream_descriptor"]["name"]: each for each in states}.values())


if __name__ == "__main__":
    main()
