"""The org's README says what the code does."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest

from local.org.documented import README, SECTIONS, commented_constants, rewritten
from local.org.setup.connected_apps import default_apps
from local.org.setup.settings import Settings
from local.org.standard.seed import PEOPLE
from local.org.wire.request_kinds import KINDS, VIEW, counts
from tests.support.org.edge import Client

TEXT = README.read_text(encoding="utf-8")


def test_the_generated_tables_are_up_to_date() -> None:
    assert rewritten(TEXT) == TEXT, "run python -m local.org.documented"


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_no_table_is_empty_and_no_cell_of_one_is(name: str) -> None:
    lines = SECTIONS[name]().splitlines()
    assert len(lines) > 5
    assert [line for line in lines if re.search(r"\|\s+\|", line)] == []


def test_default_users_apps_and_password_are_documented() -> None:
    for person in PEOPLE:
        assert f"`{person[2]}`" in TEXT
    for app in default_apps().values():
        assert f"| `{app.client_id}` | `{app.client_secret}` |" in TEXT
    assert f"`{Settings().password}`" in TEXT


def test_every_kind_that_a_request_may_have_is_documented() -> None:
    for kind in {kind for _, kind in KINDS} - {VIEW}:
        assert f"`{kind}`" in TEXT
    counted = TEXT.partition("The counted kinds are")[2].partition("A request that was refused")[0]
    for kind in re.findall(r"`(\w+)`", counted):
        assert counts(kind)


def test_constants_are_found_with_their_comments() -> None:
    source = 'A = 1  # R: one\nB = (\n    2,  # C two\n)\nC = 3\n"""R three\nfour"""\nD = 4\n'
    found = dict(commented_constants(source))
    assert found == {"A": "R: one", "B": "C two", "C": "R three four", "D": ""}


def test_the_curl_examples_work() -> None:
    client = Client()
    answer = client.send("GET", "/services/data/v66.0/query", {"q": "SELECT Name FROM User"}, headers=client.session())
    assert answer.body["totalSize"] == len(PEOPLE)


def test_the_authorize_url_of_the_readme_opens_the_login_page() -> None:
    found = re.search(r"http://127\.0\.0\.1:8090(/services/oauth2/authorize)\?(\S+?)`", TEXT)
    assert found is not None
    query = {name: values[0] for name, values in parse_qs(found[2]).items()}
    client = Client()
    assert "Log in to the simulated" in client.followed(client.send("GET", found[1], query)).body
