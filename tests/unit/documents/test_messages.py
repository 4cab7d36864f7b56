"""The page about messages names all account and owner data."""

from __future__ import annotations

import re

from causeway.syncs.people.person_data import person_data

from tests.support.documents import REPOSITORY

PAGE = (REPOSITORY / "docs" / "messages.md").read_text(encoding="utf-8")


def test_every_name_of_account_and_owner_data_is_described_and_no_other() -> None:
    section = PAGE.split("\n### Account and owner data\n")[1].split("\n#")[0]
    assert set(re.findall(r"`(salesforce_\w+)`", section)) == set(person_data(None, None, None, None))
