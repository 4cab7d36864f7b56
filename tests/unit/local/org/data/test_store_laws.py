"""Laws of the simulated org's store: indices agree with rows, undone means as before, garbage is refused and never crashes."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.org.app import Org
from local.org.data.store import Store
from local.org.standard.catalog import standard_schema
from local.org.standard.seed import ADMIN_USERNAME
from local.org.wire.messages import OrgError, Request
from tests.support.org.data import StoppedClock, an_org_store, the_user

ADDRESSES = ("ada@example.com", "ADA@example.com", "byron@example.com", None)
LOW, HIGH = "2026-06-01T12:01:00.000+0000", "2026-06-01T12:06:00.000+0000"
STEPS = st.tuples(
    st.sampled_from(["create", "update", "delete", "undo", "wait"]),
    st.integers(0, 5),
    st.sampled_from(ADDRESSES),
    st.booleans(),
)


class Stop(Exception):
    """Ends a transaction on purpose."""


def take(store: Store, step: tuple[str, int, str | None, bool]) -> None:
    """Do one random thing to the contacts of an org, as one of two users."""
    action, number, address, by_jane = step
    caller = the_user(store, "jane@northwind.example" if by_jane else ADMIN_USERNAME)
    known = list(store.table("Contact").rows)
    target = known[number % len(known)] if known else ""
    if action == "create" or not known:
        store.create(caller, "Contact", {"LastName": str(number), "Email": address})
    elif action == "update":
        store.update(caller, "Contact", target, {"Email": address})
    elif action == "delete":
        store.delete(caller, "Contact", target)
    elif action == "undo":
        with suppress(Stop), store.transaction(caller):
            store.update(caller, "Contact", target, {"Email": address})
            raise Stop
    else:
        assert isinstance(store.clock, StoppedClock)
        store.clock.advance(number * 60)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=20), st.sampled_from([0.0, 120.0]))
def test_an_index_answers_what_looking_at_every_row_answers(
    steps: list[tuple[str, int, str | None, bool]], delay_s: float
) -> None:
    """For every user, every value and every moment, late commits included."""
    store = an_org_store(commit_delay_s=delay_s, duplicate_rules=False)
    for step in steps:
        take(store, step)
        for caller in (the_user(store), the_user(store, "jane@northwind.example"), None):
            view = store.view(caller)
            rows = list(view.rows("Contact"))
            for address in ADDRESSES:
                wanted = address.lower() if address else None
                expected = {row["Id"] for row in rows if (row.get("Email") or "").lower() == (wanted or "")}
                assert {row["Id"] for row in view.find("Contact", "Email", [address]) or []} == expected
            assert all(view.row(row["Id"]) == row for row in rows)
            by_stamp = view.by_stamp("Contact", LOW, HIGH)
            in_order = sorted(rows, key=lambda row: (row["SystemModstamp"], row["Id"]))
            assert by_stamp is None or list(by_stamp) == [
                row for row in in_order if LOW <= row["SystemModstamp"] <= HIGH
            ]
            assert delay_s or by_stamp is not None


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=8), st.lists(STEPS, min_size=1, max_size=8))
def test_an_undone_transaction_leaves_no_trace(
    before: list[tuple[str, int, str | None, bool]], undone: list[tuple[str, int, str | None, bool]]
) -> None:
    store = an_org_store(duplicate_rules=False)
    for step in before:
        take(store, step)
    rows = {record_id: dict(row) for record_id, row in store.table("Contact").rows.items()}
    with suppress(Stop), store.transaction(None):
        for step in undone:
            take(store, step)
        raise Stop
    assert store.table("Contact").rows == rows
    assert {row["Id"] for row in store.view(None).find("Contact", "Email", ADDRESSES) or []} == {
        record_id for record_id, row in rows.items() if not row["IsDeleted"]
    }


NAMES = [
    field.name
    for kind in standard_schema().sobjects
    for field in kind.fields
    if kind.name in ("Contact", "Event", "Lead")
]
KEYS = st.sampled_from(
    [
        *NAMES,
        "attributes",
        "type",
        "records",
        "id",
        "referenceId",
        "method",
        "url",
        "body",
        "httpHeaders",
        "Account",
        "Owner",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["Contact", "@{a.id}", "GET"])
)
GARBAGE = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=12
)
SAMPLES: dict[str, Any] = {
    "/sobjects/Contact": None,
    "/sobjects/Event": None,
    "/composite/sobjects": "records",
    "/composite/sobjects/Contact": "ids",
    "/composite": "compositeRequest",
    "/composite/batch": "batchRequests",
    "/composite/graph": "graphs",
    "/composite/tree/Account": "records",
}


def answered(org: Org, request: Request) -> Any:
    """Return the body of the org's answer or refusal; anything else it raises is a crash."""
    try:
        return org.dispatch(request).body
    except OrgError as error:
        return error.body()


@pytest.fixture(scope="module")
def org() -> Org:
    """Give an org; what the tests here leave in it does not matter."""
    return Org()


@settings(max_examples=250, deadline=None)
@given(path=st.sampled_from(sorted(SAMPLES)), garbage=st.lists(GARBAGE, min_size=1, max_size=3))
def test_garbage_is_answered_and_never_crashes(org: Org, path: str, garbage: list[Any]) -> None:
    """Whatever a client sends, the org answers JSON or refuses in the REST shape."""
    org.store.settings.daily_api_limit = 10**9
    token = org.sessions.start(org.store.default_user_id, ADMIN_USERNAME, "client", ["api"], 7200, "").token
    envelope = SAMPLES[path]
    body = json.dumps({envelope: garbage, "fields": garbage} if envelope else garbage[0]).encode()
    request = Request("POST", f"/services/data/v66.0{path}", {}, {"authorization": f"Bearer {token}"}, body)
    assert json.dumps(answered(org, request))
