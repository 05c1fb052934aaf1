"""How failures are sorted into retry and reject, and how long is tried again."""

from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

OBJECT = {"UserId": "u-1"}
TEXT = '{"UserId":"u-1"}'
URL = "https://profile.test"


@pytest.mark.parametrize(
    ("code", "status", "text"),
    [
        ("ThrottlingException", 429, ""),
        ("ThrottlingException", 400, "Rate exceeded"),
        ("TooManyRequestsException", 400, ""),
        ("InternalServerException", 500, ""),
        ("Unknown", 503, ""),
        ("Unknown", 429, ""),
        ("BadRequestException", 400, "A concurrent update is in-progress"),
        ("BadRequestException", 400, "CONCURRENT UPDATE in-progress"),
    ],
)
def test_what_may_pass_is_tried_again(
    delivery: Any, made: Any, code: str, status: int, text: str
) -> None:
    delivery.fail(made.refusal(code, text, status))
    assert delivery(made.event(OBJECT))["delivered"] == 1
    assert delivery.log[0]["attempts"] == 2
    assert delivery.rejects == []


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        NoCredentialsError(),
    ],
)
def test_a_call_without_an_answer_is_tried_again(
    delivery: Any, made: Any, error: Exception
) -> None:
    delivery.fail(error)
    assert delivery(made.event(OBJECT))["delivered"] == 1
    assert delivery.log[0]["attempts"] == 2


@pytest.mark.parametrize(
    ("code", "status", "text"),
    [
        ("BadRequestException", 400, "The UNIQUE key does not exist in the profile object."),
        ("ResourceNotFoundException", 404, "There is no such object type"),
        ("AccessDeniedException", 403, "not authorized"),
        ("ValidationException", 400, "concurrent update"),
        ("Unknown", 400, ""),
    ],
)
def test_every_other_error_of_the_service_rejects_the_object_at_once(
    delivery: Any, made: Any, code: str, status: int, text: str
) -> None:
    delivery.fail(made.refusal(code, text, status))
    answer = delivery(made.event(OBJECT))
    assert answer == {"delivered": 0, "rejected": 1, "accounted": 1}
    assert delivery.log[0]["attempts"] == 1
    assert delivery.rejects[0]["Reason"] == f"{code}: {text}"


def test_an_event_that_stays_undelivered_fails_the_invocation_without_its_data(
    delivery: Any, made: Any
) -> None:
    delivery.put_profile_object.answer = _always(made.refusal("ThrottlingException", status=429))
    with pytest.raises(delivery.module.DeliveryError) as failed:
        delivery(made.event(OBJECT))
    assert str(failed.value) == "1 of 1 to be tried again, first for ThrottlingException"


def test_items_that_stay_undelivered_fail_the_invocation_after_the_others_were_put(
    delivery: Any, made: Any
) -> None:
    delivery.put_profile_object.answer = _for(
        '{"UserId":"b"}', made.refusal("InternalServerException", status=500)
    )
    items = [made.item({"UserId": name}, origin=f"item run/{name}") for name in "abc"]
    with pytest.raises(delivery.module.DeliveryError, match="1 of 3"):
        delivery({"Items": items})
    assert [text for _, text in delivery.puts] == ['{"UserId":"a"}', '{"UserId":"c"}']


def test_messages_that_stay_undelivered_are_named_and_only_they(delivery: Any, made: Any) -> None:
    delivery.put_profile_object.answer = _for("{}", made.refusal("ThrottlingException", status=429))
    records = [made.message(TEXT, identifier="m-1"), made.message("{}", identifier="m-2")]
    assert delivery({"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "m-2"}]}


def test_waiting_times_are_drawn_below_a_bound_that_doubles_up_to_five_seconds(
    delivery: Any, made: Any
) -> None:
    bounds = []

    def jitter(least: float, most: float) -> float:
        bounds.append((least, most))
        return most / 2

    delivery.module.jitter = jitter
    delivery.fail(*[made.refusal("ThrottlingException")] * 8)
    delivery(made.event(OBJECT))
    assert bounds == [(0, most) for most in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0)]
    assert delivery.clock.sleeps == [most / 2 for _, most in bounds]


def test_waiting_times_really_vary_within_their_bounds(load_function: Any) -> None:
    module = load_function("deliver")
    drawn = [module.jitter(0.0, 5.0) for _ in range(50)]
    assert len(set(drawn)) > 1
    assert all(0 <= each <= 5 for each in drawn)


def test_no_call_begins_and_no_wait_ends_within_the_last_five_seconds(
    delivery: Any, made: Any
) -> None:
    begun = []

    def answer(_: Any) -> Any:
        begun.append(delivery.clock.time)
        raise made.refusal("ThrottlingException")

    delivery.put_profile_object.answer = answer
    start = delivery.clock.time
    with pytest.raises(delivery.module.DeliveryError):
        delivery(made.event(OBJECT), seconds=30)
    assert len(begun) > 5
    assert max(begun) <= start + 25
    assert delivery.clock.time <= start + 25


def test_objects_for_which_no_time_is_left_are_not_tried_and_come_again(
    delivery: Any, made: Any
) -> None:
    delivery.put_profile_object.seconds = 4
    records = [made.message(TEXT, identifier=f"m-{number}") for number in range(5)]
    failed = delivery({"Records": records}, seconds=15)["batchItemFailures"]
    assert [each["itemIdentifier"] for each in failed] == ["m-3", "m-4"]
    assert len(delivery.puts) == 3
    assert [(line["attempts"], line.get("code")) for line in delivery.log[3:]] == [
        (0, "OutOfTime"),
        (0, "OutOfTime"),
    ]


def test_an_object_that_always_fails_does_not_use_up_the_time_of_its_batch(
    delivery: Any, made: Any
) -> None:
    delivery.put_profile_object.answer = _for("{}", made.refusal("InternalServerException"))
    delivery.put_profile_object.seconds = 1
    good = [made.message(TEXT, identifier=f"m-{number}") for number in range(9)]
    failed = delivery({"Records": [made.message("{}", identifier="bad"), *good]}, seconds=60)
    assert failed == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert len(delivery.puts) == 9


def test_an_object_alone_may_use_all_the_time(delivery: Any, made: Any) -> None:
    delivery.put_profile_object.answer = _always(made.refusal("ThrottlingException"))
    start = delivery.clock.time
    delivery({"Records": [made.message(TEXT)]}, seconds=60)
    assert delivery.clock.time - start > 45


def test_clients_are_made_once_do_not_retry_and_answer_within_the_reserve(
    load_function: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    module = load_function("deliver")
    client = module.client("customer-profiles")
    assert module.client("customer-profiles") is client
    config = client.meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert config.connect_timeout + config.read_timeout < module.RESERVE_SECONDS


def test_errors_are_understood_as_botocore_raises_them(
    load_function: Any, made: Any, monkeypatch: pytest.MonkeyPatch, delivery: Any
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = load_function("deliver").client("customer-profiles")
    expected = {
        "DomainName": "customers",
        "ObjectTypeName": "TrialSubscription",
        "Object": TEXT,
    }
    with Stubber(client) as stubber:
        stubber.add_client_error(
            "put_profile_object", "ThrottlingException", "slow", 429, expected_params=expected
        )
        stubber.add_client_error("put_profile_object", "BadRequestException", "Concurrent update")
        stubber.add_client_error("put_profile_object", "BadRequestException", "no key")
        delivery.module.client = {"customer-profiles": client, "sqs": delivery}.__getitem__
        assert delivery(made.event(OBJECT))["rejected"] == 1
        stubber.assert_no_pending_responses()
    assert delivery.log[0]["attempts"] == 3


def _always(error: Exception) -> Any:
    def answer(_: Any) -> Any:
        raise error

    return answer


def _for(text: str, error: Exception) -> Any:
    def answer(request: dict[str, Any]) -> Any:
        if request["Object"] == text:
            raise error
        return {}

    return answer
