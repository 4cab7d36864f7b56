"""The example product: what a person sees, with Causeway's answers played by the test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from causeway_client import Change, OutcomesMessage
from fastapi.testclient import TestClient

from examples.fastapi_product.app import product
from examples.fastapi_product.people import People

ADA = {"first_name": "Ada", "last_name": "Lovelace", "company": "Analytical Engines", "email": "ada@example.com"}


class Visit:
    """A browser at the product, and what the product sent."""

    def __init__(self) -> None:
        self.sent: list[Change] = []
        self.people = People()
        self.browser = TestClient(product(self.people, self._send))

    def _send(self, changes: Sequence[Change]) -> None:
        self.sent.extend(changes)

    def outcome(self, **more: Any) -> None:
        """Let Causeway say what became of the last change."""
        outcome: dict[str, Any] = {
            "key": self.sent[-1].key,
            "sync": "lead",
            "sobject": "Lead",
            "result": "created",
            "code": None,
            "detail": None,
            "remedy": None,
            "salesforce_id": None,
            "fields_written": [],
            "warnings": [],
            "candidates": [],
            "data": {},
            "signals": [],
        }
        body = {"version": 1, "type": "outcomes", "tenant": "acme", "source": "lead", "run": None}
        self.people.note(OutcomesMessage.model_validate({**body, "outcomes": [{**outcome, **more}]}))


@pytest.fixture
def visit() -> Visit:
    return Visit()


def test_who_signs_up_is_sent_and_sees_who_looks_after_the_company(visit: Visit) -> None:
    answer = visit.browser.post("/people", data=ADA)
    assert visit.sent[0].fields == ADA
    assert "We are looking for the person who looks after Analytical Engines" in answer.text
    visit.outcome(data={"salesforce_account_owner_name": "Charles Babbage", "salesforce_account_name": "Engines Ltd"})
    page = visit.browser.get(answer.url.path).text
    assert "Charles Babbage looks after Engines Ltd." in page
    assert "lead: created" in page


def test_what_a_person_says_is_sent_as_the_whole_conversation(visit: Visit) -> None:
    address = visit.browser.post("/people", data=ADA).url.path
    for text in ("Hello", "Is <b>anybody</b> there?"):
        page = visit.browser.post(f"{address}/messages", data={"text": text}).text
    assert [each.text for each in visit.sent[-1].conversation or ()] == ["Hello", "Is <b>anybody</b> there?"]
    assert "Is &lt;b&gt;anybody&lt;/b&gt; there?" in page


def test_an_unknown_person_is_not_found(visit: Visit) -> None:
    assert visit.browser.get("/people/nobody").status_code == 404
