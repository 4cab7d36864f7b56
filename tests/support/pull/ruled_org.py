"""A fake org whose records enter and leave a rule without a stamp: by their account, by a formula, and as time passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from causeway.pull.jobs import Deleted
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe

from tests.support.pull.org import PARENTS, FakeOrg, Version, described, lead_describe

INDUSTRY, SCORE, DAYS, AGE = "Banking", 80, 2, 6
RULE = {
    "any": [
        {"field": "Account__r.Industry", "operator": "equals", "value": INDUSTRY},
        {"field": "Score__c", "operator": "greater", "value": SCORE},
        {"field": "Due__c", "operator": "within_next", "value": DAYS},
        {"field": "Age__c", "operator": "equals", "value": AGE},
    ]
}
"""`Score__c` is a formula over the account, `Age__c` one with TODAY(): how many days ago `Due__c` was."""

_CONDITION = re.compile(
    r"Account__r\.Industry = '(?P<industry>\w+)'|Score__c > (?P<score>\d+)"
    r"|\(Due__c >= (?P<first>[\d-]+)\) AND \(Due__c <= (?P<last>[\d-]+)\)|Age__c = (?P<age>\d+)"
)


def ruled_describe() -> SObjectDescribe:
    """Return a Lead describe with an account, a due date and two formulas."""
    more = (
        FieldDescribe("Account__c", "Account", "reference", relationship_name="Account__r", reference_to=("Account",)),
        FieldDescribe("Due__c", "Due", "date"),
        FieldDescribe("Score__c", "Score", "double", calculated=True),
        FieldDescribe("Age__c", "Age", "double", calculated=True),
    )
    return replace(lead_describe(), fields=(*lead_describe().fields, *more))


@dataclass
class AccountNow:
    """What an account shows now; nobody reads its past."""

    industry: str
    score: int


@dataclass
class RuledOrg(FakeOrg):
    """An org of leads with accounts; whatever a query's rule says is read from its text, so a wrong text reads wrong rows."""

    describe: SObjectDescribe = field(default_factory=ruled_describe)
    accounts: dict[str, AccountNow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        account = described("Account", "Name", "Website", "OwnerId", "Industry")
        self.parents = {**PARENTS, "Account": account, "Lead": self.describe}

    def change_account(self, account_id: str, **values: Any) -> None:
        """Change an account; none of its records is stamped."""
        self.commits += 1
        self.accounts[account_id] = replace(self.accounts[account_id], **values)

    def score_of(self, row: Mapping[str, Any]) -> int | None:
        """Return what the formula over the account gives for a record now."""
        account = self.accounts.get(row["Account__c"])
        return account.score if account else None

    def is_in_rule(self, row: Mapping[str, Any], at_ms: int) -> bool:
        """Say whether RULE holds for a record at a moment, by the present accounts: the reference."""
        today, account = _day(at_ms), self.accounts.get(row["Account__c"])
        age = (today - date.fromisoformat(row["Due__c"])).days
        by_account = account is not None and (account.industry == INDUSTRY or account.score > SCORE)
        return by_account or -DAYS <= age <= 0 or age == AGE

    def rule_of(self, soql: str) -> Callable[[Version], bool]:
        """Return the test of the rule that a query names, of all its conditions; every record passes one that names none."""
        if "WHERE" not in soql or not (found := list(_CONDITION.finditer(soql))):
            return lambda version: True
        asked = {name: text for each in found for name, text in each.groupdict().items() if text}
        due = {_day(self.now_ms) - timedelta(days=int(asked["age"]))} if "age" in asked else set()
        if "first" in asked:
            first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])
            due |= {first + timedelta(days=number) for number in range((last - first).days + 1)}
        days = {each.isoformat() for each in due}
        least = int(asked.get("score", 1 << 30))
        accounts = {
            each for each, now in self.accounts.items() if now.industry == asked.get("industry") or now.score > least
        }
        return lambda version: _row(version)["Account__c"] in accounts or _row(version)["Due__c"] in days

    def deleted(self, sobject: str, start_ms: int, end_ms: int) -> Deleted:
        """Return what was deleted, soft or hard, as Salesforce's log does."""
        log = super().deleted(sobject, start_ms, end_ms)
        soft = [
            (record_id, version.stamp_ms)
            for record_id, version in self.visible().items()
            if start_ms <= version.stamp_ms <= end_ms and _row(version)["IsDeleted"]
        ]
        return Deleted([*log.records, *soft], log.earliest_ms)

    def _row(self, record_id: str) -> dict[str, Any]:
        row = super()._row(record_id)
        return {**row, "Score__c": self.score_of(row)}


def _row(version: Version) -> Mapping[str, Any]:
    return version.row or {}


def _day(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()
