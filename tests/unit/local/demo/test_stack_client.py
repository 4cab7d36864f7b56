"""The demo asks again while the API is not available, and takes every other answer as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from local.demo.stack_client import answered
from local.stack.waiting import PATIENCE_S, NothingMoved, Waiter
from tests.support.local.clock import PassingTime

Ask = Callable[[], requests.Response]


def response(status: int, body: bytes = b'{"message": "Internal server error"}') -> requests.Response:
    """Return an answer with this status, by default with what API Gateway says by itself."""
    made = requests.Response()
    made.status_code, made._content = status, body
    return made


THROTTLED = response(500)  # API Gateway's answer for a function that the account has no room for
DEFECT = response(500, b'{"error": {"code": "internal", "message": "Something went wrong inside Causeway."}}')


def asking(*answers: requests.Response | Exception) -> Ask:
    """Return a request that is answered by these one after the other, the last one for ever."""
    remaining: Iterator[requests.Response | Exception] = iter(answers)

    def ask() -> requests.Response:
        answer = next(remaining, answers[-1])
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


def status(ask: Ask) -> int:
    """Return the status of the answer that counts."""
    return answered(Waiter(lambda line: None, PassingTime(), look_every_s=1.0), "GET /v1/health", ask).status_code


@pytest.mark.parametrize(
    "first", [response(502), response(503), response(504), THROTTLED, requests.ConnectionError("refused")]
)
def test_what_passes_by_itself_is_asked_again(first: requests.Response | Exception) -> None:
    assert status(asking(first, first, response(200))) == 200


@pytest.mark.parametrize("code", [200, 201, 400, 403, 404, 409])
def test_a_definite_answer_is_taken_at_once(code: int) -> None:
    assert status(asking(response(code), response(502))) == code


def test_a_defect_of_the_api_itself_is_taken_at_once() -> None:
    assert status(asking(DEFECT, response(200))) == 500


def test_an_api_that_stays_away_is_given_up_with_its_last_answer() -> None:
    clock = PassingTime()
    with pytest.raises(NothingMoved, match=r"an answer to GET /v1/health.*502.*Internal server error"):
        answered(Waiter(lambda line: None, clock, look_every_s=1.0), "GET /v1/health", asking(response(502)))
    assert clock.passed_s == PATIENCE_S
