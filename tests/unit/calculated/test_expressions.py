"""Expressions of calculated attributes: references, arithmetic, and what is no expression."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.calculated.expressions import ExpressionError, as_number, parse, shown


def test_a_plain_reference_is_the_field_as_it_stands() -> None:
    expression = parse("{Order.total}")
    assert (expression.object_type, expression.fields) == ("Order", ("total",))
    assert expression.text({"total": "007.50 EUR"}) == "007.50 EUR"
    assert expression.text({"total": None}) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{Order.total} * {Order.count}", "30"),
        ("({Order.total} - 1.5) / 2", "4.25"),
        ("-{Order.total} + {Order.total}", "0"),
        ("{ Order.total }/{Order.count}", "3.3333333333"),
        ("{Order.line.price} + 1", "3"),
        ("2 * {Order.total} - {Order.total}", "10"),
    ],
)
def test_arithmetic_gives_the_shortest_number(text: str, value: str) -> None:
    fields = {"total": "10", "count": "3", "line.price": "2.0"}
    assert parse(text).text(fields) == value


def test_arithmetic_over_a_field_without_a_number_has_no_value() -> None:
    expression = parse("{Order.total} / {Order.count}")
    for count in (None, "", "many", "NaN", "Infinity", "1_0", "0"):
        assert expression.text({"total": "10", "count": count}) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "total",
        "{total}",
        "5",
        "{Order.total} {Order.count}",
        "{Order.total} ** 9",
        "{Order.total} // 2",
        "f({Order.total})",
        "{Order.total}.real",
        "{Order.total} if 1 else 2",
        "{Order.total} + 'a'",
        "{Order.total} + True",
        "[{Order.total}]",
        "{Order.total} + field1",
        "{Order.total} + __import__",
        "({Order.total}",
        "lambda: {Order.total}",
    ],
)
def test_whatever_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_only_one_object_type_is_named() -> None:
    with pytest.raises(ExpressionError, match="one object type"):
        parse("{Order.total} + {Visit.count}")


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        expression = parse(text)
    except ExpressionError:
        return
    assert expression.fields


NUMBERS = st.decimals(-1000, 1000, places=2)
OPERATORS = st.lists(st.sampled_from("+-*/"), min_size=2, max_size=2)


@given(NUMBERS, NUMBERS, NUMBERS, OPERATORS)
def test_arithmetic_agrees_with_exact_fractions(
    a: Decimal, b: Decimal, c: Decimal, signs: list[str]
) -> None:
    found = parse(f"{{T.a}} {signs[0]} {{T.b}} {signs[1]} {c}").number({"a": str(a), "b": str(b)})
    try:
        wanted = eval(  # noqa: S307 - of our own signs and fractions
            f"a {signs[0]} b {signs[1]} c",
            {"a": Fraction(a), "b": Fraction(b), "c": Fraction(c)},
        )
    except ZeroDivisionError:
        assert found is None
    else:
        assert found is not None
        assert abs(Fraction(found) - wanted) < Fraction(1, 10**9)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, max_value=10**20))
def test_a_number_is_shown_so_that_it_reads_back(number: Decimal) -> None:
    text = shown(number)
    assert "E" not in text
    if (read := as_number(text)) is not None:
        assert read == number


@pytest.mark.parametrize("text", ["1e999999", "-1e999999", "9" * 300, "1e-400", "nan", "sNaN"])
def test_a_number_beyond_all_use_is_none(text: str) -> None:
    assert as_number(text) is None
