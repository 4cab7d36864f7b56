"""Calls are signed for the address that they go to, and refusals are the API's own sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from botocore.credentials import Credentials
from causeway_client import ApiError, ApiUnavailable, CausewayApi
from causeway_client.generated.api import SessionRequest, SyncDraft

from tests.support.clients.http import Answer, Asked, session_to
from tests.support.clients.queues import VirtualClock

REFUSED = {
    "error": {
        "code": "sync_has_errors",
        "message": "The sync has errors.",
        "remedy": "Correct them.",
        "fields": ["mappings.0"],
        "request_id": "r-1",
    }
}


class Api:
    """An API that answers as told and notes what it was asked."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers, self.asked, self.clock = list(answers), list[Asked](), VirtualClock()
        self.client = CausewayApi(
            "https://api.example.com/live/",
            credentials=Credentials("AKIDEXAMPLE", "secret"),
            region="eu-central-1",
            session=session_to(self._answer),
            clock=self.clock,
            chance=lambda: 1.0,
        )

    def _answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_call_is_signed_for_execute_api_in_its_region() -> None:
    api = Api(Answer(body={"status": "ok"}))
    assert api.client.read_health().status == "ok"
    (asked,) = api.asked
    assert (asked.method, asked.path) == ("GET", "/live/v1/health")
    assert "/eu-central-1/execute-api/aws4_request" in asked.headers["Authorization"]


def test_a_key_with_any_characters_stays_one_segment_of_the_path() -> None:
    known: dict[str, Any] = {
        "links": {},
        "outcomes": {},
        "data": {},
        "field_times": {},
        "events": [],
        "parked": [],
        "instance_url": None,
    }
    record: dict[str, Any] = {"source": "i:q", "key": "lead/7 ü", **known}
    api = Api(Answer(body=record))
    api.client.read_record("acme", "i:q", "lead/7 ü")
    assert api.asked[0].path == "/live/v1/tenants/acme/records/i%3Aq/lead%2F7%20%C3%BC"


def test_a_body_may_be_a_model_or_plain_and_says_only_what_was_set() -> None:
    session = {"token": "t", "console_url": "https://…", "expires_at": "2026-11-20T10:00:00Z"}
    api = Api(Answer(201, session), Answer(201, session))
    api.client.make_session("acme", SessionRequest(user="ada", role="manager"))
    api.client.make_session("acme", {"user": "ada", "role": "manager"})
    assert [asked.body for asked in api.asked] == [{"user": "ada", "role": "manager"}] * 2


def test_a_draft_sends_only_the_rules_that_were_set() -> None:
    api = Api(Answer(body={"id": "lead-contact", "source": "lead", "sobject": "Contact", "surprise": 1}))
    saved = api.client.change_sync("acme", "lead-contact", SyncDraft(enabled=False))
    assert (api.asked[0].body, saved.sobject) == ({"enabled": False}, "Contact")


def test_a_filter_that_is_not_given_is_not_asked_for() -> None:
    api = Api(Answer(body={"parked": []}), Answer(body={"sobjects": []}))
    api.client.list_parked("acme", code="converted", limit=5)
    api.client.list_sobjects("acme", refresh=True)
    assert [asked.query for asked in api.asked] == [{"code": "converted", "limit": "5"}, {"refresh": "true"}]


def test_an_empty_answer_is_none() -> None:
    api = Api(Answer(204))
    api.client.delete_sync("acme", "lead-contact")
    assert api.asked[0].method == "DELETE"


def test_a_refusal_carries_the_sentence_and_the_remedy() -> None:
    with pytest.raises(ApiError, match=r"The sync has errors\. Correct them\.") as refused:
        Api(Answer(409, REFUSED)).client.save_sync("acme", {})
    error = refused.value
    assert (error.status, error.code, error.fields, error.request_id) == (
        409,
        "sync_has_errors",
        ("mappings.0",),
        "r-1",
    )


@pytest.mark.parametrize("body", [{"message": "Forbidden"}, {"Message": "Forbidden"}, b"<html>Forbidden</html>"])
def test_a_refusal_of_the_gateway_itself_is_one_too(body: Any) -> None:
    with pytest.raises(ApiError, match=r"Forbidden|answered 403") as refused:
        Api(Answer(403, body)).client.list_connections()
    assert refused.value.code == "http_403"


def test_a_read_is_repeated_and_waits_as_long_as_it_is_asked_to() -> None:
    api = Api(Answer(503, REFUSED, {"Retry-After": "7"}), requests.ConnectionError(), Answer(body={"runs": []}))
    assert api.client.list_runs("acme").runs == []
    assert api.clock.slept == [7, 1.0]


def test_a_read_is_repeated_while_the_account_has_no_room_for_the_function() -> None:
    api = Api(Answer(500, {"message": "Internal server error"}), Answer(body={"runs": []}))
    assert api.client.list_runs("acme").runs == []
    assert len(api.asked) == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda api: api.redrive_parked("acme", {}),
        lambda api: api.change_sync("acme", "s", {}),
        lambda api: api.end_connection("acme"),
    ],
)
def test_what_changes_something_is_never_repeated(call: Callable[[CausewayApi], Any]) -> None:
    api = Api(Answer(503, REFUSED))
    with pytest.raises(ApiUnavailable):
        call(api.client)
    assert len(api.asked) == 1
