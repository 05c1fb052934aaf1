"""Backfills: which state machine is started on which file, and how its end is told."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from lifecycle import backfill as module
from lifecycle.backfill import OTHER_RUN, Backfill, Run
from lifecycle.errors import CouldNotRunError
from lifecycle.object_file import Entry
from lifecycle.send import Sent
from lifecycle.stack_outputs import Deployed

MACHINES = {"trials": "arn:trials", "old-trials": "arn:old", "offers": "arn:offers"}
TYPES = {"arn:trials": "Trial", "arn:old": "Trial", "arn:offers": "Offer"}


@dataclass
class Aws:
    """S3 and Step Functions. ends: answers of describe_execution, one after the other."""

    types: dict[str, str] = field(default_factory=lambda: dict(TYPES))
    ends: list[dict[str, Any]] = field(default_factory=list)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    started: list[tuple[str, Any]] = field(default_factory=list)

    def describe_state_machine(self, **members: Any) -> dict[str, Any]:
        selector = {"ObjectType": self.types[members["stateMachineArn"]]}
        states = {"A": {"Type": "Pass"}, "Deliver": {"Type": "Map", "ItemSelector": selector}}
        return {"definition": json.dumps({"StartAt": "A", "States": states})}

    def upload_fileobj(self, file: io.BufferedIOBase, bucket: str, key: str) -> None:
        self.files[bucket, key] = file.read()

    def start_execution(self, **members: Any) -> dict[str, Any]:
        self.started.append((members["stateMachineArn"], json.loads(members["input"])))
        return {"executionArn": "arn:execution"}

    def describe_execution(self, **_: Any) -> dict[str, Any]:
        return self.ends.pop(0)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    aws = Aws()
    monkeypatch.setattr(module, "client", lambda *_: aws)
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0)
    return aws


def opened(object_type: str | None, source: str | None = None, **outputs: Any) -> Backfill:
    given = {"batch_bucket": "batches", "batch_state_machines": MACHINES} | outputs
    return Backfill(Deployed("domain", "us-east-1", **given), object_type, source)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("object_type", "source", "machine"),
    [
        ("Offer", None, "arn:offers"),
        ("Offer", "offers", "arn:offers"),
        ("Trial", "old-trials", "arn:old"),
        (None, "trials", "arn:trials"),
    ],
)
def test_the_machine_is_that_of_the_source_with_the_object_type(
    object_type: str | None, source: str | None, machine: str
) -> None:
    assert opened(object_type, source).machine == machine


@pytest.mark.parametrize(
    ("object_type", "source", "said"),
    [
        ("Trial", None, "add --source, one of old-trials, trials"),
        ("Trial", "offers", "no source has the object type Trial: offers has Offer"),
        ("Other", None, "offers has Offer, old-trials has Trial, trials has Trial"),
        ("Trial", "nothing", "no source nothing; there are offers, old-trials, trials"),
    ],
)
def test_a_source_that_is_not_clear_is_asked_for(
    aws: Aws, object_type: str, source: str | None, said: str
) -> None:
    with pytest.raises(CouldNotRunError, match=said):
        opened(object_type, source)
    assert aws.started == []


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("outputs", [{"batch_bucket": None}, {"batch_state_machines": None}])
def test_a_stack_without_batches_says_so(outputs: dict[str, Any]) -> None:
    with pytest.raises(CouldNotRunError, match="no batch sources"):
        opened("Trial", **outputs)


def test_the_file_has_an_object_on_each_line_and_what_cannot_be_read_is_told(aws: Aws) -> None:
    done = Sent()
    entries = [Entry(1, '{"a": "é"}'), Entry(2, "", "it is broken"), Entry(3, '{"b": 1}')]
    key = opened("Offer").upload(entries, done)
    assert aws.files == {("batches", key): '{"a": "é"}\n{"b": 1}\n'.encode()}
    assert key.startswith("backfill/")
    assert key.endswith(".jsonl")
    assert (done.sent, done.read) == (2, 3)


@pytest.mark.usefixtures("aws")
def test_two_backfills_do_not_share_a_file() -> None:
    way = opened("Offer")
    assert way.upload([], Sent()) != way.upload([], Sent())


def test_the_machine_is_started_on_the_file(aws: Aws) -> None:
    assert opened("Offer").start("backfill/x.jsonl") == "arn:execution"
    assert aws.started == [("arn:offers", {"bucket": "batches", "key": "backfill/x.jsonl"})]


def ended(**members: Any) -> dict[str, Any]:
    if "output" in members:
        members["output"] = json.dumps(members["output"])
    return members


@pytest.mark.parametrize(
    ("end", "run"),
    [
        (ended(status="SUCCEEDED", output={"accounted": 3, "file": {}}), Run("SUCCEEDED", 3)),
        (ended(status="SUCCEEDED", output={"file": {"count": 0}}), Run("SUCCEEDED", 0)),
        (
            ended(status="SUCCEEDED", output={"lock": {"acquired": False}}),
            Run("SUCCEEDED", None, OTHER_RUN),
        ),
        (
            ended(status="FAILED", error="NotAllDelivered", cause="rows are left"),
            Run("FAILED", None, "NotAllDelivered: rows are left"),
        ),
        (ended(status="ABORTED"), Run("ABORTED", None, "ABORTED")),
    ],
)
def test_the_end_is_told_as_it_was(aws: Aws, end: dict[str, Any], run: Run) -> None:
    aws.ends = [{"status": "RUNNING"}, {"status": "RUNNING"}, end]
    assert opened("Offer").wait("arn:execution") == run
    assert aws.ends == []
