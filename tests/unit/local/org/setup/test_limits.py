"""Limits that count. Source: limits cheat sheet, api-request-limits-and-allocations; REST API guide, Limits and Limit Info Header."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from threading import Thread
from typing import Any

import pytest

from local.org.setup.limits import API_REQUESTS
from local.org.wire.messages import Response
from tests.support.org.edge import API, Client, error_code


def daily(client: Client) -> dict[str, int]:
    answer = client.get("/limits", client.session())
    limits: dict[str, dict[str, int]] = answer.body
    return limits[API_REQUESTS]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, 15_000),
        ({"edition": "Enterprise Edition", "licences": 10}, 110_000),
        ({"edition": "Professional Edition", "licences": 3}, 103_000),
        ({"edition": "Unlimited Edition", "licences": 10}, 150_000),
        ({"edition": "Enterprise Edition", "is_sandbox": True}, 5_000_000),
        ({"daily_api_limit": 77}, 77),
    ],
)
def test_edition_and_licences_decide_the_daily_limit(settings: dict[str, Any], expected: int) -> None:
    client = Client()
    client.settings(**settings)
    assert daily(client) == {"Max": expected, "Remaining": expected - 1}


def test_every_rest_answer_carries_the_usage_errors_included() -> None:
    client = Client()
    headers = client.session()
    assert client.get("/limits", headers).headers["Sforce-Limit-Info"] == "api-usage=1/15000"
    assert client.get("/nothing", headers).headers["Sforce-Limit-Info"] == "api-usage=2/15000"


def test_a_per_app_quota_rides_in_the_same_header() -> None:
    client = Client()
    client.settings(per_app_limit=250)
    value = client.get("/limits", client.session()).headers["Sforce-Limit-Info"]
    assert value == "api-usage=1/15000; per-app-api-usage=1/250(appName=connected-app)"


def test_small_orgs_are_cut_exactly_at_the_limit() -> None:
    client = Client()
    client.settings(daily_api_limit=2)
    headers = client.session()
    assert [client.get("", headers).status for _ in range(3)] == [200, 200, 403]
    refused = client.get("", headers)
    assert error_code(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.body[0]["message"] == "TotalRequests Limit exceeded."
    assert client.control("GET", "stats")["api_calls"] == 2


def test_the_limit_rolls_over_24_hours() -> None:
    client = Client()
    client.settings(daily_api_limit=1, session_timeout_s=10**6)
    headers = client.session()
    client.get("", headers)
    client.advance(23 * 3600)
    assert client.get("", headers).status == 403
    client.advance(2 * 3600)
    assert client.get("", headers).status == 200


def test_a_paid_production_org_may_overshoot() -> None:
    client = Client()
    client.settings(edition="Enterprise Edition", daily_api_limit=2, daily_overshoot=0.5)
    headers = client.session()
    assert [client.get("", headers).status for _ in range(4)] == [200, 200, 200, 403]


def test_usage_can_be_set_to_come_near_the_limit() -> None:
    client = Client()
    client.control("POST", "limits", {API_REQUESTS: 14_999})
    assert daily(client) == {"Max": 15_000, "Remaining": 0}


def test_a_batch_counts_as_many_calls_as_it_has_parts_and_a_composite_one() -> None:
    """Source: REST API guide, Composite Batch and Composite."""
    client = Client()
    headers = client.session()
    part = {"method": "GET", "url": "v66.0/limits"}
    client.send(
        "POST", API + "/composite/batch", body=json.dumps({"batchRequests": [part] * 3}).encode(), headers=headers
    )
    assert client.control("GET", "stats") == {"api_calls": 3, "by_kind": {"batch": 3}}
    parts = [{"method": "GET", "url": API + "/limits", "referenceId": f"r{number}"} for number in range(5)]
    client.send("POST", API + "/composite", body=json.dumps({"compositeRequest": parts}).encode(), headers=headers)
    assert client.control("GET", "stats") == {"api_calls": 4, "by_kind": {"batch": 3, "composite": 1}}


def test_stats_count_describes_tokens_and_queries_apart() -> None:
    client = Client()
    token = client.connect()["access_token"]
    client.control("DELETE", "stats")
    headers = {"Authorization": f"Bearer {token}"}
    client.token(grant_type="client_credentials")
    client.get("/sobjects", headers)
    client.get("/sobjects/Lead/describe", headers)
    client.get("/sobjects/Lead/describe/", headers)
    client.get("/query", headers, q="SELECT Id FROM User")
    client.get("/query/", headers, q="SELECT Id FROM User")
    assert client.control("GET", "stats") == {
        "api_calls": 5,
        "by_kind": {"describe": 2, "describe_global": 1, "query": 2, "token": 1},
    }


def test_requests_that_run_for_twenty_seconds_are_limited() -> None:
    client = Client()
    headers = client.session()
    with ExitStack() as running:
        for number in range(-5, 0):
            running.enter_context(client.org.limits.running(number))
        assert client.get("", headers).status == 200
        client.advance(20)
        refused = client.get("", headers)
        assert error_code(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert "Concurrent" in refused.body[0]["message"]
        client.settings(edition="Enterprise Edition")
        assert client.get("", headers).status == 200
    client.settings(edition="Developer Edition")
    assert client.get("", headers).status == 200


def test_limits_may_be_hidden_from_the_user() -> None:
    client = Client()
    client.settings(limits_visible=False)
    answer = client.get("/limits", client.session())
    assert error_code(answer) == (403, "FORBIDDEN")
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/15000"


@pytest.mark.parametrize(
    ("setting", "code"), [("api_enabled", "API_DISABLED_FOR_ORG"), ("api_up", "API_CURRENTLY_DISABLED")]
)
def test_an_org_without_its_api_refuses(setting: str, code: str) -> None:
    client = Client()
    client.settings(**{setting: False})
    assert error_code(client.get("/limits", client.session())) == (403, code)


def test_a_sandbox_is_cut_exactly_whatever_its_edition() -> None:
    client = Client()
    client.settings(edition="Enterprise Edition", is_sandbox=True, daily_api_limit=2, daily_overshoot=0.5)
    headers = client.session()
    assert [client.get("", headers).status for _ in range(3)] == [200, 200, 403]


def test_a_401_carries_no_usage() -> None:
    client = Client()
    headers = client.get("", {"Authorization": "Bearer nobody"}).headers
    assert headers == {"WWW-Authenticate": "Token"}


def test_bulk_query_jobs_and_ingest_batches_use_their_own_allocations() -> None:
    """Source: limits cheat sheet, Bulk API 2.0."""
    client = Client()
    headers = {**client.session(), "Content-Type": "application/json"}

    def query_job() -> Response:
        body = b'{"operation": "query", "query": "SELECT Id FROM Lead"}'
        return client.send("POST", API + "/jobs/query", body=body, headers=headers)

    assert query_job().status == 200
    client.get("/jobs/query", headers)
    job = client.send("POST", API + "/jobs/ingest", body=b'{"object": "Lead", "operation": "insert"}', headers=headers)
    path = f"{API}/jobs/ingest/{job.body['id']}/batches"
    csv = {**headers, "Content-Type": "text/csv"}
    assert client.send("PUT", path, body=b"LastName,Company\nDoe,Acme\n", headers=csv).status == 201
    limits = client.get("/limits", headers).body
    for name in ("DailyBulkV2QueryJobs", "DailyBulkApiBatches"):
        assert limits[name]["Max"] - limits[name]["Remaining"] == 1
    client.control("POST", "limits", {"DailyBulkV2QueryJobs": 10_000})
    assert error_code(query_job()) == (400, "LIMIT_EXCEEDED")


def test_requests_held_by_a_fault_count_as_running() -> None:
    client = Client()
    headers = client.session()
    client.fault(do="delay", delay_s=0.3, times=5)
    held = [Thread(target=Client(client.org).get, args=("", headers)) for _ in range(5)]
    for thread in held:
        thread.start()
    while client.control("GET", "faults")["faults"][0]["hits"] < 5:
        time.sleep(0.005)
    client.advance(20)
    refused = client.get("", headers)
    for thread in held:
        thread.join()
    assert error_code(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert client.get("", headers).status == 200
