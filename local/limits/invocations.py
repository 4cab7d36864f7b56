"""
What a throttled invocation meets on AWS: the gateway hides it, queues and asynchronous callers try again.

Facts: Lambda Developer Guide, "Lambda quotas" (a new account may have 10 concurrent executions), "How Lambda handles errors and retries
with asynchronous invocation" (a throttle puts the event back for up to six hours, after 1 s to 5 minutes, and uses up no attempt),
"Handling errors for an SQS event source" (a throttled batch is tried again until the queue's visibility timeout has passed). API
Gateway answers 500 for a throttled function (AWS re:Post, QUfI6bsdd0SOiPeyimzxSkfQ).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

NEW_ACCOUNT = 10  # concurrent executions of all functions together
HELD_BY_OTHERS = 8  # of them, while other functions of the account are busy
BUSY_EVERY_S, BUSY_FOR_S = 15.0, 3.0  # on the average, and at most
LONGEST_WAIT_S = 300.0
EVENT_AGE_S = 6 * 3600.0

Result = dict[str, Any]


def waits(age_s: float, longest_s: float = LONGEST_WAIT_S) -> Iterator[float]:
    """Yield how long an invocation waits before each further try: 1 s, twice as long each time, until its age is reached."""
    wait_s, waited_s = 1.0, 0.0
    while waited_s + wait_s <= age_s:
        yield wait_s
        waited_s += wait_s
        wait_s = min(2 * wait_s, longest_s)


def until_admitted(execute: Callable[[], Result], age_s: float, sleep: Callable[[float], None]) -> Result:
    """Return the result of an invocation that is tried again while the account is full, for `age_s` at most; 0 tries once."""
    result = execute()
    for wait_s in waits(age_s):
        if not result.get("throttle"):
            break
        sleep(wait_s)
        result = execute()
    return result


def behind_the_gateway(result: Result) -> Result | None:
    """Return what API Gateway answers for a throttled function, nothing for any other result."""
    if not result.get("throttle"):
        return None
    return {
        "statusCode": 500,
        "headers": {"Content-Type": "application/json", "x-amzn-ErrorType": "InternalServerErrorException"},
        "body": json.dumps({"message": "Internal server error"}),
    }
