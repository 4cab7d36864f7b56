"""Singer's tap: discovery, then the streams by REST and by Bulk API 1.0, with a bookmark and with PK chunking."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from steps import CLIENT_ID, CLIENT_SECRET, Tour, control, lead_to_the_org

STREAMS = ("Account", "Contact", "Lead", "Opportunity", "Task", "User", "Campaign")


def refresh_token() -> str:
    """Return a refresh token of the default app."""
    return str(control("POST", "sessions", {"refresh": True})["refresh_token"])


def run(*arguments: str) -> list[dict[str, Any]]:
    """Run the tap as its command does; return the messages it wrote."""
    import tap_salesforce

    sys.argv = ["tap-salesforce", *arguments]
    with io.StringIO() as output, redirect_stdout(output):
        tap_salesforce.main()
        text = output.getvalue()
    if "--discover" in arguments:
        return [json.loads(text)]
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def selected(catalog: dict[str, Any]) -> dict[str, Any]:
    """Return the catalog of some streams, with every field."""
    streams = [each for each in catalog["streams"] if each["tap_stream_id"] in STREAMS]
    for stream in streams:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = entry["metadata"].get("inclusion") != "unsupported"
            for key in entry["metadata"].get("valid-replication-keys", ()):
                entry["metadata"].update({"replication-method": "INCREMENTAL", "replication-key": key})
    return {"streams": streams}


def counts(messages: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many records each stream wrote."""
    records = [each["stream"] for each in messages if each["type"] == "RECORD"]
    return {name: records.count(name) for name in sorted(set(records))}


def chunked(config: dict[str, Any], catalog: dict[str, Any]) -> int:
    """Return how many contacts the tap reads by the chunks that it asks for when a query took too long."""
    from tap_salesforce.salesforce import Salesforce, bulk

    org = Salesforce(
        refresh_token=config["refresh_token"],
        sf_client_id=CLIENT_ID,
        sf_client_secret=CLIENT_SECRET,
        default_start_date=config["start_date"],
        quota_percent_total=80,
        quota_percent_per_run=50,
    )
    org.login()
    bulk.DEFAULT_CHUNK_SIZE = 8
    (entry,) = [each for each in catalog["streams"] if each["tap_stream_id"] == "Contact"]
    reader = bulk.Bulk(org)
    batches = reader._bulk_query_with_pk_chunking(entry, config["start_date"])
    assert len(batches["completed"]) == 4, batches
    return sum(1 for each in batches["completed"] for _ in reader.get_batch_results(batches["job_id"], each, entry))


def main() -> None:
    """Run the tap in each of its modes."""
    lead_to_the_org()
    from tap_salesforce.salesforce import bulk

    bulk.BATCH_STATUS_POLLING_SLEEP = bulk.PK_CHUNKED_BATCH_STATUS_POLLING_SLEEP = 0
    tour, folder = Tour(), Path(tempfile.mkdtemp())
    config = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": refresh_token(),
        "start_date": "2000-01-01T00:00:00Z",
        "select_fields_by_default": True,
    }
    found: dict[str, dict[str, int]] = {}
    for mode in ("REST", "BULK"):
        path = folder / f"{mode}.json"
        path.write_text(json.dumps({**config, "api_type": mode}))
        with tour.step(f"{mode}: discover"):
            (catalog,) = run("--config", str(path), "--discover")
            (folder / "catalog.json").write_text(json.dumps(selected(catalog)))
        with tour.step(f"{mode}: sync"):
            messages = run("--config", str(path), "--properties", str(folder / "catalog.json"))
            found[mode] = counts(messages)
            state = [each["value"] for each in messages if each["type"] == "STATE"][-1]
            assert found[mode]["Contact"] == 30, found[mode]
        with tour.step(f"{mode}: sync again from the bookmark"):
            (folder / "state.json").write_text(json.dumps(state))
            again = counts(
                run(
                    "--config",
                    str(path),
                    "--properties",
                    str(folder / "catalog.json"),
                    "--state",
                    str(folder / "state.json"),
                )
            )
            assert again["Contact"] == 15, again
    with tour.step("both modes find the same"):
        assert found["REST"] == found["BULK"], found
    with tour.step("BULK: PK chunking"):
        assert chunked(config, selected(catalog)) == 30
    tour.end()


if __name__ == "__main__":
    main()
