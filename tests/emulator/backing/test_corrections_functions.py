"""Functions: their runtimes, their processes, and what their failures are called."""

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.backing.accounts import Aws, eventually

NAP = """
import json, os, time, boto3
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["REPORTS"], MessageBody=str(os.getpid()))
    time.sleep(event["seconds"])
    return os.getpid()
"""


def invoked(aws: Aws, function: str, event: Any = None) -> tuple[bool, Any]:
    """(whether the function failed, what it returned)."""
    answer = aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return "FunctionError" in answer, json.loads(answer["Payload"].read())


def napping(aws: Aws, **settings: Any) -> tuple[str, str]:
    """A function that reports its process and sleeps; its name, the queue of reports."""
    reports, _ = aws.queue()
    variables = {"Variables": {"REPORTS": reports}}
    return aws.function(NAP, Environment=variables, Timeout=60, **settings), reports


def children(process: int) -> set[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text(encoding="ascii").split()}


def is_dead(process: int) -> bool:
    """Whether it has ended, even if nobody has asked for its exit code yet."""
    try:
        state = (
            Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        )
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in {"Z", "X"}


@pytest.mark.parametrize("runtime", ["python3.12", "python3.13"])
def test_a_function_runs_whatever_its_python(aws: Aws, runtime: str) -> None:
    function = aws.function("def handler(event, context):\n    return event * 2", Runtime=runtime)
    assert invoked(aws, function, 21) == (False, 42)
    described = aws.client("lambda").get_function(FunctionName=function)
    assert described["Configuration"]["Runtime"] == runtime


FAILING = """
import os
class DeliveryError(Exception):
    pass
def handler(event, context):
    if event:
        raise DeliveryError("1 object: ThrottlingException")
    return os.getpid()
"""


def test_a_failure_has_the_name_of_the_exception_and_its_place(aws: Aws) -> None:
    failed, told = invoked(aws, aws.function(FAILING), 1)
    assert failed
    assert told["errorType"] == "DeliveryError"
    assert told["errorMessage"] == "1 object: ThrottlingException"
    assert told["requestId"]
    (frame,) = told["stackTrace"]
    assert 'index.py", line 7, in handler' in frame


def test_a_process_survives_the_exceptions_of_its_function(aws: Aws) -> None:
    function = aws.function(FAILING)
    _, before = invoked(aws, function)
    invoked(aws, function, 1)
    assert invoked(aws, function) == (False, before)


def test_what_looks_like_a_failure_but_is_returned_is_no_failure(aws: Aws) -> None:
    returned = {"errorType": "DeliveryError", "errorMessage": "none"}
    code = "def handler(event, context):\n    return event"
    assert invoked(aws, aws.function(code), returned) == (False, returned)


def test_output_and_failure_of_a_function_are_in_its_log(aws: Aws) -> None:
    code = 'def handler(event, context):\n    print("looking")\n    raise LookupError("nothing")'
    function = aws.function(code)
    invoked(aws, function)
    logs, group = aws.client("logs"), f"/aws/lambda/{function}"
    (stream,) = eventually(lambda: logs.describe_log_streams(logGroupName=group)["logStreams"])
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
    lines = [each["message"] for each in events["events"]]
    assert lines[0].startswith("START RequestId: ")
    assert "looking" in lines
    assert "[ERROR] LookupError: nothing" in lines
    assert lines[-1].startswith("REPORT RequestId: ")


def test_a_process_that_is_killed_ends_its_invocation_at_once_and_another_takes_over(
    aws: Aws,
) -> None:
    function, reports = napping(aws)
    results: list[tuple[bool, Any]] = []
    caller = threading.Thread(
        target=lambda: results.append(invoked(aws, function, {"seconds": 50}))
    )
    caller.start()
    (report,) = aws.taken(reports, 1)
    process = int(report["Body"])
    assert process in children(aws.emulator.process.pid)
    os.kill(process, signal.SIGKILL)
    # Less than it sleeps, and than its timeout.
    caller.join(20)
    ((failed, told),) = results
    assert failed
    assert told["errorType"] == "Runtime.ExitError"
    assert "Runtime exited" in told["errorMessage"]
    failed, successor = invoked(aws, function, {"seconds": 0})
    assert not failed
    assert successor != process


def test_a_process_that_was_killed_while_it_had_nothing_to_do_is_replaced(aws: Aws) -> None:
    function, _ = napping(aws)
    _, process = invoked(aws, function, {"seconds": 0})
    os.kill(process, signal.SIGKILL)
    eventually(lambda: is_dead(process))
    failed, successor = invoked(aws, function, {"seconds": 0})
    assert not failed
    assert successor != process


def test_invocations_at_the_same_time_have_processes_of_their_own(aws: Aws) -> None:
    function, reports = napping(aws)
    callers = [
        threading.Thread(target=invoked, args=(aws, function, {"seconds": 2})) for _ in range(2)
    ]
    for caller in callers:
        caller.start()
    first, second = aws.taken(reports, 2)
    assert first["Body"] != second["Body"]
    for caller in callers:
        caller.join()


def test_a_state_machine_catches_a_failure_by_the_name_of_its_exception(aws: Aws) -> None:
    arn = aws.arn("lambda", f"function:{aws.function(FAILING)}")
    caught = {"ErrorEquals": ["DeliveryError"], "Next": "Caught"}
    states = {
        "Run": {"Type": "Task", "Resource": arn, "Catch": [caught], "End": True},
        "Caught": {"Type": "Succeed"},
    }
    machines = aws.client("stepfunctions")
    machine = machines.create_state_machine(
        name="catching",
        definition=json.dumps({"StartAt": "Run", "States": states}),
        roleArn=aws.arn("iam", "role/none"),
    )["stateMachineArn"]
    run = machines.start_execution(stateMachineArn=machine, input="1")["executionArn"]

    def ended() -> Any:
        described = machines.describe_execution(executionArn=run)
        return described if described["status"] != "RUNNING" else None

    described = eventually(ended)
    assert described["status"] == "SUCCEEDED"
    assert json.loads(described["output"])["Error"] == "DeliveryError"


def test_a_state_machine_learns_that_a_function_was_throttled(aws: Aws) -> None:
    function = aws.function(FAILING)
    aws.client("lambda").put_function_concurrency(
        FunctionName=function, ReservedConcurrentExecutions=0
    )
    task = {"Type": "Task", "Resource": aws.arn("lambda", f"function:{function}"), "End": True}
    machines = aws.client("stepfunctions")
    machine = machines.create_state_machine(
        name="throttled",
        definition=json.dumps({"StartAt": "Run", "States": {"Run": task}}),
        roleArn=aws.arn("iam", "role/none"),
    )["stateMachineArn"]
    run = machines.start_execution(stateMachineArn=machine)["executionArn"]
    described = eventually(
        lambda: [
            each
            for each in [machines.describe_execution(executionArn=run)]
            if each["status"] == "FAILED"
        ]
    )
    assert described[0]["error"] == "Lambda.TooManyRequestsException"
