"""salesforce-bulk: queries as CSV and JSON, with PK chunking, inserts, updates, upserts and deletes, all by Bulk API 1.0."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from steps import ORG_URL, Tour, control, refused


def bulk() -> Any:
    """Return the client with a session of the org."""
    from salesforce_bulk import SalesforceBulk

    session = control("POST", "sessions", {})
    client = SalesforceBulk(sessionId=session["access_token"], host="org.example")
    client.endpoint = client.endpoint.replace("https://org.example", ORG_URL)
    return client


def written(rows: list[dict[str, str]]) -> bytes:
    """Return rows as CSV."""
    target = io.StringIO()
    writer = csv.DictWriter(target, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def saved(client: Any, job: str, rows: list[dict[str, str]]) -> list[Any]:
    """Save rows in one batch; return its results."""
    batch = client.post_batch(job, written(rows))
    client.close_job(job)
    client.wait_for_batch(job, batch, sleep_interval=0)
    return list(client.get_batch_results(batch))


def queried(client: Any, statement: str, content_type: str) -> str:
    """Return the whole result of a query of contacts."""
    job = client.create_query_job("Contact", contentType=content_type)
    batch = client.query(job, statement)
    client.close_job(job)
    client.wait_for_batch(job, batch, sleep_interval=0)
    (result,) = client.get_all_results_for_query_batch(batch)
    return b"".join(result).decode()


def query_as_csv(client: Any) -> None:
    """Read rows that hold commas, quotes and line breaks."""
    text = queried(client, "SELECT Id, LastName, Description FROM Contact ORDER BY Key__c", "CSV")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 30, text


def query_as_json(client: Any) -> None:
    """Read records whose times are milliseconds."""
    rows = json.loads(queried(client, "SELECT Id, LastName, CreatedDate FROM Contact", "JSON"))
    assert len(rows) == 30, rows
    assert isinstance(rows[0]["CreatedDate"], int), rows[0]


def query_by_chunks(client: Any) -> None:
    """Read by ranges of Ids, each a batch of its own."""
    job = client.create_query_job("Contact", contentType="CSV", pk_chunking=8)
    client.query(job, "SELECT Id FROM Contact")
    first, *chunks = client.get_batch_list(job)
    assert (first["state"], len(chunks)) == ("NotProcessed", 4), (first, chunks)
    for each in chunks:
        client.wait_for_batch(job, each["id"], sleep_interval=0)
    client.close_job(job)


def insert_update_delete(client: Any) -> None:
    """Create records, of which one is refused; change and delete the other."""
    rows = [{"LastName": "A", "Company": "x"}, {"LastName": "", "Company": "y"}]
    good, bad = saved(client, client.create_insert_job("Lead", contentType="CSV"), rows)
    assert (good.success, bad.success) == ("true", "false"), (good, bad)
    (changed,) = saved(client, client.create_update_job("Lead", contentType="CSV"), [{"Id": good.id, "Title": "CEO"}])
    assert changed.success == "true", changed
    (deleted,) = saved(client, client.create_delete_job("Lead", contentType="CSV"), [{"Id": good.id}])
    assert deleted.success == "true", deleted


def upsert(client: Any) -> None:
    """Change a record by its external ID and create another."""
    rows = [
        {"Key__c": "l-1", "LastName": "Lead 1", "Company": "Initech", "Title": "CFO"},
        {"Key__c": "new", "LastName": "B", "Company": "z", "Title": ""},
    ]
    job = client.create_upsert_job("Lead", external_id_name="Key__c", contentType="CSV")
    results = saved(client, job, rows)
    assert [(each.success, each.created) for each in results] == [("true", "false"), ("true", "true")], results


def refusals(client: Any) -> None:
    """A failed batch says why; a job is aborted; an unknown job has its own error."""
    from salesforce_bulk.salesforce_bulk import BulkApiError, BulkBatchFailed

    job = client.create_query_job("Contact", contentType="CSV")
    batch = client.query(job, "SELECT Nope FROM Contact")
    with refused(BulkBatchFailed, "INVALID_FIELD"):
        client.wait_for_batch(job, batch, sleep_interval=0)
    client.abort_job(client.create_insert_job("Lead", contentType="CSV"))
    with refused(BulkApiError, "InvalidJob"):
        client.job_status("750000000000001")


STEPS = {
    "query as CSV": query_as_csv,
    "query as JSON": query_as_json,
    "query by PK chunks": query_by_chunks,
    "insert, update, delete": insert_update_delete,
    "upsert": upsert,
    "a failed batch, abort, an unknown job": refusals,
}

if __name__ == "__main__":
    tour = Tour()
    tour.take(STEPS, bulk())
    tour.end()
