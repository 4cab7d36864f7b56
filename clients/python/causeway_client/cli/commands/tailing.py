"""`causeway tail`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from causeway_client.cli.session import Session, session_of
from causeway_client.generated.outcomes import OutcomesMessage
from causeway_client.generated.records import RecordsMessage
from causeway_client.messages import Received, Unreadable, read_message

HIDDEN_S = 5  # how long a message that was looked at is hidden from the product
WAIT_S = 2


def tail(
    context: typer.Context,
    seconds: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds.")] = None,
    consume: Annotated[
        bool, typer.Option("--consume", help="Delete what was shown; the product does not get it.")
    ] = False,
) -> None:
    """
    Show outcomes and pulled records as they come; stop with Ctrl-C.

    It looks at the product's own queue without deleting anything: a message that was looked at reaches the product up to 5 s
    later, and one that the product took first is not seen here.
    """
    session = session_of(context)
    ends_at = None if seconds is None else session.clock.now_s() + seconds
    seen: set[str] = set()
    try:
        while ends_at is None or session.clock.now_s() < ends_at:
            for message in _received(session, consume):
                if message["MessageId"] not in seen:
                    seen.add(message["MessageId"])
                    _show(session, message["Body"])
    except KeyboardInterrupt:
        return


def _received(session: Session, consume: bool) -> Iterator[Mapping[str, Any]]:
    sqs, queue_url = session.deployment.aws("sqs"), session.deployment.outbound_queue_url
    answer = sqs.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=10,
        WaitTimeSeconds=WAIT_S,
        VisibilityTimeout=HIDDEN_S,
    )
    messages = answer.get("Messages", ())
    yield from messages
    if consume and messages:
        entries = [{"Id": str(place), "ReceiptHandle": each["ReceiptHandle"]} for place, each in enumerate(messages)]
        sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)


def _show(session: Session, body: str) -> None:
    try:
        message = read_message(body)
    except Unreadable as error:
        session.out.note(str(error))
        return
    if session.options.tenant not in (None, message.tenant):
        return
    if session.out.as_json:
        session.out.line(message)
        return
    for line in _lines(message):
        session.out.say(line)


def _lines(message: Received) -> Iterator[str]:
    if isinstance(message, OutcomesMessage):
        for item in message.outcomes:
            parts = [message.tenant, message.source, item.key, item.sync or "-", item.result]
            parts += [each for each in (item.code, item.detail, item.salesforce_id) if each]
            yield "  ".join(parts)
    elif isinstance(message, RecordsMessage):
        for record in message.records:
            yield "  ".join(
                (message.tenant, message.source, record.key or "-", message.sync, record.kind, record.salesforce_id)
            )
    else:
        yield f"{message.tenant}  {message.kind}  {message.detail}"
