"""Which changes the demo shows: for each way in one attribute of a customer of the examples."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from lifecycle.object_keys import ObjectKeys
from lifecycle.seed import SeedObject, make_seed
from profiles import ObjectTypeMapping
from profiles.sources import as_text, parse

_ATTRIBUTES: Final = "_profile.Attributes."
_QUERY: Final = re.compile(
    r"\s*SELECT\s+(.+?)\s+FROM\s+([A-Za-z_]\w*)\s*", re.IGNORECASE | re.DOTALL
)
_COLUMN: Final = re.compile(r'\s*([A-Za-z_]\w*)(?:\s+AS\s+("?)([A-Za-z_]\w*)\2)?\s*', re.IGNORECASE)
_TEXTS: Final = ("true", "false")

_SAMPLE: Final = {
    "events": ("TrialSubscription", "status", "Converted"),
    "topic": ("PurchasedSubscription", "autoRenew", "True"),
    "batch": ("MarketingAssignedOffers", "offerViewed", "true"),
}
"""What a customer of the sample does next: (object type, member, value) of each way."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a batch source reads, where its query is columns of one table.

    columns: member of the object to column. watermark: that column's, whose type is `kind`.
    """

    source: str
    object_type: str
    name: str
    columns: Mapping[str, str]
    watermark: str
    kind: str
    database: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One change. record: the object to send. wanted: what the attribute becomes.

    key, search: what finds the profile. table: where the row goes, for a batch.
    """

    way: str
    object_type: str
    record: Mapping[str, Any]
    attribute: str
    wanted: str
    key: str
    search: tuple[str, ...]
    table: Table | None = None


def read_table(source: Mapping[str, Any]) -> Table | None:
    """The table of a source's settings; None where the query is more than columns of a table."""
    query = _QUERY.fullmatch(source["query"])
    columns = [_COLUMN.fullmatch(each) for each in query[1].split(",")] if query else []
    if query is None or not all(columns):
        return None
    by_member = {each[3] or each[1]: each[1] for each in columns if each is not None}
    if source["watermarkColumn"] not in by_member:
        return None
    return Table(
        source["name"],
        source["objectType"],
        query[2],
        by_member,
        by_member[source["watermarkColumn"]],
        source.get("watermarkType", "timestamp"),
        {
            "resourceArn": source["clusterArn"],
            "secretArn": source["secretArn"],
            "database": source["database"],
        },
    )


def plan(
    mappings: Sequence[ObjectTypeMapping],
    account: str,
    ways: Iterable[str],
    tables: Sequence[Table],
) -> dict[str, Step | None]:
    """A step for each way, if possible each of another object type; None where there is none.

    account: that of the examples, as they were put. tables: those a batch can be shown with.
    """
    # Where several examples are of one customer, the last one is what the profile shows.
    objects = {each.object_type: each for each in make_seed(mappings, account).objects}
    types = {each.object_type.name: each for each in mappings if each.examples}
    chosen: dict[str, Step | None] = {}
    for way in ways:
        steps = list(_possible(way, types, objects, tables))
        used = {each.object_type for each in chosen.values() if each is not None}
        steps.sort(key=lambda each: (not _is_of_sample(each), each.object_type in used))
        chosen[way] = None
        if steps:
            step = chosen[way] = steps[0]
            # The next way may change the same attribute, and then from what it is by now.
            put = objects[step.object_type]
            text = json.dumps(json.loads(put.text) | step.record)
            objects[step.object_type] = replace(put, text=text)
    return chosen


def _possible(
    way: str,
    types: Mapping[str, ObjectTypeMapping],
    objects: Mapping[str, SeedObject],
    tables: Sequence[Table],
) -> Iterator[Step]:
    if way != "batch":
        for name, mapping in types.items():
            yield from _of_type(way, mapping, objects[name], None)
        return
    for table in tables:
        if table.object_type in types:
            name = table.object_type
            yield from _of_type(way, types[name], objects[name], table)


def _of_type(
    way: str, mapping: ObjectTypeMapping, put: SeedObject, table: Table | None
) -> Iterator[Step]:
    """Each attribute that can be seen to change, and that is no part of a key."""
    object_type, record = mapping.object_type, json.loads(put.text)
    if table is not None:
        columns = table.columns
        record = {
            name: value
            for name, value in record.items()
            if name in columns and not isinstance(value, (dict, list))
        }
    in_keys = {name for key in object_type.keys for name in key.fields}
    for field in object_type.fields:
        path = parse(field.source).path
        if (
            field.name in in_keys
            or path is None
            or not (field.target or "").startswith(_ATTRIBUTES)
        ):
            continue
        text = json.dumps(record)
        value = parse(field.source).evaluate(record)
        wanted = (
            _SAMPLE[way][2] if _SAMPLE[way][:2] == (put.object_type, path[-1]) else _next(value)
        )
        if as_text(value) is None or as_text(value) == as_text(wanted):
            continue
        changed = json.loads(text)
        place = changed
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = wanted
        # A row may lack what the keys need, such as a member within a member.
        if ObjectKeys(mapping).problem(json.dumps(changed)) is None:
            attribute = str(field.target).removeprefix(_ATTRIBUTES)
            shown = str(as_text(wanted))
            yield Step(way, put.object_type, changed, attribute, shown, put.key, put.search, table)


def _next(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str) and value.lower() in _TEXTS:
        other = _TEXTS[1 - _TEXTS.index(value.lower())]
        return other.capitalize() if value[0].isupper() else other
    return "Changed again" if value == "Changed" else "Changed"


def _is_of_sample(step: Step) -> bool:
    object_type, member, value = _SAMPLE[step.way]
    return (step.object_type, step.record.get(member)) == (object_type, value)
