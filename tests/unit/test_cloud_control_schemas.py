"""Registry schemas, property paths in models, and models against their schema."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.cloud_control import paths
from emulator.cloud_control.schemas import ResourceSchema, load
from emulator.cloud_control.validation import check_model
from emulator.http import ServiceError

NAMES = st.sampled_from(["A", "B", "C"])
VALUES = st.recursive(
    st.integers(0, 3) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
MODELS = st.dictionaries(NAMES, VALUES, max_size=3)
PATHS = st.builds(lambda *parts: (*parts[0], parts[1]), st.lists(NAMES | st.just("*")), NAMES)


def schema(type_name: str) -> ResourceSchema:
    found = load(type_name, "us-east-1")
    assert found is not None
    return found


def breaches(type_name: str, model: dict[str, Any]) -> list[str]:
    """The sentences with which a model is refused."""
    with pytest.raises(ServiceError) as refused:
        asyncio.run(check_model(schema(type_name), model))
    assert (refused.value.status, refused.value.code) == (400, "ValidationException")
    prefix = "Model validation failed ("
    assert refused.value.message.startswith(prefix)
    return refused.value.message.removeprefix(prefix).removesuffix(")").split("\n")


@given(PATHS)
def test_a_pointer_is_read_as_it_is_written(path: paths.Path) -> None:
    assert paths.parse(paths.pointer(path)) == path


@settings(deadline=None)
@given(MODELS, st.lists(PATHS, max_size=3))
def test_what_is_taken_away_is_not_there_and_the_model_stays_as_it_was(
    model: dict[str, Any], away: list[paths.Path]
) -> None:
    before = json.dumps(model)
    left = paths.without(model, away)
    assert json.dumps(model) == before
    for path in away:
        assert paths.values(left, path) == []


@pytest.mark.parametrize(
    ("model", "path", "left"),
    [
        ({"A": {"B": 1}}, ("A", "B"), {}),
        ({"A": {"B": 1, "C": 2}}, ("A", "B"), {"A": {"C": 2}}),
        ({"A": [{"B": 1}, {"C": 2}]}, ("A", "*", "B"), {"A": [{}, {"C": 2}]}),
        ({"A": {}}, ("A", "B"), {"A": {}}),
        ({"A": 7}, ("A", "B", "C"), {"A": 7}),
    ],
)
def test_an_object_that_is_left_empty_goes_too(
    model: dict[str, Any], path: paths.Path, left: dict[str, Any]
) -> None:
    assert paths.without(model, [path]) == left


def test_true_is_not_one_and_the_order_of_members_means_nothing() -> None:
    assert not paths.same({"a": True}, {"a": 1})
    assert not paths.same([1, 2], [2, 1])
    assert paths.same({"a": 1, "b": 2}, {"b": 2, "a": 1})


def test_values_are_found_in_every_item_of_a_list() -> None:
    model = {"Tags": [{"Key": "a"}, {"Key": "b"}, {"Value": 1}, 7]}
    assert paths.values(model, ("Tags", "*", "Key")) == ["a", "b"]
    assert paths.values(model, ("Tags", "Key")) == []


def test_a_type_is_known_in_the_regions_that_have_it() -> None:
    name = "AWS::CustomerProfiles::Domain"
    assert load(name, "us-east-1") is not None
    assert load(name, "ap-south-2") is None
    assert load(name, "no-such-region-1") == load(name, "us-east-1")
    assert load("AWS::CustomerProfiles::Nothing", "us-east-1") is None


def test_an_identifier_has_all_its_parts_or_is_not_known() -> None:
    object_type = schema("AWS::CustomerProfiles::ObjectType")
    assert object_type.identifier({"DomainName": "crm", "ObjectTypeName": "Person"}) == "crm|Person"
    assert object_type.identifier({"DomainName": "crm"}) is None
    assert schema("AWS::SQS::Queue").identifier({"QueueName": "q"}) is None


def test_a_model_is_read_without_what_is_never_returned_and_set_without_what_is_only_told() -> None:
    function = schema("AWS::Lambda::Function")
    model = {"FunctionName": "f", "Code": {"ZipFile": "x"}, "Arn": "arn", "Timeout": 3}
    assert function.readable(model) == {"FunctionName": "f", "Arn": "arn", "Timeout": 3}
    assert function.settable(model) == {
        "FunctionName": "f",
        "Code": {"ZipFile": "x"},
        "Timeout": 3,
    }
    assert function.given_read_only(model) == [("Arn",)]


def test_a_type_says_what_it_can_do_and_what_it_is_listed_by() -> None:
    permission = schema("AWS::Lambda::Permission")
    assert permission.supports("create")
    assert not permission.supports("update")
    assert permission.list_requires() == ["FunctionName"]
    assert schema("AWS::SQS::Queue").list_requires() == []


@pytest.mark.parametrize(
    ("type_name", "model", "sentences"),
    [
        (
            "AWS::SQS::Queue",
            {"Colour": 1, "Shape": 2},
            [
                "#: extraneous key [Colour] is not permitted",
                "#: extraneous key [Shape] is not permitted",
            ],
        ),
        (
            "AWS::SQS::Queue",
            {"RedrivePolicy": 7, "DelaySeconds": None, "FifoQueue": "true"},
            [
                "#/RedrivePolicy: expected type: Object or String, found: Integer",
                "#/DelaySeconds: expected type: Integer, found: Null",
                "#/FifoQueue: expected type: Boolean, found: String",
            ],
        ),
        (
            "AWS::Lambda::Function",
            {"Timeout": 0, "Handler": "has space", "Layers": "l"},
            [
                "#: required key [Code] not found",
                "#: required key [Role] not found",
                "#/Timeout: does not satisfy minimum 1",
                r"#/Handler: does not match pattern ^[^\s]+$",
                "#/Layers: expected type: Array, found: String",
            ],
        ),
        (
            "AWS::CloudWatch::Alarm",
            {"ComparisonOperator": "GreaterThanThreshold", "MetricName": "a", "Metrics": []},
            [
                "#: key [MetricName] is not permitted beside [Metrics]",
                "#: exactly one of the keys [Metrics, MetricName, EvaluationCriteria] is required",
            ],
        ),
        (
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": {}, "Arn": "a", "RoleId": "b"},
            ["#: readOnlyProperties [/properties/Arn, /properties/RoleId] cannot be set"],
        ),
    ],
)
def test_a_model_is_refused_for_all_that_breaks_its_schema(
    type_name: str, model: dict[str, Any], sentences: list[str]
) -> None:
    assert sorted(breaches(type_name, model)) == sorted(sentences)


@pytest.mark.parametrize(
    "model",
    [
        {},
        {"DelaySeconds": 7, "Tags": [{"Key": "a", "Value": "b"}]},
        {"RedrivePolicy": '{"a": 1}'},
        {"RedrivePolicy": {"deadLetterTargetArn": "arn", "maxReceiveCount": 3}},
    ],
)
def test_a_model_that_fits_its_schema_is_taken(model: dict[str, Any]) -> None:
    asyncio.run(check_model(schema("AWS::SQS::Queue"), model))


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=8, max_size=20))
def test_a_refusal_never_quotes_a_value(secret: str) -> None:
    model = {
        "QueueName": {"x": secret},
        "DelaySeconds": secret,
        "Tags": [{"Key": "k", "Value": [secret]}, secret],
        "DeduplicationScope": [secret],
    }
    found = breaches("AWS::SQS::Queue", model)
    assert len(found) >= 5
    assert not any(secret in sentence for sentence in found)


def test_of_very_many_breaches_the_first_are_named() -> None:
    found = breaches("AWS::SQS::Queue", {f"Colour{number}": 1 for number in range(100)})
    assert 20 <= len(found) < 30
