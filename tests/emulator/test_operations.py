"""Every operation of the API model: what is not implemented says so, the rest keeps its bounds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

MODEL = ServiceModel(Loader().load_service_model("customer-profiles", "service-2"))

IMPLEMENTED = """CreateDomain GetDomain ListDomains UpdateDomain DeleteDomain PutProfileObjectType
GetProfileObjectType ListProfileObjectTypes DeleteProfileObjectType PutProfileObject
BatchPutProfileObject ListProfileObjects DeleteProfileObject SearchProfiles CreateProfile
UpdateProfile DeleteProfile BatchGetProfile AddProfileKey DeleteProfileKey MergeProfiles TagResource
UntagResource ListTagsForResource""".split()

OTHERS = sorted(set(MODEL.operation_names) - set(IMPLEMENTED))

TEXTS = ("a", "abc", "0" * 32, "9:30", "arn:aws:profile:us-east-1:111122223333:domains/a")
WRONG_TEXTS = ("\n\n\n", " ")
KINDS: dict[str, Any] = {"text": "a", "number": 1, "fraction": 1.5, "boolean": True}
KINDS |= {"list": [], "object": {}}
OF_SHAPE = {
    "string": {"text"},
    "integer": {"number"},
    "double": {"number", "fraction"},
    "boolean": {"boolean"},
    "list": {"list"},
    "map": {"object"},
    "structure": {"object"},
}


def test_the_model_has_all_implemented_operations_and_others() -> None:
    assert set(IMPLEMENTED) < set(MODEL.operation_names)
    assert len(MODEL.operation_names) == 115


@pytest.mark.parametrize("operation", OTHERS)
def test_an_operation_that_is_not_implemented_says_so(raw: Any, operation: str) -> None:
    members = MODEL.operation_model(operation).input_shape.members
    for texts in (dict.fromkeys(members, "a"), dict.fromkeys(members, "é /")):
        answer = raw.run(operation, texts)
        assert answer.status == 400
        assert answer.headers["x-amzn-errortype"] == "NotImplementedException"
        assert operation in answer.json["Message"].split()


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_an_operation_that_is_implemented_does_not_deny_it(raw: Any, operation: str) -> None:
    answer = raw.run(operation, sample(MODEL.operation_model(operation).input_shape))
    assert answer.headers.get("x-amzn-errortype") != "NotImplementedException"


def fits(shape: Shape, text: str) -> bool:
    """Whether a text is within the bounds of its shape."""
    bounds = shape.metadata
    return (
        bounds.get("min", 0) <= len(text) <= bounds.get("max", 10**9)
        and re.search(bounds.get("pattern", ""), text) is not None
        and text in bounds.get("enum", [text])
    )


def sample(shape: Shape) -> Any:
    """The smallest value within the bounds of a shape; of a structure, what is required."""
    bounds = shape.metadata
    if isinstance(shape, StructureShape):
        return {name: sample(shape.members[name]) for name in shape.required_members}
    if isinstance(shape, ListShape):
        return [sample(shape.member)] * max(1, bounds.get("min", 0))
    if isinstance(shape, MapShape):
        return {sample(shape.key): sample(shape.value)}
    if shape.type_name == "string":
        return next(text for text in (*bounds.get("enum", ()), *TEXTS) if fits(shape, text))
    return bounds.get("min", 1) if shape.type_name in {"integer", "double"} else True


@dataclass(frozen=True)
class Case:
    """A value for one member. what: what is wrong in it. member: where, as messages spell it."""

    what: str
    member: str
    value: Any

    def inside(self, value: Any) -> "Case":
        return Case(self.what, self.member, value)


def spelled(name: str) -> str:
    return name[:1].lower() + name[1:]


def out_of_bounds(shape: Shape, name: str) -> Iterator[Case]:
    """For each bound of a shape and of the shapes within, a value that breaks it alone."""
    yield from own_breaches(shape, name)
    yield from within(shape, name, out_of_bounds)
    if isinstance(shape, StructureShape):
        for member in shape.required_members:
            rest = {n: value for n, value in sample(shape).items() if n != member}
            yield Case(f"no {member}", spelled(member), rest)


def of_another_kind(shape: Shape, name: str) -> Iterator[Case]:
    """For a shape and the shapes within, values of every other kind."""
    for kind in sorted(KINDS.keys() - OF_SHAPE[shape.type_name]):
        yield Case(f"a {kind}", name, KINDS[kind])
    yield from within(shape, name, of_another_kind)
    if isinstance(shape, StructureShape):
        yield Case("an unknown member", name, sample(shape) | {"Extra": "a"})


def within(shape: Shape, name: str, cases: Any) -> Iterator[Case]:
    """The cases of the shapes within a shape, each in a value that is right elsewhere."""
    if isinstance(shape, StructureShape):
        for member, inner in shape.members.items():
            for case in cases(inner, spelled(member)):
                yield case.inside(sample(shape) | {member: case.value})
    elif isinstance(shape, ListShape):
        for case in cases(shape.member, name):
            yield case.inside([case.value])
    elif isinstance(shape, MapShape):
        for case in cases(shape.value, name):
            yield case.inside({sample(shape.key): case.value})
        # A key is never of another kind: JSON has only texts there.
        for case in () if cases is of_another_kind else cases(shape.key, name):
            yield case.inside({case.value: sample(shape.value)})


def own_breaches(shape: Shape, name: str) -> Iterator[Case]:
    bounds = shape.metadata
    least, most = bounds.get("min"), bounds.get("max")
    if shape.type_name in {"integer", "double"}:
        wrong = {"too small": least and least - 1, "too large": most and most + 1}
        if least == 0:
            wrong["too small"] = -0.1
    elif isinstance(shape, ListShape | MapShape):
        wrong = {"too few": type(sample(shape))() if least else None}
        wrong["too many"] = of_size(shape, most + 1) if most else None
    elif shape.type_name == "string":
        wrong = {"too short": "" if least else None, "too long": "a" * (most + 1) if most else None}
        if "enum" in bounds:
            wrong = {"none of the enumeration": "NONE"}
        elif "pattern" in bounds:
            in_length = (text for text in WRONG_TEXTS if len(text) >= (least or 0))
            wrong["not of the pattern"] = next((t for t in in_length if not fits(shape, t)), None)
    else:
        wrong = {}
    yield from (Case(what, name, value) for what, value in wrong.items() if value is not None)


def of_size(shape: ListShape | MapShape, size: int) -> Any:
    if isinstance(shape, ListShape):
        return [sample(shape.member)] * size
    return {f"{sample(shape.key)}{number}": sample(shape.value) for number in range(size)}


def at_bounds(shape: Shape, name: str) -> Iterator[Case]:
    """For each bound of a shape and of the shapes within, a value that just keeps it."""
    bounds = shape.metadata
    right: dict[str, Any] = {}
    if shape.type_name in {"integer", "double"}:
        right = {"smallest": bounds.get("min"), "largest": bounds.get("max")}
    elif isinstance(shape, ListShape | MapShape):
        right = {"most": of_size(shape, bounds["max"]) if "max" in bounds else None}
        right["fewest"] = of_size(shape, bounds["min"]) if "min" in bounds else None
    elif "enum" in bounds:
        right = {each: each for each in bounds["enum"]}
    elif shape.type_name == "string" and "pattern" not in bounds:
        right = {"shortest": "é" * bounds.get("min", 1), "longest": "👩" * bounds.get("max", 1)}
    elif shape.type_name == "string" and fits(shape, "a" * bounds.get("max", 0)):
        right = {"longest": "a" * bounds["max"]}
    yield from (Case(what, name, value) for what, value in right.items() if value is not None)
    yield from within(shape, name, at_bounds)


def cases_of(operation: str, cases: Any) -> list[tuple[str, Case]]:
    """(input member, case) of all members of an operation."""
    members = MODEL.operation_model(operation).input_shape.members
    return [(name, case) for name, shape in members.items() for case in cases(shape, spelled(name))]


def in_body(operation: str, name: str) -> bool:
    shape = MODEL.operation_model(operation).input_shape.members[name]
    return "location" not in shape.serialization


def report(answer: Any, name: str, case: Case) -> list[str]:
    """What is wrong with the answer to a request that breaks the case's one bound."""
    text = answer.json.get("Message", "")
    code = answer.headers.get("x-amzn-errortype")
    place = re.search(rf"Value at '[^']*\b{re.escape(case.member)}\b[^']*' failed to", text)
    named = place is not None and text.startswith("1 validation error detected: ")
    if (answer.status, code) == (400, "BadRequestException") and named:
        return []
    return [f"{name}, {case.member}: {case.what}: {answer.status} {code} {text}"]


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_every_bound_of_the_model_is_kept_and_its_member_named(raw: Any, operation: str) -> None:
    valid = sample(MODEL.operation_model(operation).input_shape)
    faults: list[str] = []
    cases = cases_of(operation, out_of_bounds)
    for name, case in cases:
        answer = raw.run(operation, valid | {name: case.value})
        faults += report(answer, name, case)
    assert faults == []
    assert cases


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_every_required_member_is_missed_and_named(raw: Any, operation: str) -> None:
    shape = MODEL.operation_model(operation).input_shape
    for name in shape.required_members:
        valid = sample(shape)
        del valid[name]
        answer = raw.run(operation, valid)
        assert report(answer, name, Case("missing", spelled(name), None)) == []


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_a_value_of_another_kind_is_refused_and_its_member_named(raw: Any, operation: str) -> None:
    valid = sample(MODEL.operation_model(operation).input_shape)
    faults: list[str] = []
    for name, case in cases_of(operation, of_another_kind):
        if in_body(operation, name):
            faults += report(raw.run(operation, valid | {name: case.value}), name, case)
    assert faults == []


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_a_value_that_just_keeps_its_bounds_is_no_validation_error(
    raw: Any, operation: str
) -> None:
    valid = sample(MODEL.operation_model(operation).input_shape)
    faults: list[str] = []
    for name, case in cases_of(operation, at_bounds):
        answer = raw.run(operation, valid | {name: case.value})
        if answer.status != 200 and "validation error" in answer.json["Message"]:
            faults.append(f"{name}, {case.member}: {case.what}: {answer.json['Message']}")
    assert faults == []
