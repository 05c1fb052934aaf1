"""Pieces of a deployed stack on a local AWS, and the command line told where they are."""

import json
import os
import secrets
import shlex
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import mappings
from lifecycle.stack_outputs import Deployed
from profiles.requests import to_request

LIFECYCLE = Path(sys.executable).with_name("lifecycle")
REGION = "us-east-1"
KEY = "test"
"""The access key with which the commands sign where the stack has an endpoint."""


@dataclass
class Stack:
    """What a test has made so far: `outputs` are those that `pulumi stack output` tells."""

    emulator: Any
    folder: Path
    name: str = field(default_factory=lambda: f"stack-{secrets.token_hex(4)}")
    outputs: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return self.emulator.client(service, KEY)

    @property
    def deployed(self) -> Deployed:
        return Deployed(self.name, REGION, self.emulator.url, **self.outputs)

    def domain(self, **members: Any) -> Any:
        """A domain with the mappings' object types. Returns: a client of Customer Profiles."""
        client = self.client("customer-profiles")
        client.create_domain(DomainName=self.name, DefaultExpirationDays=366, **members)
        for each in mappings.load():
            client.put_profile_object_type(DomainName=self.name, **to_request(each.object_type))
        return client

    def attributes(self, account: str) -> dict[str, str]:
        """Attributes of the one profile with this account number; {} if there is none."""
        found = self.client("customer-profiles").search_profiles(
            DomainName=self.name, KeyName="_account", Values=[account]
        )["Items"]
        return dict(found[0]["Attributes"]) if found else {}

    def queue(self, output: str, *, fifo: bool = False, **attributes: str) -> str:
        """A queue, in the outputs under this name. Returns: its URL."""
        suffix = ".fifo" if fifo else ""
        name = f"{self.name}-{output.replace('_', '-')}{suffix}"
        given = {"FifoQueue": "true", "DeduplicationScope": "messageGroup"} if fifo else {}
        url = self.client("sqs").create_queue(QueueName=name, Attributes=given | attributes)
        self.outputs[output] = url["QueueUrl"]
        return str(url["QueueUrl"])

    def arn(self, queue_url: str) -> str:
        answer = self.client("sqs").get_queue_attributes(
            QueueUrl=queue_url, AttributeNames=["QueueArn"]
        )
        return str(answer["Attributes"]["QueueArn"])

    def let_send(self, queue_url: str, service: str, source_arn: str | None = None) -> None:
        """Let a service send to the queue, on behalf of one source or of any."""
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sqs:SendMessage",
            "Resource": self.arn(queue_url),
        }
        if source_arn is not None:
            statement["Condition"] = {"ArnEquals": {"aws:SourceArn": source_arn}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.client("sqs").set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": policy})

    def counts(self, queue_url: str) -> tuple[int, int]:
        """(visible messages, messages that somebody has received)."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
        visible, received = (int(answer["Attributes"][name]) for name in names)
        return visible, received

    def environ(self) -> dict[str, str]:
        """An environment in which `pulumi` is a program that tells the outputs."""
        told = {name: value for name, value in asdict(self.deployed).items() if value is not None}
        told["domain_name"] = told.pop("domain")
        program = self.folder / "pulumi"
        program.write_text(f"#!/bin/sh\nprintf %s {shlex.quote(json.dumps(told))}\n", "utf-8")
        program.chmod(0o755)
        outside = ("AWS_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(outside)}
        return kept | {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}"}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """The real command, running."""
        return subprocess.Popen(
            [str(LIFECYCLE), *arguments, "--stack", "any"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environ(),
        )

    def run(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """The real command, to its end."""
        with self.start(*arguments) as process:
            stdout, stderr = process.communicate(stdin, timeout=60)
        assert "Traceback" not in stderr
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)
