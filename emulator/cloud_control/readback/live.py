"""How what a service answers becomes a resource model that changes only when something changed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import unquote

import orjson

from emulator.cloud_control.errors import NOT_FOUND, classified
from emulator.cloud_control.paths import Model
from emulator.http import Caller, ServiceError

SYSTEM_TAGS: Final = "aws:"
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


class Call(Protocol):
    """One operation of a backing service for the caller. Raises: ServiceError."""

    async def __call__(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """service and operation as botocore names them."""


@dataclass(frozen=True, slots=True)
class Live:
    """What a service says of a resource.

    values: every property that it can tell, None for what is not set. defaults: what the service
    sets by itself; such a value shows only if it was asked for.
    """

    values: Model
    defaults: Model = field(default_factory=dict)


def _as_asked(model: Model) -> Model:
    return model


@dataclass(frozen=True, slots=True)
class TypeSupport:
    """How one type differs from the plain way.

    read: (call, physical id, model as asked) -> what is there, None when it is gone.
    find: (call, model, caller) -> identifier of the resource that has the model's name; None when
    there is none, or the name does not decide it.
    complete: (call, physical id, model as asked) sets what CloudFormation there leaves out, or the
    service's default for what was not asked for; after every creation and update.
    part: the resource is a part of another one that always has it, so a creation sets it.
    cloudformation_type, properties: the type that CloudFormation there has instead of this one,
    and its properties.
    attributes: names for `Fn::GetAtt`, None to try all read-only properties.
    """

    read: Callable[[Call, str, Model], Awaitable[Live | None]] | None = None
    find: Callable[[Call, Model, Caller], Awaitable[str | None]] | None = None
    complete: Callable[[Call, str, Model], Awaitable[None]] | None = None
    part: bool = False
    cloudformation_type: str | None = None
    properties: Callable[[Model], Model] = _as_asked
    attributes: tuple[str, ...] | None = None


def merged(asked: Model, live: Live) -> Model:
    """The model as it is: values keep the form in which they were asked for while they mean the
    same; what the service set by itself does not show.
    """
    model = dict(asked)
    for name, value in live.values.items():
        default = live.defaults.get(name)
        if name in asked:
            if value is None and asked[name] not in _EMPTY and not alike(asked[name], default):
                del model[name]
            elif value is not None and not alike(asked[name], value):
                model[name] = _in_form_of(asked[name], value)
        elif value not in _EMPTY and not alike(value, default):
            model[name] = value
    return model


def alike(one: Any, other: Any) -> bool:
    """Equal in meaning: numbers and booleans as text, documents as text, lists in any order."""
    return _normal(one) == _normal(other)


async def answered(
    call: Call, service: str, operation: str, **parameters: Any
) -> dict[str, Any] | None:
    """The answer, None if the service says that there is no such thing. Raises: ServiceError."""
    try:
        return await call(service, operation, **parameters)
    except ServiceError as error:
        missing = error.status == 404 or classified(error.code, "").code == NOT_FOUND  # noqa: PLR2004
        if missing:
            return None
        raise


def document(text: str | None) -> Any:
    """A policy or the like from its JSON text; None if there is none."""
    if not text:
        return None
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def encoded_document(text: str | None) -> Any:
    """A policy as IAM answers it: percent-encoded."""
    return document(unquote(text) if text and text.startswith("%7B") else text)


def number(text: str | None) -> int | None:
    """An integer that the service answers as text."""
    return None if text is None else int(text)


def flag(text: str | None) -> bool | None:
    """A boolean that the service answers as text."""
    return None if text is None else text == "true"


def tag_list(tags: dict[str, str]) -> list[dict[str, str]] | None:
    """Tags as resource models have them, without those of CloudFormation; None without any."""
    names = sorted(name for name in tags if not name.startswith(SYSTEM_TAGS))
    return [{"Key": name, "Value": tags[name]} for name in names] or None


def tag_map(tags: list[dict[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags by name."""
    return {tag[key]: tag[value] for tag in tags}


def _in_form_of(asked: Any, value: Any) -> Any:
    """A document is text if it was asked for as text."""
    if isinstance(asked, str) and isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return value


def _normal(value: Any) -> str:
    return orjson.dumps(_unordered(value)).decode()


def _unordered(value: Any) -> Any:
    if isinstance(value, dict):
        # Sorted, because items of a list are sorted by how they are written.
        given = (name for name in sorted(value) if value[name] is not None)
        return {name: _unordered(value[name]) for name in given}
    if isinstance(value, list):
        return sorted((_unordered(each) for each in value), key=orjson.dumps)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, str) and value[:1] in {"{", "["}:
        inner = document(value)
        return inner if isinstance(inner, str) else _unordered(inner)
    return value
