"""Settings in sentences."""

import pytest

from lifecycle.catalogue import words
from lifecycle.catalogue.attributes import SearchKey
from profiles import (
    LOOKUP_ONLY,
    NAME,
    NEW_ONLY,
    PROFILE,
    SECONDARY,
    UNIQUE,
    ContentType,
    Field,
    Identifier,
    Key,
    ObjectType,
)
from tests.unit.catalogue.samples import attribute_field, object_type

REFINEMENTS = {UNIQUE, PROFILE, SECONDARY, LOOKUP_ONLY, NEW_ONLY}


@pytest.mark.parametrize(
    ("identifiers", "starts"),
    [
        ((), ["For searches only"]),
        ((PROFILE,), ["Finds the customer: "]),
        ((UNIQUE,), ["Names the object"]),
        ((UNIQUE, PROFILE), ["Finds the customer: ", "Names the object"]),
        ((PROFILE, SECONDARY), ["Finds the customer if no primary key did"]),
        ((PROFILE, LOOKUP_ONLY), ["Finds the customer: ", "The value is only looked up"]),
        ((PROFILE, NEW_ONLY), ["Finds the customer: ", "The value is kept for searches only if"]),
        (
            (PROFILE, SECONDARY, LOOKUP_ONLY),
            ["Finds the customer if no primary key did", "The value is only looked up"],
        ),
        ((Identifier.ASSET, UNIQUE), ["Names the object", "Finds the asset"]),
    ],
)
def test_a_key_says_what_it_does(identifiers: tuple[Identifier, ...], starts: list[str]) -> None:
    said = words.key_does(Key("k", ("f",), identifiers))
    assert len(said) == len(starts)
    assert all(each.startswith(start) for each, start in zip(said, starts, strict=True))


@pytest.mark.parametrize("identifier", [each for each in Identifier if each not in REFINEMENTS])
def test_a_key_of_any_standard_object_names_it(identifier: Identifier) -> None:
    (said,) = words.key_does(Key("k", ("f",), (identifier,)))
    noun = identifier.lower().replace("_", " ")
    assert said.startswith(f"Finds the {noun}")


@pytest.mark.parametrize("content_type", ContentType)
def test_a_key_says_how_its_values_are_compared(content_type: ContentType) -> None:
    made = object_type(fields=[Field("f", "_source.f", None, content_type)])
    assert words.key_compared(Key("k", ("f",)), made) == words.COMPARED[content_type]


def test_fields_of_a_key_that_are_compared_alike_are_said_once() -> None:
    made = object_type(fields=[attribute_field("a"), attribute_field("b")])
    assert words.key_compared(Key("k", ("a", "b")), made) == "together, each letter by letter"


def test_fields_of_a_key_that_are_compared_differently_are_said_each() -> None:
    made = object_type(fields=[attribute_field("a"), Field("b", "_source.b", None, NAME)])
    said = words.key_compared(Key("k", ("a", "b")), made)
    assert said == "together: a letter by letter; b as a name, whatever its capitals and spaces"


@pytest.mark.parametrize(
    ("others", "only_new", "said"),
    [
        ((), False, "By its value."),
        (("shop",), False, "By its value together with shop."),
        (("a", "b", "c"), False, "By its value together with a, b and c."),
        ((), True, "By its value, if the object created the profile."),
    ],
)
def test_a_search_key_says_how_it_finds(
    others: tuple[str, ...], said: str, *, only_new: bool
) -> None:
    key = SearchKey("k", others, only_new=only_new, keepers=(), standard=True)
    assert words.search_finds(key) == said


def test_an_expiry_is_said_in_days_or_left_to_the_domain() -> None:
    assert words.expiry(object_type(expiration_days=1)) == "after 1 day"
    assert words.expiry(object_type(expiration_days=1000)) == "after 1,000 days"
    assert words.expiry(object_type()) == "after the default of the domain"


def test_what_becomes_of_an_object_without_profile_is_said_either_way() -> None:
    assert "creates one" in words.creation(object_type(allow_profile_creation=True))
    assert "dead-letter queue" in words.creation(object_type(allow_profile_creation=False))


def test_of_a_template_only_the_service_knows_whether_it_creates_profiles() -> None:
    template = ObjectType("Contact", "Contacts", template_id="CTR-NoInferred")
    assert words.creates(template) == "as its template"
    assert words.creation(template).startswith("The service knows")
    assert words.creates(object_type(allow_profile_creation=True)) == "yes"
    assert words.creates(object_type(allow_profile_creation=False)) == "no"


def test_a_priority_is_explained_with_and_without_a_number() -> None:
    assert "lower number" in words.priority(object_type(source_priority=1))
    assert "has a number is stronger" in words.priority(object_type())
