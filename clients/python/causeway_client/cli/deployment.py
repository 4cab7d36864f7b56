"""Which deployment a command works with: the local stack of a checkout, or a stack on AWS."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError

from causeway_client.api import CausewayApi
from causeway_client.cli.exits import Exit, Stop

LOCAL_FOLDER = "CAUSEWAY_LOCAL"  # names another folder than .local, as for `make up`
LOCAL_STACK = "causeway"
LOCAL_KEY = "test"
OUTPUTS = (
    "PublicUrl",
    "PushQueueUrl",
    "PushDeadLetterQueueUrl",
    "OutboundQueueUrl",
    "PullQueueUrl",
    "EventBusName",
)

type Clients = Callable[[str], Any]


@dataclass(frozen=True)
class Deployment:
    """One deployment: its API, its queues, and clients of its AWS by service name."""

    stack: str
    region: str
    url: str
    push_queue_url: str
    push_dlq_url: str
    outbound_queue_url: str
    pull_queue_url: str
    event_bus: str
    api: CausewayApi
    aws: Clients
    is_local: bool = False

    @property
    def console_url(self) -> str:
        """Return where the console is."""
        return f"{self.url}/console"


def local_deployment(folder: Path | None = None) -> Deployment:
    """Return the stack that `make up` started from this folder or one above; raise Stop when none runs."""
    found = _stack_file(folder or Path.cwd())
    if found is None:
        raise Stop(Exit.UNREACHABLE, "No stack runs from this folder.", "Start one with: make up")
    stack = json.loads(found.read_text(encoding="utf-8"))
    session = requests.Session()
    session.trust_env = False  # a proxy of the caller's must not see this machine's own addresses
    key = Credentials(LOCAL_KEY, LOCAL_KEY)
    return Deployment(
        stack=stack.get("stack_name", LOCAL_STACK),
        region=stack["region"],
        url=stack["api_url"],
        push_queue_url=stack["push_queue_url"],
        push_dlq_url=stack["push_dlq_url"],
        outbound_queue_url=stack["outbound_queue_url"],
        pull_queue_url=stack["pull_queue_url"],
        event_bus=stack["event_bus"],
        api=CausewayApi(stack["api_url"], credentials=key, region=stack["region"], session=session),
        aws=_local_clients(stack["aws_endpoint"], stack["region"]),
        is_local=True,
    )


def deployed(stack: str, region: str | None = None, profile: str | None = None) -> Deployment:
    """Return a stack on AWS by its outputs, with the caller's credentials; raise Stop when it cannot be read."""
    try:
        session = boto3.Session(region_name=region, profile_name=profile)
        clients = cache(lambda service: session.client(service))
        outputs = _outputs(clients("cloudformation"), stack)
        credentials = session.get_credentials()
    except BotoCoreError as error:
        raise Stop(Exit.UNREACHABLE, f"AWS cannot be asked: {error}.", "Check AWS_PROFILE and AWS_REGION.") from None
    if credentials is None:
        raise Stop(Exit.UNREACHABLE, "There are no AWS credentials.", "Set AWS_PROFILE, or sign in.")
    url, where = outputs["PublicUrl"], session.region_name
    return Deployment(
        stack=stack,
        region=where,
        url=url,
        push_queue_url=outputs["PushQueueUrl"],
        push_dlq_url=outputs["PushDeadLetterQueueUrl"],
        outbound_queue_url=outputs["OutboundQueueUrl"],
        pull_queue_url=outputs["PullQueueUrl"],
        event_bus=outputs["EventBusName"],
        api=CausewayApi(url, credentials=credentials, region=where),
        aws=clients,
    )


def _stack_file(folder: Path) -> Path | None:
    named = os.environ.get(LOCAL_FOLDER)
    places = [Path(named)] if named else [each / ".local" for each in (folder, *folder.parents)]
    return next((place / "stack.json" for place in places if (place / "stack.json").is_file()), None)


def _local_clients(endpoint: str, region: str) -> Clients:
    @cache
    def client(service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]  # the name is a variable
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=LOCAL_KEY,
            aws_secret_access_key=LOCAL_KEY,
            config=Config(proxies={}),
        )

    return client


def _outputs(cloudformation: Any, stack: str) -> Mapping[str, str]:
    try:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        message = error.response.get("Error", {}).get("Message", str(error))
        raise Stop(Exit.UNREACHABLE, f"The stack {stack} cannot be read: {message}.") from None
    outputs = {item["OutputKey"]: item["OutputValue"] for item in described.get("Outputs", ())}
    missing = [output for output in OUTPUTS if output not in outputs]
    if missing:
        raise Stop(Exit.UNREACHABLE, f"The stack {stack} is no deployment of Causeway: it has no output {missing[0]}.")
    return outputs
