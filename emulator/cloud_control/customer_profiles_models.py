"""Resource models of `AWS::CustomerProfiles::*` and the API's members: lists there, maps here.

Differences between the API and the resource types: aws-semantics 4.1.
"""

from datetime import UTC, datetime
from typing import Any, Final

from emulator.cloud_control.errors import INVALID_REQUEST, HandlerError
from emulator.cloud_control.paths import Model
from emulator.cloud_control.schemas import ResourceSchema

_ENTRIES: Final = {
    "Fields": ("Name", "ObjectTypeField"),
    "Keys": ("Name", "ObjectTypeKeyList"),
    "ObjectTypeNames": ("Key", "Value"),
    "TaskProperties": ("OperatorPropertyKey", "Property"),
}
"""Member to how an entry of its list spells the name and the value of an entry of the map."""

_INSTANTS: Final = frozenset({"CreatedAt", "LastUpdatedAt"})


def parameters(schema: ResourceSchema, model: Model) -> dict[str, Any]:
    """The API's parameters without tags. Raises: HandlerError for a list that is no map."""
    settable = schema.settable(model)
    settable.pop("Tags", None)
    made: dict[str, Any] = _with_maps(settable)
    return made


def resource_model(schema: ResourceSchema, answer: dict[str, Any]) -> Model:
    """The resource model of what the API answered; lists sorted: their order means nothing."""
    model: Model = {}
    for name, value in answer.items():
        if value is None or name not in schema.document["properties"]:
            continue
        if name in _INSTANTS:
            model[name] = _instant(value)
        elif name == "Tags":
            model[name] = [{"Key": key, "Value": value[key]} for key in sorted(value)]
        elif name in _ENTRIES:
            model[name] = _as_list(name, value)
        else:
            model[name] = value
    if not model.get("Tags"):
        model.pop("Tags", None)
    return model


def tags_of(model: Model) -> dict[str, str]:
    """The tags of a model as the API takes them."""
    return {tag["Key"]: tag["Value"] for tag in model.get("Tags", [])}


def _with_maps(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_maps(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _as_map(name, each)
        if name in _ENTRIES and isinstance(each, list)
        else _with_maps(each)
        for name, each in value.items()
    }


def _as_map(member: str, listed: list[dict[str, Any]]) -> dict[str, Any]:
    named, valued = _ENTRIES[member]
    entries: dict[str, Any] = {}
    for entry in listed:
        name = entry.get(named)
        if name is None or valued not in entry or name in entries:
            text = f"Every entry of {member} needs {valued} and a {named} of its own"
            raise HandlerError(INVALID_REQUEST, text)
        entries[name] = entry[valued]
    return entries


def _as_list(member: str, mapped: dict[str, Any]) -> list[dict[str, Any]]:
    named, valued = _ENTRIES[member]
    return [{named: name, valued: value} for name, value in sorted(mapped.items())]


def _instant(seconds: float) -> str:
    """Epoch seconds as the handlers print an instant: `2026-01-31T08:15:30.125Z`."""
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
