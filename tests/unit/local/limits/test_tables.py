"""A young table: what is refused, in which shape, and that nothing refused reaches the emulator."""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest

from local.limits.service_calls import Answer, Body, success
from local.limits.tables import LONGEST_S, STATEMENT_CODES, THROTTLES, Shortages, YoungTables, parted, table_of

PUTS = [{"PutRequest": {"Item": {"pk": {"S": str(number)}}}} for number in range(4)]
WRITE = {"RequestItems": {"t": PUTS}}
READ = {"RequestItems": {"t": {"Keys": [{"pk": {"S": "1"}}, {"pk": {"S": "2"}}], "ConsistentRead": True}}}
STATEMENTS = {"Statements": [{"Statement": f"INSERT INTO \"t\" VALUE {{'pk': '{each}'}}"} for each in "abc"]}
TRANSACTION = {"TransactItems": [{"Put": {"TableName": "t"}}, {"Update": {"TableName": "u"}}]}


class Planned(Shortages):
    """Shortages as a test lists them, item by item; then none."""

    def __init__(self, refused: Iterable[bool]) -> None:
        super().__init__(random.Random(1), lambda: 0.0)
        self._planned = iter(refused)

    def refuses(self, table: str) -> bool:
        return next(self._planned, False)


class Table:
    """An emulator that takes everything."""

    def __init__(self) -> None:
        self.took: list[Body] = []

    async def __call__(self, action: str, body: Body) -> Answer:
        self.took.append(body)
        made: dict[str, Any] = {"Responses": [{"Item": each} for each in body.get("Statements", ())]}
        answer = success(made if action == "BatchExecuteStatement" else {"done": True})
        return answer._replace(headers={**answer.headers, "x-amz-crc32": str(zlib.crc32(answer.content))})


def asked(action: str, body: Body, *refused: bool) -> tuple[Answer, Table]:
    """Return the answer of a table that refuses these items, and what reached it."""
    table = Table()
    young = YoungTables(Planned(refused), random.Random(1))
    return asyncio.run(young.answer(action, body, table)), table


@pytest.mark.parametrize("action", ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"])
def test_a_single_call_is_refused_as_a_whole(action: str) -> None:
    answer, table = asked(action, {"TableName": "t"}, True)
    assert (answer.status, answer.body["__type"] in THROTTLES, table.took) == (400, True, [])
    answer, table = asked(action, {"TableName": "t"}, False)
    assert (answer.status, table.took) == (200, [{"TableName": "t"}])


def test_a_batch_of_writes_gives_back_what_was_refused() -> None:
    answer, table = asked("BatchWriteItem", WRITE, False, True, False, True)
    assert table.took == [{"RequestItems": {"t": [PUTS[0], PUTS[2]]}}]
    assert answer.body["UnprocessedItems"] == {"t": [PUTS[1], PUTS[3]]}
    assert answer.headers["x-amz-crc32"] == str(zlib.crc32(answer.content))


def test_a_batch_of_reads_gives_back_the_keys_with_their_options() -> None:
    answer, table = asked("BatchGetItem", READ, False, True)
    assert table.took == [{"RequestItems": {"t": {"Keys": [{"pk": {"S": "1"}}], "ConsistentRead": True}}}]
    assert answer.body["UnprocessedKeys"] == {"t": {"Keys": [{"pk": {"S": "2"}}], "ConsistentRead": True}}


def test_a_batch_of_which_nothing_was_taken_is_an_error() -> None:
    answer, table = asked("BatchWriteItem", WRITE, True, True, True, True)
    assert (answer.status, table.took) == (400, [])


def test_statements_fail_one_by_one_at_their_places() -> None:
    answer, table = asked("BatchExecuteStatement", STATEMENTS, True, False, True)
    assert table.took == [{"Statements": [STATEMENTS["Statements"][1]]}]
    first, second, third = answer.body["Responses"]
    assert first["Error"]["Code"] in STATEMENT_CODES
    assert second == {"Item": STATEMENTS["Statements"][1]}
    assert third["Error"]["Code"] in STATEMENT_CODES


def test_all_statements_may_fail_without_asking_the_table() -> None:
    answer, table = asked("BatchExecuteStatement", STATEMENTS, True, True, True)
    assert (answer.status, len(answer.body["Responses"]), table.took) == (200, 3, [])


def test_a_transaction_is_cancelled_as_a_whole_with_a_reason_for_each_item() -> None:
    answer, table = asked("TransactWriteItems", TRANSACTION, False, True)
    assert answer.body["__type"].endswith("#TransactionCanceledException")
    assert [reason["Code"] for reason in answer.body["CancellationReasons"]] == ["None", "ThrottlingError"]
    assert not table.took


@pytest.mark.parametrize("action", ["DescribeTable", "BatchWriteItem", "BatchExecuteStatement", "TransactWriteItems"])
def test_without_a_shortage_everything_passes_as_it_is(action: str) -> None:
    bodies: dict[str, Body] = {
        "DescribeTable": {"TableName": "t"},
        "BatchWriteItem": WRITE,
        "BatchExecuteStatement": STATEMENTS,
        "TransactWriteItems": TRANSACTION,
    }
    answer, table = asked(action, bodies[action])
    assert (answer.status, table.took) == (200, [bodies[action]])


@pytest.mark.parametrize(
    ("statement", "table"),
    [("INSERT INTO \"a-b\" VALUE {'pk': 'x'}", "a-b"), ('UPDATE "c.d" SET x = 1', "c.d"), ("SELECT * FROM e", "e")],
)
def test_a_statement_names_its_table(statement: str, table: str) -> None:
    assert table_of({"Statement": statement}) == table


def test_shortages_come_and_go_for_each_table_alone() -> None:
    now = 0.0
    shortages = Shortages(random.Random(7), lambda: now)
    refused: dict[str, list[float]] = {"t": [], "u": []}
    while now < 600:
        for table, moments in refused.items():
            if shortages.refuses(table):
                moments.append(now)
        now += 0.01
    for moments in refused.values():
        assert 0.005 < len(moments) / 60_000 < 0.08
        begins = [
            moments[0],
            *(later for earlier, later in pairwise(moments) if later - earlier > LONGEST_S),
        ]
        assert len(begins) > 20
    assert refused["t"] != refused["u"]


def test_a_batch_is_parted_table_by_table() -> None:
    assert parted({"t": PUTS[:1], "u": PUTS[1:2]}, lambda table: table == "u") == ({"t": PUTS[:1]}, {"u": PUTS[1:2]})
