"""Plain factories for Bulk API 2.0 tests: jobs created, polled and read without a socket."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from local.org.wire.messages import Response
from tests.support.org.edge import API, Client

JSON = {"Content-Type": "application/json"}


class BulkClient(Client):
    """A client with a session, for the resources below `/jobs`."""

    def __init__(self) -> None:
        super().__init__()
        self.headers = self.session()

    def job(self, method: str, path: str, body: Any = None, **query: Any) -> Response:
        """Send a request below `/jobs`."""
        raw = b"" if body is None else json.dumps(body).encode()
        return self.send(method, f"{API}/jobs/{path}", query, raw, {**self.headers, **JSON})

    def query_job(self, statement: str, operation: str = "query", **properties: str) -> str:
        """Create a query job; return its Id."""
        answer = self.job("POST", "query", {"operation": operation, "query": statement, **properties})
        assert answer.status == 200, answer.body
        return str(answer.body["id"])

    def finished(self, kind: str, job_id: str) -> dict[str, Any]:
        """Poll a job until its work is done; return the last answer."""
        for _ in range(5):
            answer = self.job("GET", f"{kind}/{job_id}")
            assert answer.status == 200, answer.body
            job: dict[str, Any] = answer.body
            if job["state"] not in ("UploadComplete", "InProgress"):
                return job
        raise AssertionError(f"the job is still {job['state']}")

    def ingest_job(self, operation: str, sobject: str, **properties: str) -> str:
        """Create an ingest job; return its Id."""
        answer = self.job("POST", "ingest", {"operation": operation, "object": sobject, **properties})
        assert answer.status == 200, answer.body
        return str(answer.body["id"])

    def upload(self, job_id: str, content: str | bytes) -> Response:
        """Put the job's data."""
        raw = content.encode() if isinstance(content, str) else content
        return self.send(
            "PUT", f"{API}/jobs/ingest/{job_id}/batches", {}, raw, {**self.headers, "Content-Type": "text/csv"}
        )

    def ingest(self, operation: str, sobject: str, content: str | bytes, **properties: str) -> dict[str, Any]:
        """Run an ingest job to its end; return its last answer."""
        job_id = self.ingest_job(operation, sobject, **properties)
        assert self.upload(job_id, content).status == 201
        assert self.job("PATCH", f"ingest/{job_id}", {"state": "UploadComplete"}).status == 200
        return self.finished("ingest", job_id)

    def rows(self, job_id: str, which: str) -> list[dict[str, str]]:
        """Return the rows of one of the three results of an ingest job."""
        return read_csv(self.job("GET", f"ingest/{job_id}/{which}").body)


def read_csv(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    """Return the rows of a CSV text by their header."""
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
