"""PartiQL statements on moto, which knows none: each is carried out as the update or put that it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

_INSERT = re.compile(r'INSERT INTO "(?P<table>[^"]+)" VALUE \{(?P<names>.+)\}$')
_UPDATE = re.compile(
    r'UPDATE "(?P<table>[^"]+)" (?P<changes>.+?) WHERE "pk" = \? AND (?P<condition>.+?)(?P<returns> RETURNING ALL NEW \*)?$'
)
_SET, _REMOVE = re.compile(r'SET "(\w+)" = \?'), re.compile(r'REMOVE "(\w+)"')
CODES = {"ConditionalCheckFailedException": "ConditionalCheckFailed"}


class WithStatements:
    """A DynamoDB client of moto that takes BatchExecuteStatement, too; `batches` counts these requests."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.batches = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_execute_statement(self, Statements: Sequence[Mapping[str, Any]]) -> Any:
        """Carry out each statement by itself."""
        if not 1 <= len(Statements) <= 25:
            raise ValueError(f"a request takes 1 to 25 statements, not {len(Statements)}")
        self.batches += 1
        return {"Responses": [self._response(each["Statement"], each["Parameters"]) for each in Statements]}

    def _response(self, statement: str, values: Sequence[Any]) -> dict[str, Any]:
        insert = _INSERT.match(statement)
        try:
            return self._inserted(insert, values) if insert else self._updated(statement, values)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if insert:
                return {"Error": {"Code": "DuplicateItem"}}
            item: Any = error.response.get("Item")
            return {"Error": {"Code": CODES.get(code, code), **({"Item": item} if item else {})}}

    def _inserted(self, insert: re.Match[str], values: Sequence[Any]) -> dict[str, Any]:
        names = re.findall(r"'(\w+)': \?", insert["names"])
        item = dict(zip(names, values, strict=True))
        self._client.put_item(TableName=insert["table"], Item=item, ConditionExpression="attribute_not_exists(pk)")
        return {"TableName": insert["table"]}

    def _updated(self, statement: str, values: Sequence[Any]) -> dict[str, Any]:
        update = _UPDATE.match(statement)
        if update is None:
            return {"Error": {"Code": "ValidationError"}}
        left = list(values)
        sets = {name: left.pop(0) for name in _SET.findall(update["changes"])}
        removes, key = _REMOVE.findall(update["changes"]), left.pop(0)
        condition = re.sub(r'"(\w+)" IS MISSING', r"attribute_not_exists(#\1)", update["condition"])
        condition = re.sub(r'"(\w+)"', r"#\1", condition)
        for place in range(len(left)):
            condition = condition.replace("?", f":w{place}", 1)
        names = {*sets, *removes, *re.findall(r"#(\w+)", condition)}
        answer = self._client.update_item(
            TableName=update["table"],
            Key={"pk": key},
            UpdateExpression=" ".join(
                _expression("SET", [f"#{name} = :{name}" for name in sets])
                + _expression("REMOVE", [f"#{name}" for name in removes])
            ),
            ConditionExpression=f"attribute_exists(pk) AND ({condition})",
            ExpressionAttributeNames={f"#{name}": name for name in names},
            ExpressionAttributeValues={f":{name}": value for name, value in sets.items()}
            | {f":w{place}": value for place, value in enumerate(left)},
            ReturnValues="ALL_NEW" if update["returns"] else "NONE",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return {"TableName": update["table"], **({"Item": answer["Attributes"]} if update["returns"] else {})}


def _expression(word: str, parts: Sequence[str]) -> list[str]:
    return [f"{word} {', '.join(parts)}"] if parts else []
