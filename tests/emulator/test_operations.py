"""Every operation of the API model: what is not implemented says so, the rest keeps its bounds."""

from typing import Any

import pytest

from tests.emulator.conformance import (
    Case,
    at_bounds,
    cases_of,
    in_body,
    of_another_kind,
    out_of_bounds,
    report,
    sample,
    spelled,
)
from tests.emulator.conftest import MODEL

IMPLEMENTED = """CreateDomain GetDomain ListDomains UpdateDomain DeleteDomain PutProfileObjectType
GetProfileObjectType ListProfileObjectTypes DeleteProfileObjectType PutProfileObject
BatchPutProfileObject ListProfileObjects DeleteProfileObject SearchProfiles CreateProfile
UpdateProfile DeleteProfile BatchGetProfile AddProfileKey DeleteProfileKey MergeProfiles TagResource
UntagResource ListTagsForResource GetProfileObjectTypeTemplate ListProfileObjectTypeTemplates
CreateCalculatedAttributeDefinition GetCalculatedAttributeDefinition
UpdateCalculatedAttributeDefinition DeleteCalculatedAttributeDefinition
ListCalculatedAttributeDefinitions GetCalculatedAttributeForProfile
ListCalculatedAttributesForProfile BatchGetCalculatedAttributeForProfile CreateEventStream
GetEventStream ListEventStreams DeleteEventStream PutIntegration GetIntegration ListIntegrations
ListAccountIntegrations DeleteIntegration CreateSegmentDefinition GetSegmentDefinition
ListSegmentDefinitions DeleteSegmentDefinition""".split()

OTHERS = sorted(set(MODEL.operation_names) - set(IMPLEMENTED))


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


IDENTITY_RESOLUTION = """GetMatches GetSimilarProfiles ListRuleBasedMatches GetAutoMergingPreview
ListIdentityResolutionJobs GetIdentityResolutionJob""".split()


@pytest.mark.parametrize("operation", IDENTITY_RESOLUTION)
def test_a_refusal_of_identity_resolution_names_the_way_out(raw: Any, operation: str) -> None:
    members = MODEL.operation_model(operation).input_shape.members
    assert raw.run(operation, dict.fromkeys(members, "a")).json["Message"] == (
        f"{operation} is not implemented by the local AWS, which does not compare the profiles of a"
        " domain with each other: let keys of the object types match them, or merge them with"
        " MergeProfiles"
    )


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_an_operation_that_is_implemented_does_not_deny_it(raw: Any, operation: str) -> None:
    answer = raw.run(operation, sample(MODEL.operation_model(operation).input_shape))
    assert answer.headers.get("x-amzn-errortype") != "NotImplementedException"


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
