"""Meltano's fork of the tap, from a checkout of MeltanoLabs/tap-salesforce: discovery and all records by REST, BULK and BULK2."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from steps import CLIENT_ID, CLIENT_SECRET, Tour, control

STREAMS = {"Account": 5, "Contact": 30, "Lead": 30, "Opportunity": 5, "Task": 30, "User": 5}
TAP = """
import sys
sys.path.insert(0, "")
from steps import checkout, lead_to_the_org
sys.path.insert(0, str(checkout()))
lead_to_the_org()
import tap_salesforce
tap_salesforce.main()
"""


def run(*arguments: str) -> str:
    """Run the tap as its command does, in a process of its own, as it closes its event loop; return what it wrote."""
    command = [sys.executable, "-c", TAP, *arguments]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def selected(catalog: dict[str, Any]) -> dict[str, Any]:
    """Return the catalog with every stream selected."""
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = True
    return catalog


def counts(text: str) -> dict[str, int]:
    """Return how many records each stream wrote."""
    messages = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    records = [each["stream"] for each in messages if each["type"] == "RECORD"]
    return {name: records.count(name) for name in sorted(set(records))}


def main() -> None:
    """Run the tap in each of its modes."""
    tour, folder = Tour(), Path(tempfile.mkdtemp())
    config = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": control("POST", "sessions", {"refresh": True})["refresh_token"],
        "start_date": "2000-01-01T00:00:00Z",
        "select_fields_by_default": True,
        "streams_to_discover": list(STREAMS),
    }
    for mode in ("REST", "BULK", "BULK2"):
        path, catalog = folder / f"{mode}.json", folder / "catalog.json"
        path.write_text(json.dumps({**config, "api_type": mode}))
        with tour.step(f"{mode}: discover"):
            catalog.write_text(json.dumps(selected(json.loads(run("--config", str(path), "--discover")))))
        with tour.step(f"{mode}: sync"):
            found = counts(run("--config", str(path), "--catalog", str(catalog)))
            assert found == STREAMS, found
    tour.end()


if __name__ == "__main__":
    main()
