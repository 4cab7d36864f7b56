"""Which topics EventBridge may publish to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.limits.topics import lets_events_in

ALLOW: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": "*",
}
CONDITION = {"Condition": {"StringEquals": {"aws:SourceAccount": "000000000000"}}}
OWNER = {**ALLOW, "Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"AWS:SourceOwner": "000000000000"}}}
TLS_ONLY = {**ALLOW, "Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}


@pytest.mark.parametrize(
    ("statements", "open_"),
    [
        ([ALLOW], True),
        ([{**ALLOW, "Action": ["SNS:Publish", "sns:Subscribe"]}], True),
        ([{**ALLOW, "Principal": "*"}], True),
        ([{**ALLOW, "Action": "sns:*"}, TLS_ONLY], True),
        ([{**ALLOW, **CONDITION}], False),
        ([OWNER], False),
        ([{**ALLOW, "Principal": {"Service": "cloudwatch.amazonaws.com"}}], False),
        ([{**ALLOW, "Action": "sns:Subscribe"}], False),
        ([ALLOW, {**ALLOW, "Effect": "Deny"}], False),
        ([], False),
    ],
)
def test_only_an_unconditional_statement_lets_events_in(statements: list[Any], open_: bool) -> None:
    assert lets_events_in(json.dumps({"Statement": statements})) is open_


def test_a_single_statement_needs_no_list_and_no_policy_lets_nothing_in() -> None:
    assert lets_events_in(json.dumps({"Statement": ALLOW}))
    assert not lets_events_in("")
