"""Values of calculated attributes for the objects of one profile."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import PROFILE, UNIQUE, Field, Key, ObjectType
from profiles.calculated import DefinitionError, Window, calculate, make_definition
from profiles.store import StoredObject

DAY = 86_400.0
NOW = 20_000 * DAY
ORDER = ObjectType(
    name="Order",
    description="An order",
    allow_profile_creation=True,
    fields=(
        Field("id", "_source.id"),
        Field("total", "_source.price.total"),
        Field("shop", "_source.shop"),
    ),
    keys=(Key("orderId", ("id",), (PROFILE, UNIQUE)),),
)


def stored(number: int, ingested: float = NOW, expires: float = NOW * 2, **record: Any) -> Any:
    text = json.dumps({"id": str(number)} | record)
    key = f"{number:032}"
    return StoredObject("Order", str(number), key, "p", text, number, expires, ingested)


def order(number: int, total: Any, shop: str = "a", days: float = 0) -> StoredObject:
    made: StoredObject = stored(number, NOW - days * DAY, price={"total": total}, shop=shop)
    return made


def body(statistic: str, expression: str = "{Order.total}", **more: Any) -> dict[str, Any]:
    names = [each for each in ("total", "shop", "id") if f".{each}" in expression]
    details = {"Attributes": [{"Name": name} for name in names], "Expression": expression}
    return {"AttributeDetails": details, "Statistic": statistic} | more


def value(objects: list[StoredObject], asked: dict[str, Any], **more: Any) -> str | None:
    definition = make_definition(asked, {"Order": ORDER})
    return calculate(definition, objects, NOW, **more).value


ORDERS = [order(1, 5, "a", 9), order(2, "2.5", "b", 6), order(3, "x", "a", 3), order(4, 7.5, "b")]


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("COUNT", "4"),
        ("SUM", "15"),
        ("MINIMUM", "2.5"),
        ("MAXIMUM", "7.5"),
        ("AVERAGE", "5"),
        ("FIRST_OCCURRENCE", "5"),
        ("LAST_OCCURRENCE", "7.5"),
    ],
)
def test_each_statistic_over_all_objects(statistic: str, expected: str) -> None:
    assert value(ORDERS, body(statistic)) == expected


def test_the_most_frequent_value_wins_and_of_equals_the_newest() -> None:
    asked = body("MAX_OCCURRENCE", "{Order.shop}")
    assert value(ORDERS[:3], asked) == "a"
    assert value(ORDERS, asked) == "b"


def test_without_an_object_only_a_count_has_a_value() -> None:
    assert value([], body("COUNT")) == "0"
    for statistic in ("SUM", "AVERAGE", "FIRST_OCCURRENCE", "MAX_OCCURRENCE", "MINIMUM"):
        assert value([], body(statistic)) is None


def test_an_object_without_the_attribute_does_not_count() -> None:
    assert value([stored(1), order(2, 1), order(3, "")], body("COUNT")) == "1"


def test_an_object_that_has_expired_does_not_count() -> None:
    assert value([stored(1, expires=NOW, price={"total": 1}), order(2, 1)], body("COUNT")) == "1"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"Value": 6, "Unit": "DAYS"}, "3"),
        ({"Value": 0, "Unit": "DAYS"}, "1"),
        ({"ValueRange": {"Start": 9, "End": 6}, "Value": 1}, "2"),
        ({"ValueRange": {"Start": 1, "End": -1}}, "1"),
        ({"ValueRange": {"Start": -1, "End": -9}}, "0"),
    ],
)
def test_a_range_is_days_before_now(asked: dict[str, Any], expected: str) -> None:
    assert value(ORDERS, body("COUNT", Conditions={"Range": asked})) == expected


def test_a_window_overrides_the_range() -> None:
    asked = body("COUNT", Conditions={"Range": {"Value": 1}})
    assert value(ORDERS, asked, window=Window(6)) == "3"


def test_object_count_takes_the_newest() -> None:
    assert value(ORDERS, body("SUM", Conditions={"ObjectCount": 1})) == "7.5"
    assert value(ORDERS, body("COUNT", Conditions={"ObjectCount": 9})) == "4"


@pytest.mark.parametrize(
    ("operator", "bound", "expected"),
    [
        ("GREATER_THAN", "14.9", "true"),
        ("GREATER_THAN", "15", "false"),
        ("LESS_THAN", "15.1", "true"),
        ("EQUAL_TO", "15.0", "true"),
        ("NOT_EQUAL_TO", "15", "false"),
        ("NOT_EQUAL_TO", "many", "true"),
        ("GREATER_THAN", "many", "false"),
    ],
)
def test_with_a_threshold_the_value_is_true_or_false(
    operator: str, bound: str, expected: str
) -> None:
    threshold = {"Threshold": {"Operator": operator, "Value": bound}}
    assert value(ORDERS, body("SUM", Conditions=threshold)) == expected


def test_objects_older_than_the_definition_make_it_partial() -> None:
    definition = make_definition(body("COUNT"), {"Order": ORDER})
    result = calculate(definition, ORDERS, NOW, since=NOW - 4 * DAY)
    assert (result.value, result.partial, result.newest) == ("2", True, NOW)
    assert not calculate(definition, ORDERS, NOW).partial


@pytest.mark.parametrize(
    ("form", "first", "second"),
    [
        ("EPOCHMILLI", (NOW - DAY) * 1000, str(int(NOW - 3 * DAY))),
        ("ISO_8601", "2024-10-03T00:00:00Z", "2024-10-01T02:00:00+0200"),
    ],
)
def test_a_timestamp_of_the_object_orders_it_and_places_it_in_the_range(
    form: str, first: Any, second: Any
) -> None:
    objects = [
        stored(1, price={"total": 1}, at={"moment": first}),
        stored(2, price={"total": 2}, at={"moment": second}),
        stored(3, price={"total": 3}, at={"moment": "once"}),
        stored(4, price={"total": 4}),
    ]
    where = {"TimestampSource": "{Order.at.moment}", "TimestampFormat": form}
    ranged = body("LAST_OCCURRENCE", Conditions={"Range": where | {"Value": 4}})
    assert value(objects, ranged) == "1"
    ranged["Statistic"] = "FIRST_OCCURRENCE"
    assert value(objects, ranged) == "2"
    ranged["Conditions"] = {"Range": where | {"Value": 2}}
    assert value(objects, ranged) == "1"


def dimension(kind: str, *values: str, name: str = "shop") -> dict[str, Any]:
    return {"Attributes": {name: {"DimensionType": kind, "Values": list(values)}}}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (dimension("INCLUSIVE", "a", "c"), "2"),
        (dimension("EXCLUSIVE", "a"), "2"),
        (dimension("CONTAINS", "b"), "2"),
        (dimension("BEGINS_WITH", "b"), "2"),
        (dimension("ENDS_WITH", "z"), "0"),
        (dimension("GREATER_THAN", "5", name="total"), "1"),
        (dimension("GREATER_THAN_OR_EQUAL", "5", name="total"), "2"),
        (dimension("LESS_THAN", "5", name="total"), "1"),
        (dimension("LESS_THAN_OR_EQUAL", "5", name="total"), "2"),
        (dimension("EQUAL", "5.0", name="total"), "1"),
    ],
)
def test_a_filter_takes_the_objects_that_meet_it(one: dict[str, Any], expected: str) -> None:
    group = {"Include": "ALL", "Groups": [{"Type": "ALL", "Dimensions": [one]}]}
    assert value(ORDERS, body("COUNT", Filter=group)) == expected
    assert int(value(ORDERS, body("COUNT", Filter=group | {"Include": "NONE"})) or 0) == 4 - int(
        expected
    )


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("BEFORE", ["2026-02-01"], "1"),
        ("AFTER", ["2026-02-01"], "1"),
        ("ON", ["2026-02-01T23:00:00Z"], "1"),
        ("BETWEEN", ["2026-01-01", "2026-02-01"], "2"),
        ("NOT_BETWEEN", ["2026-01-01", "2026-02-01"], "1"),
    ],
)
def test_dates_are_compared_in_time(kind: str, values: list[str], expected: str) -> None:
    days = ("2026-01-01", "2026-02-01", "2026-03-01", "soon")
    objects = [order(number, 1, shop) for number, shop in enumerate(days)]
    group = {"Type": "ANY", "Dimensions": [dimension(kind, *values)]}
    asked = body("COUNT", Filter={"Include": "ANY", "Groups": [group]})
    assert value(objects, asked) == expected


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (body("COUNT", "{Visit.total}"), "Visit is not defined"),
        (body("COUNT", "{Order.price}"), "price is no field"),
        (body("COUNT", "total"), "names no attribute"),
        (body("RECENT_OCCURRENCES"), "RECENT_OCCURRENCES"),
        (body("SUM", "{Order.total}+{Order.shop}+{Order.id}"), "at most 2"),
        (body("COUNT", Conditions={"Range": {"ValueRange": {"Start": 1, "End": 2}}}), "Start"),
        (body("COUNT", Conditions={"Range": {"TimestampSource": "{Visit.at}"}}), "TimestampSource"),
        (body("COUNT", Conditions={"Range": {"TimestampFormat": "dd"}}), "TimestampFormat"),
        (
            body(
                "COUNT",
                Filter={
                    "Include": "ALL",
                    "Groups": [{"Type": "ALL", "Dimensions": [dimension("EQUAL", "x")]}],
                },
            ),
            "EQUAL takes numbers",
        ),
    ],
)
def test_a_definition_that_cannot_be_applied_is_refused(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        make_definition(asked, {"Order": ORDER})


def test_attributes_are_those_of_the_expression() -> None:
    asked = body("COUNT")
    asked["AttributeDetails"]["Attributes"].append({"Name": "shop"})
    with pytest.raises(DefinitionError, match="Attributes must list"):
        make_definition(asked, {"Order": ORDER})


@given(st.lists(st.tuples(st.integers(-99, 99), st.integers(0, 30)), max_size=12))
def test_statistics_agree_with_plain_sums_whatever_the_order_of_arrival(
    found: list[tuple[int, int]],
) -> None:
    objects = [order(at, total, str(total), days) for at, (total, days) in enumerate(found)]
    within = [(days, -at, total) for at, (total, days) in enumerate(found) if days <= 10]
    newest_last = [total for _, _, total in sorted(within, reverse=True)]
    conditions = {"Range": {"Value": 10, "Unit": "DAYS"}}

    def of(statistic: str) -> str | None:
        return value(objects, body(statistic, Conditions=conditions))

    assert of("COUNT") == str(len(newest_last))
    if newest_last:
        assert of("SUM") == str(sum(newest_last))
        assert of("MINIMUM") == str(min(newest_last))
        assert of("MAXIMUM") == str(max(newest_last))
        assert of("FIRST_OCCURRENCE") == str(newest_last[0])
        assert of("LAST_OCCURRENCE") == str(newest_last[-1])
        mean = Decimal(sum(newest_last)) / len(newest_last)
        assert abs(Decimal(of("AVERAGE") or "") - mean) < Decimal("1e-9")
        most = max(Counter(newest_last).values())
        assert newest_last.count(int(of("MAX_OCCURRENCE") or "")) == most
