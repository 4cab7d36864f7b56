"""The whole suite's watch: what a test logs, prints or raises as an error of ours holds no secret that was planted."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest
from causeway.errors import CausewayError

from tests.support.canaries import canaries_in

_raised: list[str] = []
_genuine_init = CausewayError.__init__


def _noting_init(self: CausewayError, message: str, remedy: str = "", **rest: Any) -> None:
    _genuine_init(self, message, remedy, **rest)
    _raised.append(f"{message} {remedy} {self!r}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, where tests run side by side, those of a file, and all that share the one deployed stack."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("stack" if file.startswith("tests/stack/") else file))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Iterator[None]:
    """Listen to every error of ours that is made while a test runs, caught or not."""
    _raised.clear()
    CausewayError.__init__ = _noting_init  # type: ignore[method-assign]
    try:
        return (yield)
    finally:
        CausewayError.__init__ = _genuine_init  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passed but let a secret out."""
    report = yield
    if report.when == "teardown" and report.passed:
        found = canaries_in([*_raised, *(text for _, text in report.sections)])
        if found:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} let secrets out into its output or errors: {', '.join(found)}"
    return report
