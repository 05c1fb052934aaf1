"""What a rule looks at, and what it says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

REQUIRED_TAGS: Final = ("project", "environment")


class NotKnownYetError(Exception):
    """What a rule wants to know is told by the deployment, which is judged again."""


class _Unknown:
    """There is something: a rule that asks whether is told yes, one that asks what is stopped."""

    def __repr__(self) -> str:
        return "(not known before the deployment)"

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        raise NotKnownYetError

    def __iter__(self) -> NoReturn:
        raise NotKnownYetError

    def __getitem__(self, name: object) -> NoReturn:
        raise NotKnownYetError

    def __getattr__(self, name: str) -> NoReturn:
        raise NotKnownYetError


UNKNOWN: Final = _Unknown()
"""A value that only AWS gives, in a preview."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the engine knows it.

    type: e.g. `aws-native:sqs:Queue`. properties: by the names of Pulumi's schema, the resource's
    outputs included where they are known. retained: None where that is not told.
    """

    type: str
    name: str
    properties: Mapping[str, Any]
    protected: bool = False
    retained: bool | None = None

    def get(self, *path: str) -> Any:
        """A value below the properties; None where there is none."""
        value: Any = self.properties
        for name in path:
            if value is UNKNOWN:
                return UNKNOWN
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


@dataclass(frozen=True, slots=True)
class Expectations:
    """What is asked of a stack.

    required_tags: keys. keeps_customer_data: whether it has to protect what holds customers' data.
    deletable_object_types: names of those that it need not. account: 12 digits, beside which no
    other may be let in; None where it is not known: then every account that is named may.
    """

    required_tags: Sequence[str] = REQUIRED_TAGS
    keeps_customer_data: bool = True
    deletable_object_types: Sequence[str] = ()
    account: str | None = None


ResourceCheck = Callable[[Resource, Expectations], Iterator[str]]
StackCheck = Callable[[Sequence[Resource]], Iterator[tuple[Resource, str]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about each resource alone, or about the resources of a stack together.

    id: never changes its meaning. purpose: what has to hold. way_out: what to do about a violation.
    types: which resources it is about, None for all.
    """

    id: str
    purpose: str
    way_out: str
    check: ResourceCheck | None = None
    check_stack: StackCheck | None = None
    types: frozenset[str] | None = None

    def about(self, resource: Resource) -> bool:
        """Whether the rule says anything about such a resource."""
        return self.types is None or resource.type in self.types


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that does not hold. message: what is wrong with the resource."""

    rule: Rule
    resource: Resource
    message: str

    def __str__(self) -> str:
        where = f"{self.resource.type} {self.resource.name}"
        return f"{where}: {self.message} [{self.rule.id}] -> {self.rule.way_out}"
