"""What the delivery function prints: a line for each object, metrics, and never data."""

import hashlib
import re
from typing import Any

import pytest

OBJECT = {"UserId": "u-1"}
NOW = 1_700_000_000
SECRET = "secret@marker"


def test_a_line_says_what_became_of_an_object(delivery: Any, made: Any) -> None:
    delivery.put_profile_object.seconds = 0.25
    delivery(made.event(OBJECT))
    assert delivery.log == [
        {
            "level": "INFO",
            "way": "events",
            "origin": "event e-1",
            "objectType": "TrialSubscription",
            "outcome": "delivered",
            "attempts": 1,
            "milliseconds": 250,
            "keyHash": hashlib.sha256(b"customers/TrialSubscription/u-1").hexdigest()[:16],
        }
    ]


def test_a_line_says_why_an_object_was_rejected_or_comes_again(delivery: Any, made: Any) -> None:
    def answer(request: dict[str, Any]) -> Any:
        raise made.refusal("BadRequestException" if "bad" in request["Object"] else "Throttled")

    delivery.put_profile_object.answer = answer
    delivery.send_message.answer = _always(made.refusal("AccessDenied"))
    delivery({"Records": [made.message('{"UserId":"u"}')]})
    delivery.send_message.answer = lambda _: {}
    delivery({"Records": [made.message('{"UserId":"bad"}')]})
    seen = [(line["level"], line["outcome"], line["code"]) for line in delivery.log]
    assert seen == [
        ("WARN", "retry", "RejectNotSent.AccessDenied"),
        ("ERROR", "rejected", "BadRequestException"),
    ]


@pytest.mark.parametrize(
    ("object_type", "value", "key"),
    [
        ("Order", {"customer": {"id": "c-1"}}, "c-1"),
        ("Order", {"customer": {"id": 17}}, "17"),
        ("Order", {"customer": {"id": "Åse"}}, "Åse"),
        ("Order", {"customer": "c-1"}, None),
        ("Order", {"customer": {"id": ""}}, None),
        ("Order", {"customer": {"id": None}}, None),
        ("Order", {"customer": {"id": ["c-1"]}}, None),
        ("Unknown", {"UserId": "u-1"}, None),
    ],
)
def test_the_key_is_shown_as_a_hash_that_also_depends_on_domain_and_type(
    delivery: Any, made: Any, object_type: str, value: Any, key: str | None
) -> None:
    delivery(made.event(value, object_type))
    text = f"customers/{object_type}/{key}"
    expected = hashlib.sha256(text.encode()).hexdigest()[:16] if key is not None else None
    assert delivery.log[0].get("keyHash") == expected


def test_the_same_customer_has_the_same_hash_on_every_way(delivery: Any, made: Any) -> None:
    delivery(made.event({"UserId": 7}))
    delivery({"Records": [made.message('{ "UserId": 7 }')]})
    delivery(made.item({"UserId": 7}))
    assert len({line["keyHash"] for line in delivery.log}) == 1


@pytest.mark.parametrize("outcome", ["delivered", "retry", "rejected", "not sent"])
@pytest.mark.parametrize("way", ["events", "topic", "batch", "wrapped"])
def test_no_value_of_an_object_is_printed_or_raised(
    delivery: Any, made: Any, way: str, outcome: str
) -> None:
    if outcome != "delivered":
        code = "ThrottlingException" if outcome == "retry" else "BadRequestException"
        delivery.put_profile_object.answer = _always(made.refusal(code, SECRET))
    if outcome == "not sent":
        delivery.send_message.answer = _always(made.refusal("AccessDenied", SECRET))
    body = f'{{"UserId":"{SECRET}","{SECRET}":1}}'
    sent = {
        "events": made.event({"UserId": SECRET, SECRET: 1}, time=SECRET),
        "topic": {"Records": [made.message(body, object_type=SECRET), made.message(SECRET)]},
        "wrapped": {
            "Records": [
                made.message(f'{{"Type":"Notification","Message":"{SECRET}"}}', object_type=None)
            ]
        },
        "batch": made.item({"UserId": SECRET, SECRET: 1}, ExtractedAt=SECRET),
    }[way]
    raised = ""
    try:
        delivery(sent)
    except delivery.module.DeliveryError as error:
        raised = str(error)
    assert SECRET not in delivery.printed + raised
    assert len(delivery.log) == len(sent.get("Records", [sent]))


def test_a_name_that_cannot_be_an_object_type_is_not_printed(delivery: Any, made: Any) -> None:
    delivery(made.event(OBJECT, "ann@example.com"))
    assert delivery.log[0]["objectType"] == "-"


def test_metrics_are_in_the_embedded_metric_format(delivery: Any, made: Any) -> None:
    delivery(made.event(OBJECT, time="2023-11-14T22:13:15Z"))
    assert delivery.metrics == [
        {
            "_aws": {
                "Timestamp": NOW * 1000,
                "CloudWatchMetrics": [
                    {
                        "Namespace": "CustomerLifecycle",
                        "Dimensions": [["Domain", "Way"]],
                        "Metrics": [
                            {"Name": "Delivered", "Unit": "Count"},
                            {"Name": "Retried", "Unit": "Count"},
                            {"Name": "Rejected", "Unit": "Count"},
                            {"Name": "ObjectAge", "Unit": "Seconds"},
                        ],
                    }
                ],
            },
            "Domain": "customers",
            "Way": "events",
            "Delivered": 1,
            "Retried": 0,
            "Rejected": 0,
            "ObjectAge": [5.0],
        }
    ]


def test_metrics_count_every_outcome_once_an_invocation(delivery: Any, made: Any) -> None:
    errors = {"a": "BadRequestException", "b": "ThrottlingException"}

    def answer(request: dict[str, Any]) -> Any:
        name = request["Object"].split('"')[3]
        if name in errors:
            raise made.refusal(errors[name])
        return {}

    delivery.put_profile_object.answer = answer
    delivery(
        {"Records": [made.message(f'{{"UserId":"{name}"}}', identifier=name) for name in "abcd"]}
    )
    (line,) = delivery.metrics
    assert line["Way"] == "topic"
    assert (line["Delivered"], line["Retried"], line["Rejected"]) == (2, 1, 1)
    assert len(line["ObjectAge"]) == 2


def test_an_invocation_that_fails_has_its_metrics_too(delivery: Any, made: Any) -> None:
    delivery.put_profile_object.answer = _always(made.refusal("ThrottlingException"))
    with pytest.raises(delivery.module.DeliveryError):
        delivery(made.item(OBJECT))
    (line,) = delivery.metrics
    assert (line["Way"], line["Retried"]) == ("batch", 1)
    assert "ObjectAge" not in line


@pytest.mark.parametrize(
    ("moment", "age"),
    [
        (NOW - 30, 30),
        (NOW - 0.5, 0.5),
        ("2023-11-14T22:13:10+00:00", 10),
        ("2023-11-14T23:13:10.500+01:00", 9.5),
        (NOW + 60, 0),
    ],
)
def test_the_age_of_an_item_counts_from_when_it_was_extracted(
    delivery: Any, made: Any, moment: Any, age: float
) -> None:
    delivery(made.item(OBJECT, ExtractedAt=moment))
    assert delivery.metrics[0]["ObjectAge"] == [pytest.approx(age)]


@pytest.mark.parametrize("moment", [None, "yesterday", [], {}, float("nan"), 10**400])
def test_an_item_that_does_not_say_when_it_was_extracted_has_no_age(
    delivery: Any, made: Any, moment: Any
) -> None:
    delivery(made.item(OBJECT, ExtractedAt=moment))
    assert "ObjectAge" not in delivery.metrics[0]
    assert {"Name": "ObjectAge", "Unit": "Seconds"} not in delivery.metrics[0]["_aws"][
        "CloudWatchMetrics"
    ][0]["Metrics"]


def test_the_age_of_a_message_counts_from_when_it_was_sent(delivery: Any, made: Any) -> None:
    delivery({"Records": [made.message('{"UserId":"u"}', sent=f"{NOW - 7}500")]})
    assert delivery.metrics[0]["ObjectAge"] == [6.5]


def test_a_metric_has_the_hundred_longest_ages_at_most(delivery: Any, made: Any) -> None:
    items = [
        made.item(OBJECT, origin=f"item run/{number}", ExtractedAt=NOW - number)
        for number in range(150)
    ]
    delivery({"Items": items})
    (line,) = delivery.metrics
    assert sorted(line["ObjectAge"]) == list(range(50, 150))
    assert line["Delivered"] == 150


def test_each_printed_line_is_one_log_event(delivery: Any, made: Any) -> None:
    delivery(made.item({"UserId": "a\nb"}, origin="item run/1\n2"))
    assert all(re.fullmatch(r"\{.*\}", line) for line in delivery.printed.splitlines())
    assert len(delivery.printed.splitlines()) == 2


def _always(error: Exception) -> Any:
    def answer(_: Any) -> Any:
        raise error

    return answer
