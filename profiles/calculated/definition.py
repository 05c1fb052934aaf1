"""The definition of a calculated attribute, checked and ready to be applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from profiles import sources
from profiles.calculated.expressions import REFERENCE, Expression, ExpressionError, Fields, parse
from profiles.calculated.filters import filter_problem
from profiles.calculated.statistics import STATISTICS
from profiles.calculated.timestamps import EPOCHMILLI, FORMATS, moment
from profiles.plan import Record
from profiles.vocabulary import ObjectType

MAX_FIELDS: Final = 2
"""At most two fields of one object type (API reference)."""


class DefinitionError(ValueError):
    """The message tells everything that is wrong with a definition."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days before now, negative ones after it. start: the farther end. end: the nearer one."""

    start: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class Definition:
    """object_count: how many of the newest objects count, None for all. window: None for all times.

    threshold: (operator, value) with which the result is compared. condition: the Filter as the API
    has it.
    """

    statistic: str
    expression: Expression
    object_count: int | None
    window: Window | None
    threshold: tuple[str, str] | None
    condition: Mapping[str, Any] | None
    _sources: Mapping[str, sources.Source]
    _timestamp: tuple[sources.Source, str] | None

    @property
    def object_type(self) -> str:
        """Name of the object type whose objects it takes."""
        return self.expression.object_type

    def fields(self, record: Record) -> Fields:
        """What the object type's fields are in one object."""
        return {
            name: sources.as_text(source.evaluate(record)) or None
            for name, source in self._sources.items()
        }

    def moment(self, record: Record, ingested: float) -> float | None:
        """When an object happened, epoch seconds: by its own field, or when it was ingested.

        None for an object whose field holds no moment.
        """
        if self._timestamp is None:
            return ingested
        source, form = self._timestamp
        return moment(sources.as_text(source.evaluate(record)), form)


def make_definition(body: Mapping[str, Any], object_types: Mapping[str, ObjectType]) -> Definition:
    """From the members of CreateCalculatedAttributeDefinition, already of the model's shape.

    Raises: DefinitionError, with all that is wrong.
    """
    problems: list[str] = []
    details = body["AttributeDetails"]
    listed = [each["Name"] for each in details["Attributes"]]
    try:
        expression = parse(details["Expression"])
    except ExpressionError as error:
        raise DefinitionError(str(error)) from None
    object_type = object_types.get(expression.object_type)
    if object_type is None:
        text = f"object type {expression.object_type} is not defined in the domain"
        raise DefinitionError(text)
    known = {field.name: field.source for field in object_type.fields}
    problems += [
        f"{name} is no field of object type {object_type.name}"
        for name in sorted({*listed, *expression.fields})
        if name not in known
    ]
    if set(listed) != set(expression.fields):
        problems.append("Attributes must list the attributes of the expression, and no others")
    if len(set(listed)) > MAX_FIELDS:
        problems.append(f"a calculated attribute takes at most {MAX_FIELDS} attributes")
    statistic = body["Statistic"]
    if statistic not in STATISTICS:
        problems.append(f"the local AWS does not calculate {statistic}")
    conditions = body.get("Conditions") or {}
    window, timestamp = _range(conditions.get("Range"), object_type.name, problems)
    threshold = conditions.get("Threshold")
    condition = body.get("Filter")
    if condition is not None:
        problem = filter_problem(condition, frozenset(known))
        problems += [] if problem is None else [problem]
    if problems:
        raise DefinitionError("; ".join(problems))
    used = {*expression.fields, *_filtered(condition)}
    return Definition(
        statistic,
        expression,
        conditions.get("ObjectCount"),
        window,
        None if threshold is None else (threshold["Operator"], threshold["Value"]),
        condition,
        {name: sources.parse(known[name]) for name in sorted(used)},
        timestamp,
    )


def _range(
    asked: Mapping[str, Any] | None, type_name: str, problems: list[str]
) -> tuple[Window | None, tuple[sources.Source, str] | None]:
    """ValueRange overrides Value (API reference, Range)."""
    if asked is None:
        return None, None
    window = None
    if "ValueRange" in asked:
        window = Window(asked["ValueRange"]["Start"], asked["ValueRange"]["End"])
        if window.start < window.end:
            problems.append("a range starts before it ends: Start is the larger number of days")
    elif "Value" in asked:
        window = Window(asked["Value"])
    form = asked.get("TimestampFormat", EPOCHMILLI)
    if form not in FORMATS:
        problems.append(f"TimestampFormat is one of {', '.join(FORMATS)}")
    place = asked.get("TimestampSource")
    if place is None:
        return window, None
    found = REFERENCE.fullmatch(place.strip())
    if found is None or found[1] != type_name:
        problems.append(f"TimestampSource is {{{type_name}.PATH}}, a place in the object")
        return window, None
    try:
        return window, (sources.parse(f"_source.{found[2]}"), form)
    except sources.SourceError as error:
        problems.append(f"TimestampSource: {error}")
        return window, None


def _filtered(condition: Mapping[str, Any] | None) -> set[str]:
    groups = [] if condition is None else condition["Groups"]
    return {
        name
        for group in groups
        for dimension in group["Dimensions"]
        for name in dimension["Attributes"]
    }
