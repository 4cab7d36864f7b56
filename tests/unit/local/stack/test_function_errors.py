"""What the functions logged is boiled down to the few lines that say why nothing moves."""

from __future__ import annotations

import json

from local.stack.function_errors import WIDEST, Logged, errors_in


def entry(level: str, message: str, **more: str) -> str:
    """Return a line as Powertools logs it."""
    return json.dumps({"level": level, "message": message, **more})


def test_only_errors_are_shown_oldest_first() -> None:
    lines = [
        Logged(3, "Api", entry("CRITICAL", "no secret")),
        Logged(1, "Push", entry("INFO", "answered")),
        Logged(2, "Push", entry("ERROR", "the org did not answer")),
        Logged(4, "Push", "END RequestId: 1"),
    ]
    assert errors_in(lines) == ["Push: the org did not answer", "Api: no secret"]


def test_what_the_runtime_says_of_a_worker_that_it_ended_is_an_error() -> None:
    assert errors_in([Logged(1, "Push", "Task timed out after 60.00 seconds")]) == [
        "Push: Task timed out after 60.00 seconds"
    ]


def test_a_traceback_is_shown_by_its_last_line() -> None:
    text = 'Traceback (most recent call last):\n  File "app.py", line 1, in <module>\nImportError: no module named x\n'
    assert errors_in([Logged(1, "Pull", text)]) == ["Pull: ImportError: no module named x"]


def test_an_exception_is_shown_with_its_cause() -> None:
    line = entry("ERROR", "crashed", exception="Traceback …\n  …\nKeyError: 'tenant'")
    assert errors_in([Logged(1, "Replay", line)]) == ["Replay: crashed: KeyError: 'tenant'"]


def test_an_error_that_repeats_is_shown_once_and_only_the_newest_few() -> None:
    lines = [Logged(number, "Push", entry("ERROR", f"error {number % 8}")) for number in range(80)]
    assert errors_in(lines, 3) == ["Push: error 5", "Push: error 6", "Push: error 7"]


def test_a_line_is_cut_to_what_fits_a_screen() -> None:
    [line] = errors_in([Logged(1, "Push", entry("ERROR", "x" * 5_000))])
    assert len(line) == len("Push: ") + WIDEST


def test_a_log_line_that_is_json_but_no_log_entry_is_read_as_text() -> None:
    assert errors_in([Logged(1, "Push", '{"errorMessage": "boom"}'), Logged(2, "Push", "17")]) == [
        'Push: {"errorMessage": "boom"}'
    ]
