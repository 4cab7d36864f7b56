"""Mail to subscribers through one SNS topic: each address confirms its subscription, and a filter gives it its own notices alone."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.subscriptions.ports import Answer

MAX_SUBJECT = 99  # SNS limit: characters of a subject, ASCII


class NoticeMail:
    """The topic of mails."""

    def __init__(self, client: Any, topic: str) -> None:
        self._client, self._topic = client, topic

    def invite(self, subscription: str, address: str) -> str:
        """Ask an address to confirm its mail; return the ARN by which it is ended."""
        answer = self._client.subscribe(
            TopicArn=self._topic,
            Protocol="email",
            Endpoint=address,
            Attributes={"FilterPolicy": json.dumps({"subscription": [subscription]})},
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])

    def uninvite(self, arn: str) -> None:
        """End the mail to an address; one that never confirmed has nothing to end."""
        try:
            self._client.unsubscribe(SubscriptionArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("NotFound", "InvalidParameter"):
                raise

    def send(self, subscription: str, subject: str, text: str) -> Answer:
        """Publish a notice for one subscription."""
        named = {"subscription": {"DataType": "String", "StringValue": subscription}}
        return published(self._client, self._topic, subject, text, MessageAttributes=named)


def published(client: Any, topic: str, subject: str, text: str, **more: Any) -> Answer:
    """Publish a mail to a topic; the answer says when SNS did not take it."""
    short = subject.encode("ascii", "replace").decode().replace("\n", " ")[:MAX_SUBJECT]
    try:
        client.publish(TopicArn=topic, Subject=short, Message=text, **more)
    except (ClientError, BotoCoreError) as error:
        return Answer(0, f"SNS did not take it ({type(error).__name__})")
    return Answer(200)
