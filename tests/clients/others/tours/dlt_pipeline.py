"""dlt: a pipeline into DuckDB, read as its verified source for Salesforce reads: JSON batches of Bulk API 1.0 by simple-salesforce."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from steps import ORG_URL, Tour, control, lead_to_the_org

TABLES = {"Account": 5, "Contact": 30, "Lead": 30, "Opportunity": 5, "Task": 30, "User": 5}
STAMP = "SystemModstamp"


def org() -> Any:
    """Return simple-salesforce with a session of the org."""
    from simple_salesforce import Salesforce

    session = control("POST", "sessions", {})
    return Salesforce(instance_url=ORG_URL.replace("http:", "https:"), session_id=session["access_token"])


def records(client: Any, sobject: str, since: str | None) -> Iterator[dict[str, Any]]:
    """Yield an sObject's records from a stamp on, in the order of stamps; compound fields are left out, times are dates again."""
    fields = getattr(client, sobject).describe()["fields"]
    names = [each["name"] for each in fields if each["type"] not in ("address", "location", "base64")]
    times = [each["name"] for each in fields if each["type"] in ("date", "datetime")]
    where = f" WHERE {STAMP} > {since}" if since else ""
    statement = f"SELECT {', '.join(names)} FROM {sobject}{where} ORDER BY {STAMP} ASC"
    for page in getattr(client.bulk, sobject).query_all(statement, lazy_operation=True):
        for record in page:
            del record["attributes"]
            for name in times:
                if record[name] is not None:
                    record[name] = (
                        datetime.fromtimestamp(record[name] / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
                    )
            yield record


def main() -> None:
    """Load everything, then what changed."""
    lead_to_the_org()
    os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", DLT_DATA_DIR=tempfile.mkdtemp())
    import dlt

    tour, client = Tour(), org()
    folder = tempfile.mkdtemp()
    pipeline = dlt.pipeline(
        "org", pipelines_dir=folder, destination=dlt.destinations.duckdb(f"{folder}/org.duckdb"), dataset_name="loaded"
    )

    def resources() -> list[Any]:
        return [_resource(dlt, client, name) for name in TABLES]

    with tour.step("load every table"):
        pipeline.run(resources())
        assert _counts(pipeline) == TABLES, _counts(pipeline)
    with tour.step("load what changed since"):
        contact = client.query("SELECT Id FROM Contact WHERE Key__c = 'c-3'")["records"][0]["Id"]
        control("POST", "clock", {"advance_s": 2})
        client.Contact.update(contact, {"Title": "CEO"})
        pipeline.run(resources())
        assert _counts(pipeline) == TABLES, _counts(pipeline)
        with pipeline.sql_client() as sql:
            assert sql.execute_sql("SELECT title FROM contact WHERE key__c = 'c-3'")[0][0] == "CEO"
    tour.end()


def _resource(dlt: Any, client: Any, name: str) -> Any:
    since = dlt.sources.incremental(STAMP)

    @dlt.resource(name=name.lower(), primary_key="Id", write_disposition="merge")
    def read(stamp: Any = since) -> Iterator[dict[str, Any]]:
        yield from records(client, name, stamp.last_value)

    return read


def _counts(pipeline: Any) -> dict[str, int]:
    with pipeline.sql_client() as sql:
        return {name: sql.execute_sql(f"SELECT COUNT(*) FROM {name.lower()}")[0][0] for name in TABLES}


if __name__ == "__main__":
    main()
