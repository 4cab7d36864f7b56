"""
Write many items of a table in few requests, each under its own condition: PartiQL statements, 25 a request.

A request of boto3 costs a millisecond of processor time whatever it carries, and a statement in a batch takes the same write units as
UpdateItem does (DynamoDB API Reference, BatchExecuteStatement; no transaction: each statement holds or fails alone).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from causeway.gateways.aws.parallel import in_parallel

MAX_STATEMENTS = 25  # DynamoDB limit: statements per BatchExecuteStatement
LOST, REFUSED = "Lost", "Refused"  # a whole request: no answer came, or the service took none of it

type Item = Mapping[str, Any]
type Statement = dict[str, Any]


class Answer(NamedTuple):
    """
    What became of one statement: `fault` is "" when it was written, else DynamoDB's code of the statement, LOST or REFUSED.

    `item` is what it returns: the new item where it asks for that, or the one on which its condition failed.
    """

    fault: str = ""
    item: Item | None = None

    @property
    def is_written(self) -> bool:
        """Whether the statement was carried out."""
        return not self.fault

    @property
    def is_final(self) -> bool:
        """Whether nothing is gained by writing the item alone: it is written, or the whole request came to nothing."""
        return self.fault in ("", LOST, REFUSED)


def updating(
    table: str, changes: str, condition: str, pk: str, set_to: Sequence[Any], where: Sequence[Any]
) -> Statement:
    """Return an update of an existing item under a condition; question marks stand for the values, in their order."""
    return {
        "Statement": f'UPDATE "{table}" {changes} WHERE "pk" = ? AND {condition}',
        "Parameters": [*set_to, {"S": pk}, *where],
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def inserting(table: str, item: Item) -> Statement:
    """Return the insertion of an item that must not exist."""
    names = ", ".join(f"'{name}': ?" for name in item)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{names}}}', "Parameters": list(item.values())}


def each_written[T, R](
    client: Any,
    items: Sequence[T],
    statement: Callable[[T], Statement],
    read: Callable[[T, Answer], R | None],
    alone: Callable[[T], R],
) -> list[R]:
    """
    Write items by one statement each and return what `read` makes of the answers, in order.

    Where `read` returns None, the answer does not say enough (the item is not as supposed, the statement was throttled); such an
    item, and one that has no company, is written by `alone`, which must bear that it was written already.
    """

    def part(some: Sequence[T]) -> list[R]:
        if len(some) == 1:
            return [alone(some[0])]
        answers = _executed(client, [statement(each) for each in some])
        found = [read(each, answer) for each, answer in zip(some, answers, strict=True)]
        return [alone(each) if made is None else made for each, made in zip(some, found, strict=True)]

    parts = [items[start : start + MAX_STATEMENTS] for start in range(0, len(items), MAX_STATEMENTS)]
    return [made for each in in_parallel(part, parts) for made in each]


def _executed(client: Any, statements: Sequence[Statement]) -> list[Answer]:
    try:
        responses = client.batch_execute_statement(Statements=statements)["Responses"]
    except ClientError:
        return [Answer(REFUSED)] * len(statements)
    except BotoCoreError:
        return [Answer(LOST)] * len(statements)
    return [_answer(response) for response in responses]


def _answer(response: Mapping[str, Any]) -> Answer:
    error = response.get("Error")
    if error is None:
        return Answer(item=response.get("Item"))
    return Answer(str(error.get("Code", "")) or REFUSED, error.get("Item"))
