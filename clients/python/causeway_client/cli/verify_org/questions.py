"""What a question is: asked of an org under the name of an assumption; and the reasons why some are not asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from causeway_client.cli.verify_org.org import Org

type Question = Callable[[Org], Any]


class NotAsked(Exception):
    """This org, or this user, cannot answer; the message says why."""


class Questions(dict[str, Question]):
    """Questions by the name of the assumption that they ask about; the docstring of each says how it is asked."""

    def about(self, name: str) -> Callable[[Question], Question]:
        """Register a question."""

        def registered(question: Question) -> Question:
            self[name] = question
            return question

        return registered
