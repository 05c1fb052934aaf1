"""Sends the objects of a file as a backfill: a file of the batch bucket for a state machine."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, Final
from uuid import uuid4

from lifecycle.clients import client, could_not_run
from lifecycle.errors import CouldNotRunError
from lifecycle.object_file import Entry
from lifecycle.send import Sent
from lifecycle.stack_outputs import Deployed

MAX_OBJECT_BYTES: Final = 200_000
"""A state takes 256 KiB, in which an object is not alone (Step Functions guide, "Quotas")."""

FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 5.0

_RUNNING: Final = ("RUNNING", "PENDING_REDRIVE")
OTHER_RUN: Final = "another run of this source was delivering, so that this one did nothing"


@dataclass(frozen=True, slots=True)
class Run:
    """How an execution ended. accounted: objects delivered, or on record as rejects; None unless it
    delivered. reason: why it did not.
    """

    status: str
    accounted: int | None = None
    reason: str | None = None


class Backfill:
    """The way into a stack's source of an object type.

    source: its name; None where only one has the object type. object_type: None for whatever the
    source has. Raises: CouldNotRunError.
    """

    def __init__(self, deployed: Deployed, object_type: str | None, source: str | None) -> None:
        if deployed.batch_bucket is None or not deployed.batch_state_machines:
            raise CouldNotRunError("the stack has no batch sources: see its setting ingestion")
        self._bucket = deployed.batch_bucket
        self._s3 = client(deployed, "s3")
        self._states = client(deployed, "stepfunctions")
        with could_not_run("the state machines of the sources"):
            self.machine = self._choose(deployed.batch_state_machines, object_type, source)

    def upload(self, entries: Iterable[Entry], done: Sent) -> str:
        """Write the entries to the bucket, and take down in `done` what became of each.

        Returns: the key of the file.
        """
        key = f"backfill/{uuid4()}.jsonl"
        with TemporaryFile() as file, could_not_run(self._bucket):
            for entry in entries:
                if entry.problem:
                    done.refuse(entry.problem, entry.number)
                else:
                    file.write(f"{entry.text}\n".encode())
                    done.sent += 1
            file.seek(0)
            self._s3.upload_fileobj(file, self._bucket, key)
        return key

    def start(self, key: str) -> str:
        """Start the state machine on an uploaded file. Returns: the ARN of the execution."""
        with could_not_run(self.machine):
            place = json.dumps({"bucket": self._bucket, "key": key})
            answer = self._states.start_execution(stateMachineArn=self.machine, input=place)
        return str(answer["executionArn"])

    def wait(self, execution: str) -> Run:
        """How the execution ended, once it has."""
        pause = FIRST_PAUSE_SECONDS
        with could_not_run(execution):
            while True:
                answer = self._states.describe_execution(executionArn=execution)
                if answer["status"] not in _RUNNING:
                    return _run(answer)
                time.sleep(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)

    def _choose(
        self, machines: Mapping[str, str], object_type: str | None, source: str | None
    ) -> str:
        if source is not None and source not in machines:
            known = ", ".join(sorted(machines))
            raise CouldNotRunError(f"the stack has no source {source}; there are {known}")
        types = {
            name: self._object_type(machines[name])
            for name in sorted(machines)
            if source in (None, name)
        }
        fitting = [name for name, each in types.items() if object_type in (None, each)]
        if len(fitting) == 1:
            return machines[fitting[0]]
        if fitting:
            raise CouldNotRunError(
                f"several sources have the object type {object_type}: add --source, one of "
                + ", ".join(fitting)
            )
        known = ", ".join(f"{name} has {each}" for name, each in types.items())
        raise CouldNotRunError(f"no source has the object type {object_type}: {known}")

    def _object_type(self, machine: str) -> str | None:
        """What the machine makes of its items: the deployed truth, whatever the settings say."""
        answer = self._states.describe_state_machine(stateMachineArn=machine)
        return next(_object_types(json.loads(answer["definition"])), None)


def _object_types(definition: Any) -> Iterator[str]:
    match definition:
        case {"ItemSelector": {"ObjectType": str(object_type)}}:
            yield object_type
        case dict():
            for inner in definition.values():
                yield from _object_types(inner)


def _run(answer: dict[str, Any]) -> Run:
    status = str(answer["status"])
    if status != "SUCCEEDED":
        cause = ": ".join(filter(None, (answer.get("error"), answer.get("cause"))))
        return Run(status, None, cause or status)
    match json.loads(answer.get("output") or "null"):
        case {"accounted": int(accounted)}:
            return Run(status, accounted)
        case {"file": {"count": 0}}:
            return Run(status, 0)
    return Run(status, None, OTHER_RUN)
