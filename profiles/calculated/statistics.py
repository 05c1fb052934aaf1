"""What the statistics of calculated attributes make of the objects that count, oldest first."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from profiles.calculated.expressions import Expression, Fields, as_number, shown

Statistic = Callable[[Expression, Sequence[Fields]], str | None]
"""None where there is nothing to calculate from."""


def _count(expression: Expression, objects: Sequence[Fields]) -> str | None:
    return str(len(_texts(expression, objects)))


def _first(expression: Expression, objects: Sequence[Fields]) -> str | None:
    return next(iter(_texts(expression, objects)), None)


def _last(expression: Expression, objects: Sequence[Fields]) -> str | None:
    return next(reversed(_texts(expression, objects)), None)


def _most_frequent(expression: Expression, objects: Sequence[Fields]) -> str | None:
    # Of equally frequent values the newest one: it is met first.
    most = Counter(reversed(_texts(expression, objects))).most_common(1)
    return most[0][0] if most else None


def _of_numbers(combine: Callable[[list[Decimal]], Decimal]) -> Statistic:
    def statistic(expression: Expression, objects: Sequence[Fields]) -> str | None:
        numbers = [each for fields in objects if (each := expression.number(fields)) is not None]
        return shown(combine(numbers)) if numbers else None

    return statistic


STATISTICS: Final[dict[str, Statistic]] = {
    "COUNT": _count,
    "FIRST_OCCURRENCE": _first,
    "LAST_OCCURRENCE": _last,
    "MAX_OCCURRENCE": _most_frequent,
    "SUM": _of_numbers(lambda numbers: sum(numbers, Decimal())),
    "MINIMUM": _of_numbers(min),
    "MAXIMUM": _of_numbers(max),
    "AVERAGE": _of_numbers(lambda numbers: sum(numbers, Decimal()) / len(numbers)),
}
"""By the API's name. RECENT_OCCURRENCES is not among them: its form is not documented."""


def meets(value: str, operator: str, bound: str) -> bool:
    """Whether a result is beyond a threshold: as numbers where both are, else letter by letter."""
    number, limit = as_number(value), as_number(bound)
    if operator in {"EQUAL_TO", "NOT_EQUAL_TO"}:
        both = number is not None and limit is not None
        equal = number == limit if both else value == bound
        return equal == (operator == "EQUAL_TO")
    if number is None or limit is None:
        return False
    return number > limit if operator == "GREATER_THAN" else number < limit


def _texts(expression: Expression, objects: Sequence[Fields]) -> list[str]:
    return [each for fields in objects if (each := expression.text(fields)) is not None]
