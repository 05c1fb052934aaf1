"""Calculated attributes and integrations: what sources leave open of them."""

from typing import Any

from tests.parity.case import case
from tests.parity.scene import Scene, object_type

GROUP = "Calculated attributes and integrations"
FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("_source.id",),
    "customer": ("_source.customer", "_profile.AccountNumber"),
    "total": ("_source.total",),
    "shop": ("_source.shop",),
}
KEYS: dict[str, tuple[str, ...]] = {
    "orderId": ("id", "UNIQUE"),
    "_account": ("customer", "PROFILE"),
}


def define(scene: Scene, name: str, statistic: str, expression: str, **more: Any) -> None:
    """A definition over orders; the attributes are those of the expression."""
    names = [each for each in FIELDS if f".{each}}}" in expression]
    details = {"Attributes": [{"Name": each} for each in names], "Expression": expression}
    scene.ask(
        "CreateCalculatedAttributeDefinition",
        CalculatedAttributeName=name,
        Statistic=statistic,
        AttributeDetails=details,
        **more,
    )


def order(scene: Scene, number: str, **record: Any) -> None:
    scene.put("Order", id=number, customer="c-1", **record)


def values(scene: Scene, count: int = 1) -> None:
    """All that is calculated for the customer, as soon as there is so much."""
    (profile,) = scene.find("_account", "c-1")
    scene.until(
        lambda items: len(items) >= count,
        "ListCalculatedAttributesForProfile",
        ProfileId=profile["ProfileId"],
    )


def declare(scene: Scene) -> None:
    scene.declare("Order", object_type(FIELDS, KEYS))


@case(GROUP, "A threshold makes a value of true or false", "calculated attributes: threshold")
def threshold(scene: Scene) -> None:
    declare(scene)
    above = {"Threshold": {"Operator": "GREATER_THAN", "Value": "1"}}
    define(scene, "often", "COUNT", "{Order.id}", Conditions=above)
    like = {"Threshold": {"Operator": "EQUAL_TO", "Value": "Oslo"}}
    define(scene, "inOslo", "LAST_OCCURRENCE", "{Order.shop}", Conditions=like)
    order(scene, "1", shop="Oslo")
    values(scene, 2)


@case(GROUP, "What is calculated without objects", "calculated attributes: no objects")
def no_objects(scene: Scene) -> None:
    declare(scene)
    for name, statistic in (("count", "COUNT"), ("sum", "SUM"), ("last", "LAST_OCCURRENCE")):
        define(scene, name, statistic, "{Order.total}")
    created = scene.ask("CreateProfile", AccountNumber="c-1")
    scene.settle()
    for name in ("count", "sum", "last"):
        scene.ask(
            "GetCalculatedAttributeForProfile",
            CalculatedAttributeName=name,
            ProfileId=created["ProfileId"],
        )


@case(
    GROUP,
    "Objects without the attribute, or without a number",
    "calculated attributes: an object without the attribute, or without a number where one is"
    " needed",
)
def no_number(scene: Scene) -> None:
    declare(scene)
    define(scene, "count", "COUNT", "{Order.total}")
    define(scene, "sum", "SUM", "{Order.total}")
    order(scene, "1", total="many")
    order(scene, "2")
    order(scene, "3", total="2.50")
    values(scene, 2)


@case(
    GROUP,
    "Two values that are equally frequent",
    "calculated attributes: which of equally frequent values is MAX_OCCURRENCE",
)
def equally_frequent(scene: Scene) -> None:
    declare(scene)
    define(scene, "favourite", "MAX_OCCURRENCE", "{Order.shop}")
    for number, shop in enumerate(("Oslo", "Rome", "Rome", "Oslo")):
        order(scene, str(number), shop=shop)
    values(scene)


@case(
    GROUP,
    "Objects that are older than the definition",
    "calculated attributes: IsDataPartial",
)
def partial(scene: Scene) -> None:
    declare(scene)
    order(scene, "1", total="1")
    define(scene, "since", "SUM", "{Order.total}", UseHistoricalData=False)
    define(scene, "ever", "SUM", "{Order.total}", UseHistoricalData=True)
    order(scene, "2", total="2")
    values(scene, 2)


@case(GROUP, "Arithmetic in an expression", "calculated attributes: Expression")
def arithmetic(scene: Scene) -> None:
    declare(scene)
    define(scene, "third", "SUM", "{Order.total} / 3")
    define(scene, "both", "SUM", "({Order.total} + {Order.shop}) * 2")
    define(scene, "power", "SUM", "{Order.total} ** 2")
    order(scene, "1", total="10", shop="1")
    values(scene, 2)


@case(
    GROUP,
    "A definition without conditions",
    "calculated attributes: without Range or ObjectCount",
)
def unconditional(scene: Scene) -> None:
    declare(scene)
    define(scene, "count", "COUNT", "{Order.id}")
    scene.ask("GetCalculatedAttributeDefinition", CalculatedAttributeName="count")


@case(
    GROUP,
    "Timestamps without a format, and texts that are none",
    "calculated attributes: a timestamp field without TimestampFormat; an object whose field holds"
    " no moment",
)
def timestamps(scene: Scene) -> None:
    declare(scene)
    ranged = {"Range": {"Value": 36_500, "Unit": "DAYS", "TimestampSource": "{Order.at}"}}
    define(scene, "count", "COUNT", "{Order.id}", Conditions=ranged)
    for number, at in enumerate(("1737587945945", "2025-01-22T23:19:05Z", "soon")):
        order(scene, str(number), at=at)
    values(scene)


@case(
    GROUP,
    "The statistic RECENT_OCCURRENCES",
    "calculated attributes: RECENT_OCCURRENCES",
)
def recent(scene: Scene) -> None:
    declare(scene)
    define(scene, "shops", "RECENT_OCCURRENCES", "{Order.shop}")


@case(
    GROUP,
    "Integrations of several sources, with and without an object type",
    "an integration without an object type, and which URIs there are",
)
def integrations(scene: Scene) -> None:
    scene.people()
    for uri in ("arn:aws:s3:::exports", "s3://exports", "exports"):
        scene.ask("PutIntegration", Uri=uri, ObjectTypeName="Person")
    scene.ask("PutIntegration", Uri="arn:aws:s3:::others")
