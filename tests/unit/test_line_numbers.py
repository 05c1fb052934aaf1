"""Numbers of lines as people read them."""

import pytest

from lifecycle.line_numbers import MAX_RANGES, LineNumbers


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([], ""),
        ([7], "7"),
        ([1, 2], "1-2"),
        ([1, 3, 4, 5, 9], "1, 3-5, 9"),
    ],
)
def test_neighbours_are_told_as_a_range(numbers: list[int], shown: str) -> None:
    assert str(LineNumbers(*numbers)) == shown
    assert LineNumbers(*numbers).count == len(numbers)


def test_of_very_many_only_the_first_are_told_and_the_rest_counted() -> None:
    numbers = LineNumbers(*range(0, 4 * MAX_RANGES, 2))
    shown = str(numbers)
    assert shown.startswith("0, 2, 4, ")
    assert shown.endswith(f", {2 * MAX_RANGES - 2} and {MAX_RANGES} more")
    assert numbers.count == 2 * MAX_RANGES
