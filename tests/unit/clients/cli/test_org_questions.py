"""`causeway verify-org` asks about everything that the simulated org assumes without Salesforce's own text, or says why not."""

from __future__ import annotations

from causeway_client.cli.verify_org.asking import QUESTIONS
from causeway_client.cli.verify_org.not_asked import NOT_ASKED

from local.org.documented import DOUBTFUL, HERE, SURE, commented_constants
from local.org.measured import assumed
from local.org.setup.settings import Settings


def doubtful() -> set[str]:
    """Return the names of all doubtful constants, and of the settings that say that they are unverified."""
    found = {f"settings.{name}" for name, meaning in Settings.meanings().items() if "unverified" in meaning}
    for file in HERE.rglob("facts.py"):
        folder = ".".join(file.parent.relative_to(HERE).parts)
        for name, comment in commented_constants(file.read_text(encoding="utf-8")):
            if DOUBTFUL.search(comment) and not SURE.match(comment):
                found.add(f"{folder}.{name}")
    return found


def test_every_doubtful_assumption_is_asked_or_has_a_reason() -> None:
    missing = doubtful() - QUESTIONS.keys() - NOT_ASKED.keys()
    assert missing == set(), "ask about it in causeway_client/cli/verify_org, or say in not_asked.py why not"
    assert QUESTIONS.keys() & NOT_ASKED.keys() == set()
    assert NOT_ASKED.keys() <= doubtful()
    assert all(reason.endswith(".") for reason in NOT_ASKED.values())


def test_every_question_is_about_something_that_is_assumed_and_says_how_it_is_asked() -> None:
    for name, question in QUESTIONS.items():
        assert assumed(name) is not None
        assert question.__doc__, name
