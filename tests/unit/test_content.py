"""How values of each content type are compared (admin guide, "Mapping field definitions")."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import EMAIL_ADDRESS, NAME, NUMBER, PHONE_NUMBER, STRING, ContentType
from profiles.content import normal_form

written_values = (
    st.text(max_size=30)
    | st.text(alphabet="0123456789 +-().eE", max_size=30)
    | st.integers().map(str)
    | st.floats().map(str)
)


@pytest.mark.parametrize(
    ("content_type", "one", "other"),
    [
        # Named by the admin guide.
        (PHONE_NUMBER, "+15551234567", "(555)-123-4567"),
        (PHONE_NUMBER, "+1 (206) 345-7890", "2063457890"),
        (PHONE_NUMBER, "+1 555 123 4567", "555.123.4567"),
        (PHONE_NUMBER, "+44 20 7946 0018", "442079460018"),
        (EMAIL_ADDRESS, "Ann@Example.com", "ann@example.COM"),
        (NAME, "Ann Lee", "ANN   lee"),
        # Chosen here, where the guide is silent.
        (EMAIL_ADDRESS, " ann@example.com\n", "ann@example.com"),
        (NAME, " Ann\tLee ", "ann lee"),
        (NUMBER, "1234", "01234"),
        (NUMBER, "1234", "1234.0"),
        (NUMBER, "1234", " +1234 "),
        (NUMBER, "1234", "1.234e3"),
        (NUMBER, "0", "-0.00"),
        (NUMBER, ".5", "0.50"),
        (NUMBER, "12345678901234567890.1", "12345678901234567890.10"),
    ],
)
def test_values_that_mean_the_same_are_equal(
    content_type: ContentType, one: str, other: str
) -> None:
    assert one != other
    assert normal_form(one, content_type) == normal_form(other, content_type)


@pytest.mark.parametrize(
    ("content_type", "one", "other"),
    [
        (STRING, "00001", "1"),
        (STRING, "ann", "Ann"),
        (STRING, "a b", "a  b"),
        (STRING, "a", "a "),
        (STRING, "+15551234567", "5551234567"),
        (NUMBER, "1", "10"),
        (NUMBER, "1", "-1"),
        (NUMBER, "12345678901234567890", "12345678901234567891"),
        (NUMBER, "a1", "a01"),
        (NUMBER, "1 2", "12"),
        (NUMBER, "NaN", "nan"),
        (PHONE_NUMBER, "+15551234567", "+15551234568"),
        (PHONE_NUMBER, "+25551234567", "5551234567"),
        (PHONE_NUMBER, "123", "23"),
        (PHONE_NUMBER, "unknown", "withheld"),
        (EMAIL_ADDRESS, "ann@example.com", "ann.@example.com"),
        (EMAIL_ADDRESS, "ann@example.com", "ann@example.org"),
        (NAME, "Ann Lee", "AnnLee"),
        (NAME, "José", "Jose"),
    ],
)
def test_values_that_mean_something_else_stay_different(
    content_type: ContentType, one: str, other: str
) -> None:
    assert normal_form(one, content_type) != normal_form(other, content_type)


def test_every_digit_of_a_long_number_counts() -> None:
    digits = "1" * 5_000
    assert normal_form(digits + "2", NUMBER) != normal_form(digits + "3", NUMBER)


def test_text_that_is_no_number_or_phone_number_can_still_be_found() -> None:
    assert normal_form("A-17b", NUMBER) == "A-17b"
    assert normal_form("Unknown", PHONE_NUMBER) == "unknown"


@given(written_values, st.sampled_from(ContentType))
@settings(deadline=None)
def test_the_normal_form_of_a_normal_form_is_itself(value: str, content_type: ContentType) -> None:
    form = normal_form(value, content_type)
    assert normal_form(form, content_type) == form


@given(written_values)
@settings(deadline=None)
def test_a_string_is_compared_as_it_came(value: str) -> None:
    assert normal_form(value, STRING) == value


@given(st.integers(), st.integers(min_value=0, max_value=5), st.integers(min_value=0, max_value=5))
@settings(deadline=None)
def test_spellings_of_one_number_are_equal(number: int, zeros: int, places: int) -> None:
    sign = "-" if number < 0 else ""
    spelling = sign + "0" * zeros + str(abs(number)) + ("." + "0" * places if places else "")
    assert normal_form(spelling, NUMBER) == normal_form(str(number), NUMBER)


@given(st.integers(), st.integers())
@settings(deadline=None)
def test_two_numbers_are_equal_only_if_they_are_one(one: int, other: int) -> None:
    assert (normal_form(str(one), NUMBER) == normal_form(str(other), NUMBER)) is (one == other)


@given(st.text(alphabet="0123456789", min_size=1), st.text(alphabet=" ().-+/", max_size=5))
@settings(deadline=None)
def test_punctuation_never_tells_two_phone_numbers_apart(digits: str, separator: str) -> None:
    written = separator + separator.join(digits)
    assert normal_form(written, PHONE_NUMBER) == normal_form(digits, PHONE_NUMBER)


@given(st.text(alphabet=st.characters(codec="ascii")), st.sampled_from([EMAIL_ADDRESS, NAME]))
@settings(deadline=None)
def test_case_never_tells_two_addresses_or_names_apart(
    value: str, content_type: ContentType
) -> None:
    assert normal_form(value.upper(), content_type) == normal_form(value, content_type)
