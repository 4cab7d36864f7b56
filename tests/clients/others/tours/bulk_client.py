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


def main() -> None:
    """Do what the client's own README does."""
    tour, client = Tour(), bulk()
    made: list[Any] = []
    with tour.step("query as CSV"):
        job = client.create_query_job("Contact", contentType="CSV")
        batch = client.query(job, "SELECT Id, LastName, Description FROM Contact ORDER BY Key__c")
        client.close_job(job)
        client.wait_for_batch(job, batch, sleep_interval=0)
        (lines,) = client.get_all_results_for_query_batch(batch)
        text = b"".join(part + b"\n" for part in lines).decode()
        assert len(list(csv.DictReader(io.StringIO(text)))) == 30
    with tour.step("query as JSON"):
        job = client.create_query_job("Contact", contentType="JSON")
        batch = client.query(job, "SELECT Id, LastName, CreatedDate FROM Contact")
        client.wait_for_batch(job, batch, sleep_interval=0)
        (result,) = client.get_all_results_for_query_batch(batch)
        rows = json.loads(b"".join(result).decode())
        assert len(rows) == 30, rows
        assert isinstance(rows[0]["CreatedDate"], int), rows[0]
        client.close_job(job)
    with tour.step("query by PK chunks"):
        job = client.create_query_job("Contact", contentType="CSV", pk_chunking=8)
        batch = client.query(job, "SELECT Id FROM Contact")
        batches = client.get_batch_list(job)
        assert batches[0]["state"] == "NotProcessed", batches
        for each in batches[1:]:
            client.wait_for_batch(job, each["id"], sleep_interval=0)
        assert len(batches) == 5, batches
        client.close_job(job)
    with tour.step("insert"):
        results = saved(
            client,
            client.create_insert_job("Lead", contentType="CSV"),
            [{"LastName": "A", "Company": "x"}, {"LastName": "", "Company": "y"}],
        )
        assert [each.success for each in results] == ["true", "false"], results
        made += [each.id for each in results if each.id]
    with tour.step("update"):
        results = saved(client, client.create_update_job("Lead", contentType="CSV"), [{"Id": made[0], "Title": "CEO"}])
        assert [each.success for each in results] == ["true"], results
    with tour.step("upsert"):
        rows = [
            {"Key__c": "l-1", "LastName": "Lead 1", "Company": "Initech", "Title": "CFO"},
            {"Key__c": "new", "LastName": "B", "Company": "z", "Title": ""},
        ]
        job = client.create_upsert_job("Lead", external_id_name="Key__c", contentType="CSV")
        results = saved(client, job, rows)
        assert [(each.success, each.created) for each in results] == [("true", "false"), ("true", "true")], results
    with tour.step("delete"):
        results = saved(client, client.create_delete_job("Lead", contentType="CSV"), [{"Id": made[0]}])
        assert [each.success for each in results] == ["true"], results
    with tour.step("a failed batch says why"):
        job = client.create_query_job("Contact", contentType="CSV")
        batch = client.query(job, "SELECT Nope FROM Contact")
        from salesforce_bulk.salesforce_bulk import BulkBatchFailed

        with refused(BulkBatchFailed, "INVALID_FIELD"):
            client.wait_for_batch(job, batch, sleep_interval=0)
    with tour.step("abort, and an unknown job"):
        client.abort_job(client.create_insert_job("Lead", contentType="CSV"))
        from salesforce_bulk.salesforce_bulk import BulkApiError

        with refused(BulkApiError, "InvalidJob"):
            client.job_status("750000000000001")
    tour.end()


if __name__ == "__main__":
    main()
