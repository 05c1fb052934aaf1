"""Which failures may pass, and that what may pass is tried again."""

from typing import Any

import pytest
import stamina
from botocore.exceptions import ClientError, EndpointConnectionError

from lifecycle.retries import PassingError, attempts, passing


def refusal(code: str, message: str = "", status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "PutProfileObject")


@pytest.mark.parametrize(
    "error",
    [
        refusal("ThrottlingException"),
        refusal("TooManyRequestsException"),
        refusal("InternalServerException"),
        refusal("InternalError"),
        refusal("InternalFailure"),
        refusal("KMSThrottling"),
        refusal("Unknown", status=429),
        refusal("Unknown", status=503),
        refusal("BadRequestException", "A Concurrent Update is in-progress"),
    ],
)
def test_these_may_pass(error: Exception) -> None:
    assert passing(error)


@pytest.mark.parametrize(
    "error",
    [
        refusal("BadRequestException", "The UNIQUE key does not exist"),
        refusal("ResourceNotFoundException", status=404),
        refusal("AccessDeniedException", "concurrent update", status=403),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
        ValueError("concurrent update"),
    ],
)
def test_these_do_not(error: Exception) -> None:
    assert not passing(error)


def tried(*errors: Exception) -> int:
    """How many times something is tried that fails with these errors first."""
    waiting, tries = list(errors), 0
    with stamina.set_testing(testing=True, attempts=3):
        for attempt in attempts(1.0):
            with attempt:
                tries += 1
                if waiting:
                    raise waiting.pop(0)
    return tries


def test_it_is_tried_until_it_passes() -> None:
    assert tried(refusal("ThrottlingException"), PassingError("later")) == 3


def test_what_cannot_pass_is_raised_at_once() -> None:
    with pytest.raises(ClientError, match="no such type"):
        tried(refusal("ResourceNotFoundException", "no such type", 404))


def test_the_last_failure_is_raised_when_the_time_is_over() -> None:
    with pytest.raises(PassingError, match="third"):
        tried(PassingError("first"), PassingError("second"), PassingError("third"))


def test_trying_again_says_nothing_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    tried(PassingError("marker"))
    assert capfd.readouterr() == ("", "")
