"""The lock of a source: two runs never overlap, and a run that died does not block the next."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

NOW = 1_700_000_000
MACHINE = "arn:aws:states:us-east-1:111122223333:execution:customers-batch-trials"
MINE, OTHER = f"{MACHINE}:run-1", f"{MACHINE}:run-0"
LOCK = {"Bucket": "batches", "Key": "locks/trials"}
CREATE = {**LOCK, "Body": MINE.encode(), "IfNoneMatch": "*"}
TAKE_OVER = {**LOCK, "Body": MINE.encode(), "IfMatch": '"tag-0"'}


@pytest.fixture(scope="module")
def clients(load_function: Any) -> dict[str, Any]:
    """Real clients, made once: that takes a while."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        client = load_function("extract").client
        return {name: client(name) for name in ("s3", "stepfunctions")}


@pytest.fixture
def aws(extraction: Any, clients: dict[str, Any]) -> Iterator[SimpleNamespace]:
    """The extract function with clients whose answers are prepared: aws.s3, aws.states."""
    extraction.module.client = clients.__getitem__
    with Stubber(clients["s3"]) as s3, Stubber(clients["stepfunctions"]) as states:
        yield SimpleNamespace(extraction=extraction, s3=s3, states=states)
        s3.assert_no_pending_responses()
        states.assert_no_pending_responses()


def lost(aws: Any, operation: str, code: str = "PreconditionFailed", **expected: Any) -> None:
    status = {"PreconditionFailed": 412, "ConditionalRequestConflict": 409, "NoSuchKey": 404}
    aws.s3.add_client_error(
        operation, code, http_status_code=status[code], expected_params=expected
    )


def held(aws: Any, holder: str, since: float = NOW - 3600) -> None:
    """The lock is read, and somebody has it."""
    body = holder.encode()
    answer = {
        "Body": StreamingBody(io.BytesIO(body), len(body)),
        "ETag": '"tag-0"',
        "LastModified": datetime.fromtimestamp(since, UTC),
    }
    aws.s3.add_response("get_object", answer, LOCK)


def status_of(aws: Any, execution: str, status: str) -> None:
    answer = {
        "executionArn": execution,
        "stateMachineArn": "arn:aws:states:us-east-1:111122223333:stateMachine:trials",
        "startDate": datetime.fromtimestamp(NOW - 3600, UTC),
        "status": status,
    }
    aws.states.add_response("describe_execution", answer, {"executionArn": execution})


def test_a_lock_that_nobody_has_is_taken(aws: Any) -> None:
    aws.s3.add_response("put_object", {}, CREATE)
    assert aws.extraction("acquire") == {"acquired": True, "holder": MINE}


def test_a_lock_that_a_running_execution_has_is_left_to_it(aws: Any) -> None:
    lost(aws, "put_object", **CREATE)
    held(aws, OTHER)
    status_of(aws, OTHER, "RUNNING")
    assert aws.extraction("acquire") == {"acquired": False, "holder": OTHER}


def test_a_step_that_is_tried_again_has_its_lock_already(aws: Any) -> None:
    lost(aws, "put_object", **CREATE)
    held(aws, MINE)
    assert aws.extraction("acquire") == {"acquired": True, "holder": MINE}


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
def test_the_lock_of_an_execution_that_is_over_is_taken_over(aws: Any, status: str) -> None:
    lost(aws, "put_object", **CREATE)
    held(aws, OTHER)
    status_of(aws, OTHER, status)
    aws.s3.add_response("put_object", {}, TAKE_OVER)
    assert aws.extraction("acquire") == {"acquired": True, "holder": MINE}


def test_the_lock_of_an_execution_that_is_forgotten_is_taken_over(aws: Any) -> None:
    lost(aws, "put_object", **CREATE)
    held(aws, OTHER)
    aws.states.add_client_error("describe_execution", "ExecutionDoesNotExist")
    aws.s3.add_response("put_object", {}, TAKE_OVER)
    assert aws.extraction("acquire")["acquired"] is True


def test_the_lock_of_an_execution_that_is_not_known_yet_is_left_to_it(aws: Any) -> None:
    lost(aws, "put_object", **CREATE)
    held(aws, OTHER, since=NOW - 5)
    aws.states.add_client_error("describe_execution", "ExecutionDoesNotExist")
    assert aws.extraction("acquire") == {"acquired": False, "holder": OTHER}


def test_of_two_that_take_over_at_once_the_later_one_sees_who_was_first(aws: Any) -> None:
    third = f"{MACHINE}:run-2"
    lost(aws, "put_object", **CREATE)
    held(aws, OTHER)
    status_of(aws, OTHER, "FAILED")
    lost(aws, "put_object", **TAKE_OVER)
    lost(aws, "put_object", **CREATE)
    held(aws, third)
    status_of(aws, third, "RUNNING")
    assert aws.extraction("acquire") == {"acquired": False, "holder": third}


def test_a_lock_given_back_in_between_is_taken(aws: Any) -> None:
    lost(aws, "put_object", **CREATE)
    lost(aws, "get_object", "NoSuchKey", **LOCK)
    aws.s3.add_response("put_object", {}, CREATE)
    assert aws.extraction("acquire") == {"acquired": True, "holder": MINE}


def test_a_lock_that_is_always_lost_to_others_is_given_up(aws: Any) -> None:
    for _ in range(aws.extraction.module.LOCK_ATTEMPTS):
        lost(aws, "put_object", "ConditionalRequestConflict", **CREATE)
        lost(aws, "get_object", "NoSuchKey", **LOCK)
    assert aws.extraction("acquire") == {"acquired": False, "holder": ""}


@pytest.mark.parametrize("action", ["acquire", "release"])
def test_a_bucket_that_refuses_fails_the_step(aws: Any, action: str) -> None:
    operation = "put_object" if action == "acquire" else "get_object"
    aws.s3.add_client_error(operation, "AccessDenied", "not allowed", 403)
    with pytest.raises(aws.extraction.module.ExtractError, match="AccessDenied: not allowed"):
        aws.extraction(action)


def test_a_state_machine_that_refuses_to_tell_fails_the_step(aws: Any) -> None:
    lost(aws, "put_object", **CREATE)
    held(aws, OTHER)
    aws.states.add_client_error("describe_execution", "AccessDeniedException", "not allowed", 400)
    with pytest.raises(aws.extraction.module.ExtractError, match="DescribeExecution: AccessDenied"):
        aws.extraction("acquire")


def test_a_lock_is_given_back(aws: Any) -> None:
    held(aws, MINE)
    aws.s3.add_response("delete_object", {}, {**LOCK, "IfMatch": '"tag-0"'})
    assert aws.extraction("release") == {"released": True}


def test_a_lock_that_another_run_took_over_is_left_to_it(aws: Any) -> None:
    held(aws, OTHER)
    assert aws.extraction("release") == {"released": False}


def test_a_lock_that_another_run_takes_over_meanwhile_is_left_to_it(aws: Any) -> None:
    held(aws, MINE)
    lost(aws, "delete_object", **LOCK, IfMatch='"tag-0"')
    assert aws.extraction("release") == {"released": False}


def test_a_lock_that_nobody_has_needs_no_release(aws: Any) -> None:
    lost(aws, "get_object", "NoSuchKey", **LOCK)
    assert aws.extraction("release") == {"released": False}
