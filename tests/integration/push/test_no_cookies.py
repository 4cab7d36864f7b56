"""An org that sets cookies gets none back, whatever is asked of it: one session serves every tenant."""

from __future__ import annotations

import pytest

from tests.support.push.stack import push_stack
from tests.support.push.world import change, contact_sync


def test_a_push_sends_no_cookie_to_an_org_that_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with push_stack(monkeypatch) as stack:
        stack.control("PATCH", "settings", {"cookies": True})
        stack.save(contact_sync())
        for phone in ("1", "2"):
            stack.message(change("k1", email="ada@example.com", last_name="Lovelace", phone=phone))
            assert stack.run_push() == []
        assert [item["result"] for item in stack.outcomes()] == ["created", "updated"]
        entries = [entry for entry in stack.server.org.audit.entries if entry.kind == "composite"]
        assert len(entries) >= 4
        assert [entry.cookie for entry in entries if entry.cookie] == []
