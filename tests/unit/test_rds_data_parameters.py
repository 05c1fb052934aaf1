"""Parameters of a call: which values there are, and what a hint asks of a text."""

from typing import Any

import pytest

from emulator.http import ServiceError
from emulator.rds_data.parameters import Parameter, in_order, read_parameters


def given(name: str, hint: str | None = None, **value: Any) -> dict[str, Any]:
    """A parameter as a request has it."""
    return {"name": name, "value": value} | ({"typeHint": hint} if hint else {})


def refused(*parameters: dict[str, Any]) -> str:
    """What is wrong with them; the status of every refusal is the same."""
    with pytest.raises(ServiceError) as caught:
        read_parameters(list(parameters))
    assert (caught.value.code, caught.value.status) == ("ValidationException", 400)
    return caught.value.message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"isNull": True}, None),
        ({"booleanValue": False}, False),
        ({"longValue": -(2**63)}, -(2**63)),
        ({"doubleValue": 1.5}, 1.5),
        ({"stringValue": ""}, ""),
        ({"blobValue": "AAE="}, b"\0\1"),
        ({"blobValue": ""}, b""),
    ],
)
def test_each_kind_of_field_is_a_value(field: dict[str, Any], value: object) -> None:
    read = read_parameters([given("p", **field)])["p"].value
    assert (type(read), read) == (type(value), value)


def test_a_whole_number_in_a_double_is_a_double() -> None:
    assert isinstance(read_parameters([given("p", doubleValue=2)])["p"].value, float)


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        ("DATE", "2024-02-29"),
        ("TIME", "23:59:59"),
        ("TIME", "23:59:59.123"),
        ("TIME", "23:59:59.123456"),
        ("TIMESTAMP", "2024-02-29 23:59:59"),
        ("TIMESTAMP", "2024-02-29 23:59:59.1"),
        ("DECIMAL", "-12.50"),
        ("DECIMAL", "1e3"),
        ("UUID", "0F8FAD5B-D9CB-469F-A165-70867728950E"),
        ("JSON", '{"a": [1, null]}'),
    ],
)
def test_a_text_of_the_documented_form_keeps_its_hint(hint: str, text: str) -> None:
    assert read_parameters([given("p", hint, stringValue=text)]) == {"p": Parameter(text, hint)}


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        ("DATE", "2023-02-29"),
        ("DATE", "29.02.2024"),
        ("DATE", "2024-02-29 00:00:00"),
        ("DATE", "202\u0664-02-29"),
        ("TIME", "24:00:01"),
        ("TIME", "10:00"),
        ("TIME", "10:00:00.1234567"),
        ("TIMESTAMP", "2024-02-29T10:00:00"),
        ("TIMESTAMP", "2024-02-30 10:00:00"),
        ("TIMESTAMP", "2024-02-29 10:00:00Z"),
        ("DECIMAL", "1,5"),
        ("DECIMAL", "NaN"),
        ("DECIMAL", ""),
        ("UUID", "0f8fad5bd9cb469fa16570867728950e"),
        ("JSON", "{"),
    ],
)
def test_a_text_of_another_form_is_refused_without_repeating_it(hint: str, text: str) -> None:
    assert refused(given("when", hint, stringValue=text)) == (
        f"The value of the parameter when is not a valid {hint}."
    )


def test_a_hint_says_nothing_of_what_is_no_text() -> None:
    assert read_parameters([given("p", "DATE", isNull=True)]) == {"p": Parameter(None, "DATE")}
    assert read_parameters([given("p", "DATE", longValue=1)]) == {"p": Parameter(1, "DATE")}


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ({"value": {"longValue": 1}}, "Parameter 1 has no name."),
        ({"name": "", "value": {"longValue": 1}}, "Parameter 1 has no name."),
        ({"name": "p"}, "The parameter p must have exactly one value."),
        (given("p"), "The parameter p must have exactly one value."),
        (given("p", longValue=1, stringValue="1"), "The parameter p must have exactly one value."),
        (given("p", isNull=False), "isNull of the parameter p can only be true."),
        (given("p", blobValue="not base64"), "blobValue of the parameter p is not base64."),
        (given("p", arrayValue={"longValues": [1]}), "Array parameters are not supported."),
    ],
)
def test_what_is_no_value_is_refused(parameter: dict[str, Any], text: str) -> None:
    assert refused(parameter) == text


def test_a_name_is_given_once() -> None:
    twice = [given("p", longValue=1), given("p", longValue=1)]
    assert refused(*twice) == "The parameter p is given twice."


def test_parameters_come_in_the_order_of_their_placeholders() -> None:
    read = read_parameters([given("a", longValue=1), given("b", longValue=2)])
    assert [each.value for each in in_order(("b", "a", "b"), read)] == [2, 1, 2]


def test_a_parameter_that_is_not_given_is_named() -> None:
    with pytest.raises(ServiceError) as caught:
        in_order(("a", "b"), read_parameters([given("a", longValue=1)]))
    assert caught.value.message == "Cannot find parameter: b"
