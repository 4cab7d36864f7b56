"""One harmless call for each right worth asking about: it names what does not exist, fails a condition, or changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore import xform_name

NOBODY = "probe-of-rights"
TABLE_KEYS = {"ConfigTable": ("pk", "sk"), "StateTable": ("pk",), "ParkedTable": ("pk", "sk")}
INDEX_KEYS = {
    "ConfigTable/index/due": "due_shard",
    "ParkedTable/index/by_code": "code_pk",
    "ParkedTable/index/by_record": "record_pk",
    "ParkedTable/index/by_group": "group_pk",
}
QUEUES = (
    "PushQueue",
    "PushDeadLetterQueue",
    "OutboundQueue",
    "PullQueue",
    "PullDeadLetterQueue",
    "NoticeQueue",
    "NoticeDeadLetterQueue",
    "RelayQueue",
    "RelayDeadLetterQueue",
)
OPERATIONS = {
    "lambda:InvokeFunction": "invoke",
    "s3:ListBucket": "list_objects_v2",
}  # where an action is not called as its operation


@dataclass(frozen=True)
class Probe:
    """An action, its resource in the template's words (`ConfigTable/index/due`), and the parameters of a call that needs it."""

    action: str
    resource: str
    parameters: dict[str, Any]

    @property
    def service(self) -> str:
        """Return boto3's name of the service."""
        return self.action.partition(":")[0]

    @property
    def operation(self) -> str:
        """Return boto3's name of the operation."""
        return OPERATIONS.get(self.action) or xform_name(self.action.partition(":")[2])


def probes(names: dict[str, str], stack_name: str) -> list[Probe]:
    """Return every probe for a stack with these physical names by logical id."""
    return [
        *_tables(names),
        *_queues(names),
        *_secrets_and_keys(names, stack_name),
        *_mail(names),
        *_others(names, stack_name),
    ]


def _tables(names: dict[str, str]) -> list[Probe]:
    found = []
    for table, attributes in TABLE_KEYS.items():
        where = {"TableName": names[table]}
        key = {attribute: {"S": NOBODY} for attribute in attributes}
        never = {"ConditionExpression": "attribute_exists(pk)"}
        found += [
            Probe("dynamodb:GetItem", table, {**where, "Key": key}),
            Probe("dynamodb:Query", table, {**where, **_equal("pk")}),
            Probe("dynamodb:PutItem", table, {**where, "Item": key, **never}),
            Probe("dynamodb:UpdateItem", table, {**where, "Key": key, "UpdateExpression": "REMOVE probe", **never}),
            Probe("dynamodb:DeleteItem", table, {**where, "Key": key, **never}),
            Probe("dynamodb:BatchGetItem", table, {"RequestItems": {names[table]: {"Keys": [key]}}}),
            Probe(
                "dynamodb:BatchWriteItem", table, {"RequestItems": {names[table]: [{"DeleteRequest": {"Key": key}}]}}
            ),
            Probe("dynamodb:Scan", table, {**where, "Limit": 1}),
            Probe("dynamodb:DescribeTable", table, where),
        ]
    for index, attribute in INDEX_KEYS.items():
        table, _, name = index.partition("/index/")
        found.append(
            Probe("dynamodb:Query", index, {"TableName": names[table], "IndexName": name, **_equal(attribute)})
        )
    return found


def _equal(attribute: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "#key = :nobody",
        "ExpressionAttributeNames": {"#key": attribute},
        "ExpressionAttributeValues": {":nobody": {"S": NOBODY}},
    }


def _queues(names: dict[str, str]) -> list[Probe]:
    too_long = {"MessageBody": NOBODY, "DelaySeconds": 100_000}  # refused after the rights were checked
    return [
        probe
        for queue in QUEUES
        for probe in (
            Probe("sqs:SendMessage", queue, {"QueueUrl": names[queue], **too_long}),
            Probe("sqs:SendMessageBatch", queue, {"QueueUrl": names[queue], "Entries": [{"Id": "1", **too_long}]}),
            Probe("sqs:ReceiveMessage", queue, {"QueueUrl": names[queue], "MaxNumberOfMessages": 100}),
            Probe("sqs:DeleteMessage", queue, {"QueueUrl": names[queue], "ReceiptHandle": NOBODY}),
            Probe(
                "sqs:ChangeMessageVisibility",
                queue,
                {"QueueUrl": names[queue], "ReceiptHandle": NOBODY, "VisibilityTimeout": 0},
            ),
            Probe("sqs:GetQueueAttributes", queue, {"QueueUrl": names[queue], "AttributeNames": ["QueueArn"]}),
            Probe("sqs:PurgeQueue", f"{queue}/never", {"QueueUrl": f"{names[queue]}-{NOBODY}"}),
        )
    ]


def _secrets_and_keys(names: dict[str, str], stack_name: str) -> list[Probe]:
    tenant = f"{stack_name}/tenants/{NOBODY}"
    own_key = {"KeyId": names["TokenKey"]}
    return [
        Probe("secretsmanager:GetSecretValue", "AppCredentialsSecret", {"SecretId": names["AppCredentialsSecret"]}),
        Probe("secretsmanager:GetSecretValue", "LinkSigningSecret", {"SecretId": names["LinkSigningSecret"]}),
        Probe("secretsmanager:GetSecretValue", "WebhookKeySecret", {"SecretId": names["WebhookKeySecret"]}),
        Probe("secretsmanager:GetSecretValue", "tenants/*", {"SecretId": tenant}),
        Probe("secretsmanager:PutSecretValue", "tenants/*", {"SecretId": tenant, "SecretString": NOBODY}),
        Probe("secretsmanager:DeleteSecret", "tenants/*", {"SecretId": tenant, "ForceDeleteWithoutRecovery": True}),
        Probe(
            "secretsmanager:PutSecretValue", "AppCredentialsSecret", {"SecretId": f"{NOBODY}", "SecretString": NOBODY}
        ),
        Probe("secretsmanager:ListSecrets", "*", {}),
        Probe("kms:Encrypt", "TokenKey", {**own_key, "Plaintext": b"probe"}),
        Probe("kms:Decrypt", "TokenKey", {**own_key, "CiphertextBlob": b"probe"}),
        Probe("kms:GenerateDataKey", "TokenKey", {**own_key, "KeySpec": "AES_256"}),
    ]


def _mail(names: dict[str, str]) -> list[Probe]:
    """Leave out Publish and Subscribe: a topic's own policy allows them to every role of the account."""
    topic = names["NoticeTopic"]
    return [
        Probe("sns:Unsubscribe", "*", {"SubscriptionArn": f"{topic}:{NOBODY}"}),
        Probe("sns:GetTopicAttributes", "NoticeTopic", {"TopicArn": topic}),
        Probe("sns:SetTopicAttributes", "NoticeTopic", {"TopicArn": topic, "AttributeName": NOBODY}),
    ]


def _others(names: dict[str, str], stack_name: str) -> list[Probe]:
    absent = {"Bucket": names["ParkedBucket"], "Key": NOBODY}
    asked = {"InvocationType": "DryRun"}
    event = {"Source": NOBODY, "DetailType": NOBODY, "Detail": "{}", "EventBusName": names["EventBus"]}
    return [
        Probe("lambda:InvokeFunction", "TokenBrokerFunction", {"FunctionName": names["TokenBrokerFunction"], **asked}),
        Probe("lambda:InvokeFunction", "ApiFunction", {"FunctionName": names["ApiFunction"], **asked}),
        Probe("lambda:GetFunction", "TokenBrokerFunction", {"FunctionName": names["TokenBrokerFunction"]}),
        Probe("s3:GetObject", "ParkedBucket/*", absent),
        Probe("s3:PutObject", "ParkedBucket/*", {**absent, "Body": b"probe", "ContentMD5": "wrong"}),
        Probe("s3:DeleteObject", "ParkedBucket/*", absent),
        Probe("s3:ListBucket", "ParkedBucket", {"Bucket": names["ParkedBucket"]}),
        Probe("events:PutEvents", "EventBus", {"Entries": [event]}),
        Probe("ssm:GetParameter", "public-url", {"Name": f"/{stack_name}/public-url"}),
        Probe(
            "ssm:PutParameter", "public-url", {"Name": f"/{stack_name}/public-url", "Value": NOBODY, "Type": "String"}
        ),
        Probe("iam:ListRoles", "*", {}),
        Probe("cloudformation:DescribeStacks", "*", {"StackName": stack_name}),
    ]
