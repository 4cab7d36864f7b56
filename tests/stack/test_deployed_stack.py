"""The template as deployed: each door opens for those it is for, and stack.json says where everything is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.stack.deploy import Deployed, deployed
from local.stack.loopback import loopback_only
from local.stack.timings import PATIENT
from tests.support.template import folder, functions

TIMEOUT_S = 150
ADDRESSES = (
    "aws_endpoint",
    "api_url",
    "console_url",
    "org_url",
    "org_origin",
    "push_queue_url",
    "push_dlq_url",
    "outbound_queue_url",
)
NAMES = ("region", "event_bus", "config_table", "state_table", "parked_table")
ROOT_KEY = Credentials("test", "test")

pytestmark = pytest.mark.stack


@dataclass(frozen=True)
class Product:
    """A product's backend: an IAM user with the stack's product policy and nothing else."""

    credentials: Credentials
    session: boto3.Session
    endpoint: str

    def client(self, service: str) -> Any:
        """Return a client that acts as the product."""
        make: Callable[..., Any] = self.session.client
        return make(service, endpoint_url=self.endpoint)


@pytest.fixture(scope="module")
def known(stack: dict[str, Any]) -> Deployed:
    """Return what CloudFormation knows of the stack."""
    return deployed(stack["aws_endpoint"])


@pytest.fixture(scope="module")
def product(stack: dict[str, Any], known: Deployed, aws: Callable[[str], Any]) -> Iterator[Product]:
    """Make a product's user for the module."""
    iam, user, policy = aws("iam"), "probe-product", known.outputs["ProductPolicyArn"]
    iam.create_user(UserName=user)
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    id_, secret = key["AccessKeyId"], key["SecretAccessKey"]
    yield Product(
        Credentials(id_, secret), boto3.Session(id_, secret, region_name=stack["region"]), stack["aws_endpoint"]
    )
    iam.delete_access_key(UserName=user, AccessKeyId=id_)
    iam.detach_user_policy(UserName=user, PolicyArn=policy)
    iam.delete_user(UserName=user)


def answered(url: str, credentials: Credentials, region: str) -> requests.Response:
    """Return the answer to a signed GET."""
    request = AWSRequest("GET", url)
    SigV4Auth(credentials, "execute-api", region).add_auth(request)
    return requests.get(url, headers=dict(request.headers), timeout=TIMEOUT_S)


def signed(url: str, credentials: Credentials, region: str) -> int:
    """Return the status of a signed GET."""
    return answered(url, credentials, region).status_code


def test_stack_json_names_everything_and_only_addresses_of_this_machine(stack: dict[str, Any]) -> None:
    assert [stack[name] for name in ADDRESSES] == [loopback_only(stack[name]) for name in ADDRESSES]
    assert all(stack[name] for name in NAMES)
    assert set(stack["functions"]) == {folder(function) for function in functions().values()}
    assert stack["recovery_bound_s"] >= PATIENT.push_visibility_s + PATIENT.push_timeout_s


@pytest.mark.parametrize("path", ["/v1/health", "/v1/openapi.json", "/console"])
def test_what_is_for_anyone_needs_no_signature(stack: dict[str, Any], path: str) -> None:
    assert requests.get(stack["api_url"] + path, timeout=TIMEOUT_S).status_code == 200


@pytest.mark.parametrize("path", ["/v1/connections", "/v1/tenants/acme/connection", "/console/api/connection"])
def test_everything_else_is_refused_to_a_stranger(stack: dict[str, Any], path: str) -> None:
    assert requests.get(stack["api_url"] + path, timeout=TIMEOUT_S).status_code in (401, 403)
    stranger = Credentials("AKIASTRANGER", "secret")
    assert signed(stack["api_url"] + path, stranger, stack["region"]) in (401, 403)


def test_a_signed_caller_reaches_the_api_by_its_public_address(stack: dict[str, Any]) -> None:
    assert signed(f"{stack['api_url']}/v1/connections", ROOT_KEY, stack["region"]) == 200


def test_a_product_may_call_the_api_send_changes_and_read_outcomes(
    stack: dict[str, Any], known: Deployed, product: Product
) -> None:
    own_address = f"{stack['aws_endpoint']}/restapis/{known.outputs['ApiId']}/live/_user_request_"
    assert signed(f"{own_address}/v1/connections", product.credentials, stack["region"]) == 200
    forged = Credentials(product.credentials.access_key, "not the secret")
    assert signed(f"{own_address}/v1/connections", forged, stack["region"]) == 403
    sqs = product.client("sqs")
    sqs.send_message(QueueUrl=stack["push_queue_url"], MessageBody="{}", MessageGroupId="nobody")
    sqs.receive_message(QueueUrl=stack["outbound_queue_url"], VisibilityTimeout=0)


def test_a_product_may_do_nothing_else(stack: dict[str, Any], product: Product) -> None:
    attempts = [
        ("sqs", "receive_message", {"QueueUrl": stack["push_queue_url"]}),
        ("sqs", "send_message", {"QueueUrl": stack["outbound_queue_url"], "MessageBody": "{}"}),
        ("dynamodb", "get_item", {"TableName": stack["config_table"], "Key": {"pk": {"S": "x"}, "sk": {"S": "x"}}}),
        ("lambda", "invoke", {"FunctionName": stack["functions"]["token_broker"]}),
    ]
    for service, operation, parameters in attempts:
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(product.client(service), operation)(**parameters)


def test_what_crashed_a_handler_is_parked_where_people_see_it(stack: dict[str, Any], aws: Callable[[str], Any]) -> None:
    change = {"key": "1", "fields": {"email": "ada@example.com"}}
    message = {"version": 1, "tenant": "crashing", "source": "lead", "changes": [change]}
    aws("sqs").send_message(QueueUrl=stack["push_dlq_url"], MessageBody=json.dumps(message))
    parked: list[dict[str, Any]] = []
    limit = time.monotonic() + TIMEOUT_S
    while not parked and time.monotonic() < limit:
        url = f"{stack['api_url']}/v1/tenants/crashing/parked"
        parked = answered(url, ROOT_KEY, stack["region"]).json()["parked"]
    assert [(entry["code"], json.loads(entry["body"])) for entry in parked] == [("crashed", message)]


def test_the_parameter_holds_the_public_address(
    stack: dict[str, Any], known: Deployed, aws: Callable[[str], Any]
) -> None:
    name = known.names["PublicUrlParameter"]
    assert aws("ssm").get_parameter(Name=name)["Parameter"]["Value"] == stack["api_url"]
    assert known.outputs["CallbackUrl"] == f"{stack['api_url']}/oauth/callback"


def test_the_org_applies_nothing_later_than_an_unknown_outcome_is_held(stack: dict[str, Any]) -> None:
    told = requests.get(f"{stack['org_url']}/_control/settings", timeout=TIMEOUT_S).json()
    assert told["late_apply_max_s"] == PATIENT.unknown_outcome_hold_s == 10


def test_the_app_of_the_simulated_org_is_in_the_secret(known: Deployed, aws: Callable[[str], Any]) -> None:
    secret = aws("secretsmanager").get_secret_value(SecretId=known.outputs["AppCredentialsSecretArn"])["SecretString"]
    assert all(json.loads(secret)[name] for name in ("client_id", "client_secret"))


def test_the_dashboard_is_json_that_names_this_stacks_functions(known: Deployed, aws: Callable[[str], Any]) -> None:
    body = aws("cloudwatch").get_dashboard(DashboardName=known.names["Dashboard"])["DashboardBody"]
    assert json.loads(body)["widgets"]
    assert [name for name in known.functions().values() if name not in body] == []
    assert "${" not in body
