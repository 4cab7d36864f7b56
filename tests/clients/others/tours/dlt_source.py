"""dlt's verified source for Salesforce, from a checkout of dlt-hub/verified-sources: all its resources into DuckDB, twice."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

from steps import ORG_URL, Tour, checkout, control, lead_to_the_org

TABLES = {"account": 5, "contact": 30, "lead": 30, "opportunity": 5, "task": 30, "sf_user": 5, "campaign": 1}


def credentials() -> Any:
    """Return a session of the org as the source takes it."""
    from salesforce.helpers.client import InstanceAuth

    found = InstanceAuth()
    found.session_id = control("POST", "sessions", {})["access_token"]
    found.instance_url = ORG_URL.replace("http:", "https:")
    found.resolve()
    return found


def main() -> None:
    """Load everything, then what changed."""
    sys.path.insert(0, str(checkout() / "sources"))
    lead_to_the_org()
    os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", DLT_DATA_DIR=tempfile.mkdtemp())
    import dlt
    from salesforce import salesforce_source

    tour, folder = Tour(), tempfile.mkdtemp()
    pipeline = dlt.pipeline(
        "org", pipelines_dir=folder, destination=dlt.destinations.duckdb(f"{folder}/org.duckdb"), dataset_name="loaded"
    )
    with tour.step("load every resource"):
        pipeline.run(salesforce_source(credentials=credentials()))
        assert counts(pipeline) == TABLES, counts(pipeline)
    with tour.step("load what changed since"):
        control("POST", "records", {"sobject": "Opportunity", "records": [later_deal()]})
        pipeline.run(salesforce_source(credentials=credentials()))
        assert counts(pipeline) == {**TABLES, "opportunity": 6}, counts(pipeline)
    tour.end()


def later_deal() -> dict[str, Any]:
    """Return an opportunity that is saved after the first load."""
    control("POST", "clock", {"advance_s": 2})
    return {"Name": "Later", "StageName": "Prospecting", "CloseDate": "2026-12-31"}


def counts(pipeline: Any) -> dict[str, int]:
    """Return how many rows each table has."""
    with pipeline.sql_client() as sql:
        return {name: sql.execute_sql(f"SELECT COUNT(*) FROM {name}")[0][0] for name in TABLES}


if __name__ == "__main__":
    main()
