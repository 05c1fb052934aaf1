"""Target accessors: the attribute of a standard object that a field fills."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.targets import Target, TargetError, parse_target


@pytest.mark.parametrize(
    ("text", "root", "path"),
    [
        ("_profile.EmailAddress", "_profile", ("EmailAddress",)),
        ("_profile.ShippingAddress.City", "_profile", ("ShippingAddress", "City")),
        ("_profile.Address", "_profile", ("Address",)),
        ("_profile.Attributes", "_profile", ("Attributes",)),
        ("_profile.Attributes.TrialStatus", "_profile", ("Attributes", "TrialStatus")),
        ("_asset.SerialNumber", "_asset", ("SerialNumber",)),
        ("_airPreference.Seat.ClassOfService", "_airPreference", ("Seat", "ClassOfService")),
        ("_asset.Attributes.warranty", "_asset", ("Attributes", "warranty")),
    ],
)
def test_a_target_is_a_standard_object_and_a_path_in_it(
    text: str, root: str, path: tuple[str, ...]
) -> None:
    assert parse_target(text) == Target(root, path)


def test_what_follows_attributes_is_one_name_dots_and_spaces_included() -> None:
    assert parse_target("_profile.Attributes.plan.name").path == ("Attributes", "plan.name")
    assert parse_target("_profile.Attributes.Plan Name").path == ("Attributes", "Plan Name")
    assert parse_target("_profile.Attributes.{plan}").path == ("Attributes", "{plan}")


@pytest.mark.parametrize("text", ["", "_profile", "EmailAddress", "profile.EmailAddress", "$.a"])
def test_a_target_without_a_standard_object_is_refused(text: str) -> None:
    with pytest.raises(TargetError, match=r"an accessor such as _profile\.EmailAddress"):
        parse_target(text)


@pytest.mark.parametrize(
    "text",
    [
        "_profile.",
        "_profile..EmailAddress",
        "_profile.Address..City",
        "_profile.Address.",
        "_profile.Attributes.",
        "_profile. EmailAddress",
        "_profile.EmailAddress ",
        "_profile.Attributes.Tier\n",
    ],
)
def test_a_target_with_an_empty_part_is_refused(text: str) -> None:
    with pytest.raises(TargetError, match="no empty part"):
        parse_target(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{_profile.EmailAddress}}",
        "_profile.{{_source.kind}}",
        "_profile.Attributes.{{_source.kind}}",
        "_profile.Attributes.kind}}",
    ],
)
def test_a_target_is_never_a_template(text: str) -> None:
    with pytest.raises(TargetError, match="an accessor"):
        parse_target(text)


@given(st.text() | st.text(alphabet="_.profileAttributes{}[] ", max_size=30))
@settings(deadline=None)
def test_any_text_is_a_target_that_says_the_same_or_is_refused(text: str) -> None:
    try:
        target = parse_target(text)
    except TargetError:
        return
    assert ".".join((target.root, *target.path)) == text
