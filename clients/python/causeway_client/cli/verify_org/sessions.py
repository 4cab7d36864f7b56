"""With which session an org is asked: that of a tenant's connection, or one that the caller brings."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from causeway_client.api import CausewayApi
from causeway_client.cli.deployment import Deployment
from causeway_client.cli.doctor.stack import DeployedStack
from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.verify_org.org import Access

TOKEN = "SALESFORCE_ACCESS_TOKEN"
LOOPBACK = ("127.0.0.1", "localhost")
TABLE = "ConfigTable"
PURPOSE = "access-token"


def given_access(instance_url: str) -> Access:
    """Return the access that the caller brings: an address, and the token in the environment."""
    url, token = urlsplit(instance_url), os.environ.get(TOKEN, "")
    if not url.hostname or (url.scheme != "https" and url.hostname not in LOOPBACK):
        raise Stop(Exit.USAGE, f"{instance_url} is no address of an org.", "It looks like https://….my.salesforce.com.")
    if not token:
        remedy = f"Set {TOKEN}, for example from: sf org display --json"
        raise Stop(Exit.USAGE, "--instance-url needs an access token.", remedy)
    return Access(f"{url.scheme}://{url.netloc}", token)


def connected_access(deployment: Deployment, api: CausewayApi, tenant: str) -> Access:
    """Return the access of a tenant's connection; its test renews the token when Salesforce does not take it any more."""
    api.test_connection(tenant)
    table = DeployedStack(deployment).names.get(TABLE, "")
    key = {"pk": {"S": f"T#{tenant}"}, "sk": {"S": "CONNECTION"}}
    item = deployment.aws("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
    sealed = item.get("sealed_token", {}).get("B", b"")
    if not sealed:
        raise Stop(Exit.REFUSED, f"{tenant} is connected to no org.", "Connect one with: causeway connect")
    context = {"tenant": tenant, "purpose": PURPOSE}
    opened = deployment.aws("kms").decrypt(CiphertextBlob=bytes(sealed), EncryptionContext=context)
    return Access(item["instance_url"]["S"], opened["Plaintext"].decode())
