"""Plain factories for Bulk API 1.0 tests: jobs, batches and results without a socket, in XML or JSON."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from local.org.wire.messages import Response
from tests.support.org.edge import Client

ASYNC = "/services/async/66.0"
XML, CSV, JSON = "application/xml; charset=UTF-8", "text/csv; charset=UTF-8", "application/json"
TYPES = {"XML": XML, "CSV": CSV, "JSON": JSON}
NAMESPACE = "{http://www.force.com/2009/06/asyncapi/dataload}"


class Bulk1Client(Client):
    """A client with a session, for the resources below `/services/async`."""

    def __init__(self, **session: Any) -> None:
        super().__init__()
        self.headers = {"X-SFDC-Session": self.session(**session)["Authorization"].partition(" ")[2]}

    def call(
        self, method: str, path: str, body: str | bytes = b"", content_type: str = XML, **headers: str
    ) -> Response:
        """Send a request below `/services/async/66.0`."""
        raw = body.encode() if isinstance(body, str) else body
        return self.send(method, ASYNC + path, {}, raw, {**self.headers, "Content-Type": content_type, **headers})

    def job(
        self, operation: str, sobject: str, headers: dict[str, str] | None = None, **members: Any
    ) -> dict[str, Any]:
        """Create a job by a JSON description; return its info."""
        body = json.dumps({"operation": operation, "object": sobject, "contentType": "CSV", **members})
        answer = self.call("POST", "/job", body, JSON, **(headers or {}))
        assert answer.status == 201, answer.body
        return dict(answer.body)

    def batch(self, job: dict[str, Any], content: str) -> dict[str, Any]:
        """Add a batch; return its info."""
        answer = self.call("POST", f"/job/{job['id']}/batch", content, TYPES[job["contentType"]])
        assert answer.status == 201, answer.body
        return self.read(answer)

    def finished(self, job: dict[str, Any], batch: dict[str, Any]) -> dict[str, Any]:
        """Poll a batch until its end; return its last info."""
        for _ in range(5):
            info = self.read(self.call("GET", f"/job/{job['id']}/batch/{batch['id']}"))
            if info["state"] not in ("Queued", "InProgress"):
                return info
        raise AssertionError(f"the batch is still {info['state']}")

    def batches(self, job: dict[str, Any]) -> list[dict[str, str]]:
        """Return every batch of an XML or CSV job."""
        root = ElementTree.fromstring(self.call("GET", f"/job/{job['id']}/batch").body)
        return [members(each) for each in root]

    def result(self, job: dict[str, Any], batch: dict[str, Any], which: str = "") -> Response:
        """Read the results of a batch."""
        return self.call("GET", f"/job/{job['id']}/batch/{batch['id']}/result{which}")

    def query(self, statement: str, sobject: str = "Contact", **job_members: Any) -> Any:
        """Run one query batch to its end; return the content of its result."""
        job = self.job("query", sobject, **job_members)
        batch = self.batch(job, statement)
        assert self.finished(job, batch)["state"] == "Completed"
        listed = self.result(job, batch).body
        result_id = listed[0] if isinstance(listed, list) else ElementTree.fromstring(listed)[0].text
        return self.result(job, batch, f"/{result_id}").body

    def ingest(self, operation: str, sobject: str, content: str, **job_members: Any) -> Any:
        """Save one batch of records; return its results."""
        job = self.job(operation, sobject, **job_members)
        batch = self.batch(job, content)
        assert self.finished(job, batch)["state"] == "Completed", self.finished(job, batch)
        return self.result(job, batch).body

    @staticmethod
    def read(answer: Response) -> dict[str, Any]:
        """Return the members of a document in either format."""
        return dict(answer.body) if isinstance(answer.body, dict) else members(ElementTree.fromstring(answer.body))


def members(element: ElementTree.Element) -> dict[str, str]:
    """Return an element's children by their names."""
    return {each.tag.removeprefix(NAMESPACE): each.text or "" for each in element}


def refused(answer: Response) -> tuple[int, str, str]:
    """Return status, code and message of an error document."""
    error = Bulk1Client.read(answer)
    return answer.status, error["exceptionCode"], error["exceptionMessage"]
