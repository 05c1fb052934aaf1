"""From a change to the searchable profile, by each way in, beside a plain loop of boto3 calls."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config

import toolchain
from benchmarks.figures import Figure
from benchmarks.local_aws import running
from lifecycle.workspace import Workspace
from tests.programs import copy_program

SINGLE = 60
MANY = 600
TYPE = "TrialSubscription"
WAIT_SECONDS = 120
Change = tuple[str, str]
"""(customer, status)."""


def measure() -> list[Figure]:
    """One stack on one local AWS: single changes one after the other, then many at once."""
    with _deployed() as stack:
        ways: dict[str, Callable[[list[Change]], None]] = {
            "events": stack.events,
            "topic": stack.topic,
            "batch": stack.batch,
        }
        stack.loop([(uuid4().hex, "warm")])
        for send in ways.values():
            _until_searchable(stack, send, 1)
        plain = _rate(stack, stack.loop)
        figures = []
        for name, send in ways.items():
            figures.append(_latency(stack, name, send))
            figures.append(_throughput(stack, name, send, plain))
        return figures


def _latency(stack: "_Stack", name: str, send: Callable[[list[Change]], None]) -> Figure:
    count = SINGLE if name != "batch" else SINGLE // 6
    seconds = [_until_searchable(stack, send, 1) for _ in range(count)]
    percentile = sorted(seconds)[min(count - 1, int(count * 0.99))]
    how = f"median of {count}; p99 {percentile:.2f} s"
    title = f"{name}: change to searchable profile"
    return Figure(title, statistics.median(seconds), "s", None, at_least=False, how=how)


def _throughput(
    stack: "_Stack", name: str, send: Callable[[list[Change]], None], plain: float
) -> Figure:
    rate = _rate(stack, send)
    how = f"{rate:,.0f} changes/s beside {plain:,.0f} of a plain boto3 loop, {MANY} changes"
    title = f"{name}: changes per second beside a boto3 loop"
    return Figure(title, rate / plain, "times", None, at_least=True, how=how)


def _rate(stack: "_Stack", send: Callable[[list[Change]], None]) -> float:
    return MANY / _until_searchable(stack, send, MANY)


def _until_searchable(stack: "_Stack", send: Callable[[list[Change]], None], count: int) -> float:
    """Seconds from the first call until the last customer's profile is found."""
    changes = [(uuid4().hex, "Active") for _ in range(count)]
    started = time.perf_counter()
    send(changes)
    for customer, _ in changes:
        while not stack.is_searchable(customer):
            assert time.perf_counter() < started + WAIT_SECONDS, "a change did not arrive"
            time.sleep(0.002)
    return time.perf_counter() - started


class _Stack:
    """A deployed stack `local`, and one way to send for each way in."""

    def __init__(self, url: str, outputs: dict[str, Any]) -> None:
        self._outputs = outputs
        self._url = url
        self._clients: dict[str, Any] = {}

    def loop(self, changes: list[Change]) -> None:
        """PutProfileObject, one after the other."""
        for customer, status in changes:
            self._client("customer-profiles").put_profile_object(
                DomainName=self._outputs["domain_name"],
                ObjectTypeName=TYPE,
                Object=_object(customer, status),
            )

    def events(self, changes: list[Change]) -> None:
        for first in range(0, len(changes), 10):
            entries = [
                {
                    "EventBusName": self._outputs["event_bus_name"],
                    "Source": "benchmark",
                    "DetailType": TYPE,
                    "Detail": _object(*change),
                }
                for change in changes[first : first + 10]
            ]
            self._client("events").put_events(Entries=entries)

    def topic(self, changes: list[Change]) -> None:
        attributes = {"ObjectType": {"DataType": "String", "StringValue": TYPE}}
        for first in range(0, len(changes), 10):
            entries = [
                {
                    "Id": str(number),
                    "Message": _object(*change),
                    "MessageGroupId": change[0],
                    "MessageDeduplicationId": uuid4().hex,
                    "MessageAttributes": attributes,
                }
                for number, change in enumerate(changes[first : first + 10])
            ]
            self._client("sns").publish_batch(
                TopicArn=self._outputs["topic_arn"], PublishBatchRequestEntries=entries
            )

    def batch(self, changes: list[Change]) -> None:
        """The file of a backfill: what a scheduled run does once it has extracted."""
        bucket, key = self._outputs["batch_bucket"], f"backfill/{uuid4().hex}.jsonl"
        lines = [_object(*change) for change in changes]
        self._client("s3").put_object(Bucket=bucket, Key=key, Body="\n".join(lines).encode())
        machine = self._outputs["batch_state_machines"]["trials"]
        stepfunctions = self._client("stepfunctions")
        while True:
            execution = stepfunctions.start_execution(
                stateMachineArn=machine, input=json.dumps({"bucket": bucket, "key": key})
            )["executionArn"]
            while True:
                told = stepfunctions.describe_execution(executionArn=execution)
                if told["status"] != "RUNNING":
                    break
                time.sleep(0.01)
            assert told["status"] == "SUCCEEDED", told
            if json.loads(told["output"]).get("lock", {}).get("acquired", True):
                return

    def is_searchable(self, customer: str) -> bool:
        answer = self._client("customer-profiles").search_profiles(
            DomainName=self._outputs["domain_name"], KeyName="_account", Values=[customer]
        )
        return bool(answer["Items"])

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self._url,
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self._clients[service]


@contextmanager
def _deployed() -> Iterator[_Stack]:
    programs = toolchain.programs()
    with tempfile.TemporaryDirectory() as folder, running() as (url, _):
        program, project = Path(folder, "program"), Path(folder, "project")
        copy_program(program)
        project.mkdir()
        workspace = Workspace(project, url, programs, program)
        for arguments in (("stack", "init", "local"), ("up", "--yes", "--skip-preview")):
            done = workspace.pulumi(*arguments)
            assert done.code == 0, done.tail
        outputs = json.loads(workspace.pulumi("stack", "output", "--json").tail)
        yield _Stack(url, outputs)


def _object(customer: str, status: str) -> str:
    return json.dumps({"UserId": customer, "status": status})
