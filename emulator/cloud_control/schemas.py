"""The CloudFormation registry schemas of resource types, which the cfn-lint package carries."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import Any, Final

import orjson

from emulator.cloud_control.paths import Model, Path, parse, values, without

DEFAULT_REGION: Final = "us-east-1"
SEPARATOR: Final = "|"
"""Between the parts of an identifier (Cloud Control user guide, "Identifying resources")."""


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """What the registry says of one type. document: the schema as JSON.

    Paths are tuples of property names below `/properties`.
    """

    type_name: str
    document: dict[str, Any]
    primary_identifier: tuple[str, ...]
    read_only: tuple[Path, ...]
    write_only: tuple[Path, ...]
    create_only: tuple[Path, ...]

    def identifier(self, model: Model) -> str | None:
        """The parts of the primary identifier joined by `|`; None while one is missing."""
        parts = [model.get(name) for name in self.primary_identifier]
        return None if None in parts else SEPARATOR.join(str(part) for part in parts)

    def settable(self, model: Model) -> Model:
        """The model without what only the service may say."""
        return without(model, self.read_only)

    def readable(self, model: Model) -> Model:
        """The model without what a read never returns."""
        return without(model, self.write_only)

    def given_read_only(self, model: Model) -> list[Path]:
        """The paths of read-only properties that the model sets."""
        return [path for path in self.read_only if values(model, path)]

    def supports(self, action: str) -> bool:
        """action: create, read, update, delete or list."""
        return action in self.document.get("handlers", {})

    def list_requires(self) -> list[str]:
        """The properties without which resources of the type cannot be listed."""
        handler = self.document.get("handlers", {}).get("list", {})
        required: list[str] = handler.get("handlerSchema", {}).get("required", [])
        return required


@cache
def load(type_name: str, region: str) -> ResourceSchema | None:
    """The schema of a type in a region; None where there is no such type."""
    # The package itself is slow to import; its data needs only a folder.
    name = _types(region).get(type_name)
    if name is None:
        return None
    document = orjson.loads((_folder() / "resources" / f"{name}.json").read_bytes())
    return ResourceSchema(
        type_name,
        document,
        tuple(parse(pointer)[0] for pointer in document["primaryIdentifier"]),
        _paths(document, "readOnlyProperties"),
        _paths(document, "writeOnlyProperties"),
        _paths(document, "createOnlyProperties"),
    )


@cache
def _types(region: str) -> dict[str, str]:
    providers = _folder() / "providers"
    known = {file.stem for file in providers.glob("*-*.json")}
    file = providers / f"{region if region in known else DEFAULT_REGION}.json"
    types: dict[str, str] = orjson.loads(file.read_bytes())
    return types


@cache
def _folder() -> FilePath:
    spec = find_spec("cfnlint")
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018 - a dependency of ours
    return FilePath(spec.origin).parent / "data" / "schemas"


def _paths(document: dict[str, Any], key: str) -> tuple[Path, ...]:
    return tuple(parse(pointer) for pointer in document.get(key, []))
