"""The people of the product: what they said, and what Salesforce says of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from causeway_client import Change, OutcomesMessage
from causeway_client.generated.push import Utterance


@dataclass
class Person:
    """One who signed up. `owner` and `account` are known once an outcome brought them; `results` is the last one of each sync."""

    key: str
    first_name: str
    last_name: str
    company: str
    email: str
    said: list[dict[str, str]] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    account: str = ""
    owner: str = ""

    def says(self, text: str) -> None:
        """Add one message of the person to the conversation."""
        self.said.append({"at": datetime.now(UTC).isoformat(), "speaker": self.first_name, "text": text})

    def change(self) -> Change:
        """Return all that is known of the person as one change: sending it again does no harm."""
        names = ("first_name", "last_name", "company", "email")
        return Change(
            key=self.key,
            fields={name: getattr(self, name) for name in names},
            conversation=[Utterance.model_validate(each) for each in self.said] or None,
        )


class People:
    """Everybody who signed up, in memory; a real product has a database here."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._lock = Lock()

    def add(self, person: Person) -> None:
        """Keep somebody who signed up."""
        with self._lock:
            self._people[person.key] = person

    def of(self, key: str) -> Person | None:
        """Return who has a key, None for nobody."""
        return self._people.get(key)

    def note(self, message: OutcomesMessage) -> None:
        """Keep what became of changes, and whom they belong to in Salesforce."""
        with self._lock:
            for outcome in message.outcomes:
                if person := self._people.get(outcome.key):
                    person.results[outcome.sync or ""] = outcome.result
                    person.account = _known(outcome.data, "salesforce_account_name") or person.account
                    person.owner = (
                        _known(outcome.data, "salesforce_account_owner_name")
                        or _known(outcome.data, "salesforce_assigned_sales_rep_name")
                        or person.owner
                    )


def _known(data: Any, name: str) -> str:
    return str((data or {}).get(name) or "")
