"""Requests in progress: what can only be seen while work takes its time."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from emulator.cloud_control import requests
from emulator.cloud_control.errors import (
    ALREADY_EXISTS,
    GENERAL,
    INVALID_REQUEST,
    NOT_FOUND,
    NOT_STABILIZED,
    NOT_UPDATABLE,
    HandlerError,
    classified,
    exception,
)
from emulator.cloud_control.paths import Model
from emulator.cloud_control.requests import Requests, Submission
from emulator.cloud_control.wire import service_model
from emulator.http import Caller, ServiceError

ALICE = Caller("111122223333", "us-east-1")
BOB = Caller("444455556666", "us-east-1")
QUEUE = "AWS::SQS::Queue"


def submission(
    operation: str = "UPDATE", identifier: str | None = "q", token: str | None = None
) -> Submission:
    return Submission(operation, QUEUE, identifier, "[]", token)


async def work(
    gate: asyncio.Event | None = None, error: Exception | None = None
) -> tuple[str, Model | None]:
    """Waits for the gate, then fails or is done."""
    if gate is not None:
        await gate.wait()
    if error is not None:
        raise error
    return "q", {"QueueName": "q"}


def begin(known: Requests, what: Submission, *details: Any) -> str:
    """Start it; its request token."""
    with known.claimed(ALICE, what):
        event = known.start(ALICE, what, work(*details))
    assert event["OperationStatus"] == "IN_PROGRESS"
    return str(event["RequestToken"])


async def ended(known: Requests, token: str) -> dict[str, Any]:
    while "RetryAfter" in known.event(ALICE, token):
        await asyncio.sleep(0)
    return known.event(ALICE, token)


def test_a_request_is_in_progress_until_its_work_is_done() -> None:
    async def run() -> None:
        known, gate = Requests(), asyncio.Event()
        token = begin(known, submission(), gate)
        await asyncio.sleep(0)
        assert known.event(ALICE, token)["OperationStatus"] == "IN_PROGRESS"
        assert known.list(ALICE, [], ["IN_PROGRESS"], None, None)[0][0]["RequestToken"] == token
        gate.set()
        event = await ended(known, token)
        assert (event["OperationStatus"], event["Identifier"]) == ("SUCCESS", "q")
        assert json.loads(event["ResourceModel"]) == {"QueueName": "q"}

    asyncio.run(run())


def test_what_a_cancelled_request_has_begun_comes_to_its_end() -> None:
    async def run() -> None:
        known, gate = Requests(), asyncio.Event()
        token = begin(known, submission(), gate)
        for _ in range(2):
            assert known.cancel(ALICE, token)["OperationStatus"] == "CANCEL_IN_PROGRESS"
        gate.set()
        event = await ended(known, token)
        assert (event["OperationStatus"], event["Identifier"]) == ("CANCEL_COMPLETE", "q")
        with pytest.raises(ServiceError) as refused:
            known.cancel(ALICE, token)
        assert refused.value.code == "ConcurrentModificationException"

    asyncio.run(run())


def test_a_resource_is_changed_by_one_request_at_a_time() -> None:
    async def run() -> None:
        known, gate = Requests(), asyncio.Event()
        token = begin(known, submission(), gate)
        with pytest.raises(ServiceError) as refused:
            begin(known, submission("DELETE"))
        assert refused.value.code == "ConcurrentOperationException"
        begin(known, submission(identifier="other"))
        gate.set()
        await ended(known, token)
        begin(known, submission("DELETE"))

    asyncio.run(run())


def test_a_resource_is_claimed_before_it_is_read_and_let_go_when_that_fails() -> None:
    known = Requests()
    what = submission()

    def fail() -> None:
        with known.claimed(ALICE, what):
            with pytest.raises(ServiceError), known.claimed(ALICE, what):
                pass
            with known.claimed(BOB, what):
                pass
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with known.claimed(ALICE, what):
        pass


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (HandlerError(NOT_FOUND, "gone"), NOT_FOUND),
        (RuntimeError("a secret"), "InternalFailure"),
    ],
)
def test_work_that_fails_is_told_and_lets_the_resource_go(
    caplog: pytest.LogCaptureFixture, error: Exception, code: str
) -> None:
    async def run() -> dict[str, Any]:
        known = Requests()
        token = begin(known, submission(), None, error)
        event = await ended(known, token)
        begin(known, submission("DELETE"))
        return event

    with caplog.at_level(logging.CRITICAL, "emulator.cloud_control"):
        event = asyncio.run(run())
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", code)
    assert "secret" not in event["StatusMessage"]
    assert "ResourceModel" not in event


def test_a_reason_is_at_most_as_long_as_the_model_has_it() -> None:
    async def run() -> dict[str, Any]:
        known = Requests()
        error = HandlerError(INVALID_REQUEST, "x" * 10_000, "q")
        return await ended(known, begin(known, submission(), None, error))

    event = asyncio.run(run())
    assert event["StatusMessage"] == "x" * 2_048
    assert event["Identifier"] == "q"


def test_the_oldest_requests_are_forgotten_with_their_client_tokens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requests, "MAX_REQUESTS", 3)

    async def run() -> None:
        known = Requests()
        named = [submission("CREATE", None, f"token-{number}") for number in range(5)]
        tokens = []
        for each in named:
            tokens.append(str(known.start(ALICE, each, work())["RequestToken"]))
            await ended(known, tokens[-1])
        for each, token in zip(named[:2], tokens[:2], strict=True):
            assert known.repeated(ALICE, each) is None
            with pytest.raises(ServiceError):
                known.event(ALICE, token)
        for each, token in zip(named[2:], tokens[2:], strict=True):
            event = known.repeated(ALICE, each)
            assert event is not None
            assert event["RequestToken"] == token
        listed = known.list(ALICE, [], [], None, None)[0]
        assert [event["RequestToken"] for event in listed] == tokens[:1:-1]

    asyncio.run(run())


def test_repetitions_wait_for_each_other_and_nobody_else() -> None:
    async def run() -> None:
        known = Requests()
        one, same = known.turn(ALICE, "token"), known.turn(ALICE, "token")
        assert one is same
        others = [known.turn(BOB, "token"), known.turn(ALICE, "other"), known.turn(ALICE, None)]
        assert len({id(each) for each in [one, *others, known.turn(ALICE, None)]}) == 5

    asyncio.run(run())


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("", "Domain crm already exists", ALREADY_EXISTS),
        ("QueueAlreadyExists", "", ALREADY_EXISTS),
        ("ResourceConflictException", "The function is being changed", ALREADY_EXISTS),
        ("ResourceNotFoundException", "x", NOT_FOUND),
        ("AWS.SimpleQueueService.NonExistentQueue", "x", NOT_FOUND),
        ("NoSuchEntity", "x", NOT_FOUND),
        ("", "The role with name nobody cannot be found.", NOT_FOUND),
        ("ValidationException", "already exists", INVALID_REQUEST),
        ("InvalidParameterValue", "x", INVALID_REQUEST),
        ("", "MemorySize must be at least 128", INVALID_REQUEST),
        ("BadRequestException", "x", INVALID_REQUEST),
        ("ThrottlingException", "Rate exceeded", GENERAL),
        ("", "", GENERAL),
    ],
)
def test_a_failure_is_known_by_its_code_before_its_words(
    code: str, message: str, expected: str
) -> None:
    error = classified(code, message)
    assert (error.code, error.message) == (expected, message)


@pytest.mark.parametrize(
    "code", [ALREADY_EXISTS, GENERAL, INVALID_REQUEST, NOT_FOUND, NOT_STABILIZED, NOT_UPDATABLE]
)
def test_every_failure_is_a_code_and_an_exception_of_the_model(code: str) -> None:
    model: Callable[[str], Any] = service_model().shape_for
    assert code in model("HandlerErrorCode").enum
    refusal = exception(HandlerError(code, "why"))
    assert (refusal.status, refusal.message) == (400, "why")
    assert model(refusal.code).metadata["exception"]
