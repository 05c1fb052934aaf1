"""Short ways to make what tests of the backing services need, and to wait for what comes of it."""

import io
import json
import secrets
import textwrap
import time
import zipfile
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
PATIENCE_SECONDS = 30
POLL_SECONDS = 0.05


class Aws:
    """One account of a local AWS: its clients, and short ways to make what tests need."""

    def __init__(self, emulator: Any, account: str) -> None:
        self.emulator = emulator
        self.account = account
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.emulator.client(service, self.account)
        return self._clients[service]

    def arn(self, service: str, resource: str) -> str:
        region = "" if service == "iam" else REGION
        return f"arn:aws:{service}:{region}:{self.account}:{resource}"

    def function(self, code: str, **settings: Any) -> str:
        """Create a function of this code, which has a `handler`; its name."""
        name = f"function-{secrets.token_hex(4)}"
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr("index.py", textwrap.dedent(code))
        settings = {"Runtime": "python3.13", "Role": self.arn("iam", "role/none")} | settings
        self.client("lambda").create_function(
            FunctionName=name,
            Handler="index.handler",
            Code={"ZipFile": archive.getvalue()},
            **settings,
        )
        return name

    def queue(self, *, fifo: bool = False, **attributes: str) -> tuple[str, str]:
        """Create a queue; its URL and ARN."""
        name = f"queue-{secrets.token_hex(4)}" + (".fifo" if fifo else "")
        if fifo:
            attributes["FifoQueue"] = "true"
        url = self.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, self.arn("sqs", name)

    def take(self, url: str) -> list[dict[str, Any]]:
        """The messages that a queue has now; they are gone from it."""
        taken: list[dict[str, Any]] = []
        while True:
            messages = (
                self.client("sqs")
                .receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=10,
                    MessageAttributeNames=["All"],
                    AttributeNames=["All"],
                )
                .get("Messages", [])
            )
            if not messages:
                return taken
            for message in messages:
                handle = message["ReceiptHandle"]
                self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=handle)
            taken += messages

    def taken(self, url: str, count: int) -> list[dict[str, Any]]:
        """The first messages of a queue, as soon as so many have come."""
        messages: list[dict[str, Any]] = []

        def come() -> bool:
            messages.extend(self.take(url))
            return len(messages) >= count

        eventually(come)
        assert len(messages) == count
        return messages

    def rule(self, function: str, **target: Any) -> tuple[str, str]:
        """A bus of its own and a rule for all of its events; names of bus and rule's ARN."""
        events, name = self.client("events"), f"bus-{secrets.token_hex(4)}"
        events.create_event_bus(Name=name)
        pattern = json.dumps({"source": [{"prefix": ""}]})
        arn = events.put_rule(Name="all", EventBusName=name, EventPattern=pattern)["RuleArn"]
        entry = {"Id": "function", "Arn": self.arn("lambda", f"function:{function}")} | target
        events.put_targets(Rule="all", EventBusName=name, Targets=[entry])
        return name, arn

    def role(self, service: str, *statements: dict[str, Any], **trust: Any) -> str:
        """A role of a service, `lambda` or another, with a policy `own` of these statements.

        trust: what is different in the statement that lets the service take it on.
        """
        name = f"role-{secrets.token_hex(4)}"
        trusted = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": self.account}},
        }
        self.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=document(trusted | trust)
        )
        arn = self.arn("iam", f"role/{name}")
        if statements:
            self.permit(arn, *statements)
        return arn

    def permit(self, role_arn: str, *statements: dict[str, Any]) -> None:
        """Replace the policy `own` of a role."""
        self.client("iam").put_role_policy(
            RoleName=role_arn.rpartition("/")[2],
            PolicyName="own",
            PolicyDocument=document(*statements),
        )

    def user(self, *statements: dict[str, Any]) -> Callable[[str], Any]:
        """`client(service)` of a user with these statements."""
        iam, name = self.client("iam"), f"user-{secrets.token_hex(4)}"
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(
                UserName=name, PolicyName="own", PolicyDocument=document(*statements)
            )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return lambda service: signed_client(
            self.emulator, service, key["AccessKeyId"], key["SecretAccessKey"]
        )

    def key(self, *statements: dict[str, Any]) -> str:
        """A customer key whose policy has these statements; its ARN."""
        policy = document(*statements)
        arn: str = self.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
        return arn

    def set_key_policy(self, key: str, *statements: dict[str, Any]) -> None:
        self.client("kms").put_key_policy(
            KeyId=key, PolicyName="default", Policy=document(*statements)
        )

    def set_queue_policy(self, url: str, *statements: dict[str, Any]) -> None:
        attributes = {"Policy": document(*statements)}
        self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def told(self, text: str) -> bool:
        """Whether the enforcing emulator's log says so."""
        return text in self.emulator.log.read_text(encoding="utf-8")

    def send_event(self, bus: str, detail: Any) -> str:
        """Publish an event; its id."""
        entry = {"EventBusName": bus, "Source": "test", "DetailType": "T"}
        answer = self.client("events").put_events(Entries=[entry | {"Detail": json.dumps(detail)}])
        assert answer["FailedEntryCount"] == 0
        event_id: str = answer["Entries"][0]["EventId"]
        return event_id


def signed_client(
    emulator: Any, service: str, key: str, secret: str, token: str | None = None
) -> Any:
    """A client that never retries and signs with this key."""
    return boto3.client(
        service,
        endpoint_url=emulator.url,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(actions: str | list[str], *resources: str) -> dict[str, Any]:
    """A statement of an identity policy."""
    return {"Effect": "Allow", "Action": actions, "Resource": list(resources)}


def service_may(
    service: str, actions: str | list[str], resource: str, source_arn: str, account: str
) -> dict[str, Any]:
    """A statement of a resource policy, as AWS's guides have it."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": actions,
        "Resource": resource,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": source_arn},
        },
    }


def eventually(happens: Callable[[], Any]) -> Any:
    """What `happens` returns, as soon as it is true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (result := happens()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(POLL_SECONDS)
    return result


def account_administers(account: str) -> dict[str, Any]:
    """The statement of a key policy that leaves the rest to IAM."""
    root = f"arn:aws:iam::{account}:root"
    return {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
