"""
A young DynamoDB table throttles now and then: whole calls, single items of a batch, single statements.

Facts: Amazon DynamoDB Developer Guide, "Initial throughput and scaling properties" (a new on-demand table bears 4,000 writes a second,
a partition 1,000, whatever the table bears), "Error handling" (ProvisionedThroughputExceededException, ThrottlingException and
RequestLimitExceeded are 400s to be tried again); API Reference: BatchWriteItem and BatchGetItem give back what was not processed and
throttle as a whole when nothing was; BatchStatementError and CancellationReason have codes of their own.
When a table runs short is chosen by chance: a laptop never reaches the real figures.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any

from local.limits.met import Met, unnoted
from local.limits.service_calls import Answer, Body, Emulated, refusal, success
from local.limits.spells import Spells

BETWEEN_S = 8.0  # on the average, from the end of one shortage of a table to the next
LONGEST_S = 1.0  # a shortage
REFUSED = 0.5  # of the items asked for in one
SINGLE = frozenset({"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "ExecuteStatement"})
LEFT_OVER = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}
TRANSACTIONS = frozenset({"TransactWriteItems", "TransactGetItems"})
CANCELED = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
THROTTLES = (
    "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    "com.amazon.coral.availability#ThrottlingException",
    "com.amazonaws.dynamodb.v20120810#RequestLimitExceeded",
)
STATEMENT_CODES = ("ProvisionedThroughputExceeded", "ThrottlingError", "RequestLimitExceeded")
MESSAGE = "Throughput exceeds the current capacity of your table or index."
_TABLE = re.compile(r'\b(?:INTO|UPDATE|FROM)\s+"?([\w.-]+)', re.IGNORECASE)


@dataclass
class Shortages:
    """When each table has too little capacity."""

    chance: random.Random
    now_s: InitVar[Callable[[], float]]
    met: Met = unnoted
    _spells: Spells = field(init=False)

    def __post_init__(self, now_s: Callable[[], float]) -> None:
        self._spells = Spells(self.chance, now_s, BETWEEN_S, LONGEST_S)

    def refuses(self, table: str) -> bool:
        """Say whether one item of a table is refused now."""
        refused = self._spells.is_in(table) and self.chance.random() < REFUSED
        if refused:
            self.met()
        return refused


@dataclass
class YoungTables:
    """Stands before DynamoDB."""

    shortages: Shortages
    chance: random.Random

    async def answer(self, action: str, body: Body, emulated: Emulated) -> Answer:
        """Refuse what a table has no capacity for; the rest is answered by the emulator."""
        if action in SINGLE:
            refused = self.shortages.refuses(table_of(body))
            return self._throttle() if refused else await emulated(action, body)
        if action in LEFT_OVER:
            return await self._batch(action, body, emulated, LEFT_OVER[action])
        if action == "BatchExecuteStatement":
            return await self._statements(action, body, emulated)
        if action in TRANSACTIONS:
            return await self._transaction(action, body, emulated)
        return await emulated(action, body)

    def _throttle(self) -> Answer:
        return refusal(self.chance.choice(THROTTLES), MESSAGE)

    async def _batch(self, action: str, body: Body, emulated: Emulated, left_over: str) -> Answer:
        taken, left = parted(body["RequestItems"], self.shortages.refuses)
        if not taken:
            return self._throttle()
        answer = await emulated(action, {**body, "RequestItems": taken})
        if answer.status != 200 or not left:
            return answer
        return answer.with_body({**answer.body, left_over: left})  # the emulator itself leaves nothing over

    async def _statements(self, action: str, body: Body, emulated: Emulated) -> Answer:
        refused = [self.shortages.refuses(table_of(each)) for each in body["Statements"]]
        taken = [each for each, no in zip(body["Statements"], refused, strict=True) if not no]
        answer = await emulated(action, {**body, "Statements": taken}) if taken else success({"Responses": []})
        if answer.status != 200 or not any(refused):
            return answer
        answers = iter(answer.body["Responses"])
        return answer.with_body({"Responses": [self._statement_error() if no else next(answers) for no in refused]})

    def _statement_error(self) -> Body:
        return {"Error": {"Code": self.chance.choice(STATEMENT_CODES), "Message": MESSAGE}}

    async def _transaction(self, action: str, body: Body, emulated: Emulated) -> Answer:
        tables = [table_of(next(iter(each.values()))) for each in body["TransactItems"]]
        refused = [self.shortages.refuses(table) for table in tables]
        if not any(refused):
            return await emulated(action, body)
        reasons = [{"Code": "ThrottlingError", "Message": MESSAGE} if no else {"Code": "None"} for no in refused]
        return refusal(CANCELED, "Transaction cancelled, see the reasons.", CancellationReasons=reasons)


def table_of(asked: Body) -> str:
    """Return the table that a call, or one statement, is about."""
    named = asked.get("TableName")
    found = None if named else _TABLE.search(str(asked.get("Statement", "")))
    return str(named or (found[1] if found else ""))


def parted(items: Mapping[str, Any], refuses: Callable[[str], bool]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a batch's tables take and what they refuse, each in the shape of RequestItems (lists, or Keys beside options)."""
    taken, left = dict[str, Any](), dict[str, Any]()
    for table, asked in items.items():
        for each in asked if isinstance(asked, list) else asked["Keys"]:
            part = left if refuses(table) else taken
            if isinstance(asked, list):
                part.setdefault(table, []).append(each)
            else:
                part.setdefault(table, {**asked, "Keys": []})["Keys"].append(each)
    return taken, left
