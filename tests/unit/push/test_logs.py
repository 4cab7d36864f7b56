"""What the push function writes to its log."""

from __future__ import annotations

import json
import logging

import pytest
from causeway.push.batch import Batch

from functions.push import app


def test_a_fault_is_logged_by_its_kind_and_place_and_never_by_its_text(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("no room for ada@example.com")
    except ValueError as error:
        batch = Batch(faults=[error])
    with caplog.at_level(logging.INFO):
        app._report([], batch)
    (record,) = [item for item in caplog.records if item.levelname == "ERROR"]
    text = json.dumps(vars(record), default=str)
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "ada@example.com" not in text
    assert record.exc_info is None
