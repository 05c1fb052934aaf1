"""RFC 6902 patches on resource models, and what an update may not touch."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.cloud_control import patches, schemas
from emulator.cloud_control.errors import HandlerError
from emulator.cloud_control.paths import MAX_DEPTH
from emulator.http import ServiceError

RUNS = settings(deadline=None, max_examples=60)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
SCALARS = st.booleans() | st.integers(-(2**53), 2**53) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
MODELS = st.dictionaries(TEXTS, VALUES, max_size=4)

PATHS = st.sampled_from(["", "/", "/a", "/a/0", "/a/-", "/b/c", "/~0", "/~1", "a", "/a/b/c", "/-"])
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "bake"])
        | VALUES,
        "path": PATHS | VALUES,
        "from": PATHS | VALUES,
        "value": VALUES,
    },
)
DOCUMENTS = st.lists(OPERATIONS | VALUES, max_size=4) | VALUES
MODEL = {"a": [1, {"b": 2}], "b": {"c": "text"}, "~": True, "": 0}

QUEUE = schemas.load("AWS::SQS::Queue", "us-east-1")
TYPE = schemas.load("AWS::CustomerProfiles::ObjectType", "us-east-1")


def outcome(make: Callable[[], Any]) -> Any:
    """What is made, or the error with which it is refused."""
    try:
        return make()
    except ServiceError as error:
        return error


def changes(path: str, one: Any, other: Any) -> list[dict[str, Any]]:
    """What makes one value of the other. Not jsonpatch's own: its `make_patch` errs now and then on
    lists and on members named "".
    """
    if isinstance(one, dict) and isinstance(other, dict):
        places: list[Any] = [*one, *(name for name in other if name not in one)]
    elif isinstance(one, list) and isinstance(other, list):
        one, other = dict(enumerate(one)), dict(enumerate(other))
        # What is removed moves what stands behind it.
        places = [*range(len(other)), *reversed(range(len(other), len(one)))]
    else:
        unchanged = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
        return [] if unchanged else [{"op": "replace", "path": path, "value": other}]
    made = []
    for place in places:
        below = f"{path}/{str(place).replace('~', '~0').replace('/', '~1')}"
        if place not in other:
            made.append({"op": "remove", "path": below})
        elif place not in one:
            made.append({"op": "add", "path": below, "value": other[place]})
        else:
            made += changes(below, one[place], other[place])
    return made


@RUNS
@given(MODELS, MODELS)
def test_a_patch_between_two_models_makes_one_of_the_other(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    before = json.dumps(one)
    made = patches.apply(one, json.dumps(changes("", one, other)))
    # As text, in which true is not 1.
    assert json.dumps(made, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert json.dumps(one) == before


@RUNS
@given(DOCUMENTS)
def test_any_document_makes_a_model_or_is_refused_and_never_touches_the_current_one(
    document: Any,
) -> None:
    current = json.loads(json.dumps(MODEL))
    made = outcome(lambda: patches.apply(current, json.dumps(document)))
    if isinstance(made, ServiceError):
        assert (made.status, made.code) == (400, "ValidationException")
    else:
        assert isinstance(made, dict)
        assert None not in made.values()
    assert current == MODEL


@RUNS
@given(MODELS)
def test_the_text_of_any_object_is_a_model(model: dict[str, Any]) -> None:
    assert patches.parse_model(json.dumps(model), "DesiredState") == model


@RUNS
@given(
    st.text(max_size=20) | VALUES.filter(lambda value: not isinstance(value, dict)).map(json.dumps)
)
def test_any_other_text_is_a_model_or_is_refused(text: str) -> None:
    made = outcome(lambda: patches.parse_model(text, "DesiredState"))
    if isinstance(made, ServiceError):
        assert (made.status, made.code) == (400, "ValidationException")
        assert made.message.startswith("DesiredState ")
    else:
        assert made == {name: each for name, each in json.loads(text).items() if each is not None}


def test_a_member_that_is_null_is_none_at_all() -> None:
    assert patches.parse_model('{"a": null, "b": {"c": null}}', "DesiredState") == {
        "b": {"c": None}
    }
    assert patches.apply({"a": 1}, '[{"op": "replace", "path": "/a", "value": null}]') == {}


def test_a_refusal_names_the_operation_and_no_value() -> None:
    operations = [
        {"op": "add", "path": "/secret", "value": "hunter2"},
        {"op": "test", "path": "/secret", "value": "hunter3"},
    ]
    with pytest.raises(ServiceError) as refused:
        patches.apply({}, json.dumps(operations))
    assert refused.value.message == "Invalid patch update: operation 1 cannot be applied"


def nested(depth: int) -> Any:
    return {} if depth == 1 else {"a": nested(depth - 1)}


def test_a_model_may_be_nested_as_deeply_as_all_of_them_and_no_deeper() -> None:
    deepest = nested(MAX_DEPTH)
    assert patches.parse_model(json.dumps(deepest), "DesiredState") == deepest
    with pytest.raises(ServiceError, match="nested deeper than"):
        patches.parse_model(json.dumps(nested(MAX_DEPTH + 1)), "DesiredState")


def test_a_patch_that_nests_too_deeply_is_refused() -> None:
    half, bottom = nested(MAX_DEPTH // 2), "/a" * (MAX_DEPTH // 2 - 1)
    into_itself = {"op": "copy", "from": "/a", "path": f"{bottom}/b"}
    path = f"{bottom}/b{bottom.removeprefix('/a')}/b"
    fits = {"op": "add", "path": path, "value": nested(1)}
    patched = patches.apply(half, json.dumps([into_itself, fits]))
    assert patches.parse_model(json.dumps(patched), "DesiredState") == patched
    deeper = {"op": "add", "path": path, "value": nested(2)}
    with pytest.raises(ServiceError, match="nested deeper than"):
        patches.apply(half, json.dumps([into_itself, deeper]))


def test_copies_that_grow_without_end_are_refused_early() -> None:
    operations = [{"op": "copy", "from": "/a", "path": "/a/-"}] * 60
    with pytest.raises(ServiceError, match=r"too large|nested deeper than"):
        patches.apply({"a": ["x" * 1000]}, json.dumps(operations))


@pytest.mark.parametrize(
    ("current", "desired", "names"),
    [
        ({"QueueName": "q"}, {"QueueName": "p"}, "/properties/QueueName"),
        ({"QueueName": "q"}, {}, "/properties/QueueName"),
        ({}, {"FifoQueue": True}, "/properties/FifoQueue"),
        ({}, {"FifoQueue": True, "QueueName": "q"}, "/properties/FifoQueue, /properties/QueueName"),
        ({"FifoQueue": True}, {"FifoQueue": 1}, "/properties/FifoQueue"),
    ],
)
def test_what_can_only_be_given_at_a_creation_is_not_updatable(
    current: dict[str, Any], desired: dict[str, Any], names: str
) -> None:
    assert QUEUE is not None
    with pytest.raises(HandlerError) as refused:
        patches.check_update(QUEUE, current, desired)
    text = f"Invalid patch update: createOnlyProperties [{names}] cannot be updated"
    assert (refused.value.code, refused.value.message) == ("NotUpdatable", text)


@pytest.mark.parametrize(
    ("current", "desired"),
    [({"Arn": "a"}, {"Arn": "b"}), ({"Arn": "a"}, {}), ({}, {"Arn": "a"})],
)
def test_what_only_the_service_tells_cannot_be_updated(
    current: dict[str, Any], desired: dict[str, Any]
) -> None:
    assert QUEUE is not None
    with pytest.raises(ServiceError) as refused:
        patches.check_update(QUEUE, current | {"QueueName": "q"}, desired | {"QueueName": "p"})
    text = "Invalid patch update: readOnlyProperties [/properties/Arn] cannot be updated"
    assert (refused.value.code, refused.value.message) == ("ValidationException", text)


def test_everything_else_can_be_updated() -> None:
    assert QUEUE is not None
    assert TYPE is not None
    patches.check_update(
        QUEUE, {"QueueName": "q", "Arn": "a"}, {"Arn": "a", "QueueName": "q"} | {"DelaySeconds": 7}
    )
    patches.check_update(TYPE, {"Fields": [1]}, {"Keys": [2]})
