"""RFC 6902 patches on resource models, and what an update may not touch."""

from collections.abc import Iterable
from typing import Any, Final

import jsonpatch
import jsonpointer
import orjson

from emulator.cloud_control.errors import NOT_UPDATABLE, HandlerError, invalid
from emulator.cloud_control.paths import MAX_DEPTH, Model, Path, pointer, same, too_deep, values
from emulator.cloud_control.schemas import ResourceSchema

MAX_MODEL_CHARACTERS: Final = 262_144
"""The length of Properties in the API's model; what patches build stays within it too."""


def parse_model(text: str, member: str) -> Model:
    """A resource model from its JSON text. Raises: ServiceError (ValidationException)."""
    model = _parse(text, member)
    if not isinstance(model, dict):
        raise invalid(f"{member} must be a JSON object")
    return {name: value for name, value in model.items() if value is not None}


def apply(current: Model, document: str) -> Model:
    """The model after the patch. Raises: ServiceError (ValidationException)."""
    operations = _parse(document, "PatchDocument")
    if not isinstance(operations, list):
        raise invalid("PatchDocument must be a JSON array")
    model: Any = orjson.loads(orjson.dumps(current))
    for number, operation in enumerate(operations):
        try:
            model = jsonpatch.JsonPatch([operation]).apply(model, in_place=True)
        except (
            jsonpatch.JsonPatchException,
            jsonpointer.JsonPointerException,
            TypeError,
            ValueError,
            AttributeError,
            LookupError,
            RecursionError,
        ):
            text = f"Invalid patch update: operation {number} cannot be applied"
            raise invalid(text) from None
        # A copy into itself doubles the model: a short patch could fill the memory.
        if operation["op"] == "copy":
            _check_depth(model, "Invalid patch update: the model")
            if len(orjson.dumps(model)) > MAX_MODEL_CHARACTERS:
                raise invalid("Invalid patch update: the model is too large")
    if not isinstance(model, dict):
        raise invalid("Invalid patch update: the model must be an object")
    _check_depth(model, "Invalid patch update: the model")
    return {name: value for name, value in model.items() if value is not None}


def check_update(schema: ResourceSchema, current: Model, desired: Model) -> None:
    """Names what an update may not change, in AWS's words.

    Raises: ServiceError (ValidationException) for what is read-only, HandlerError (NotUpdatable)
    for what can only be given at a creation.
    """
    if names := _changed(schema.read_only, current, desired):
        raise invalid(f"Invalid patch update: readOnlyProperties [{names}] cannot be updated")
    if names := _changed(schema.create_only, current, desired):
        text = f"Invalid patch update: createOnlyProperties [{names}] cannot be updated"
        raise HandlerError(NOT_UPDATABLE, text)


def _changed(paths: Iterable[Path], current: Model, desired: Model) -> str:
    return ", ".join(
        pointer(path) for path in paths if not same(values(current, path), values(desired, path))
    )


def _parse(text: str, member: str) -> Any:
    try:
        value = orjson.loads(text)
    except ValueError:
        raise invalid(f"{member} is not valid JSON") from None
    _check_depth(value, member)
    return value


def _check_depth(value: Any, what: str) -> None:
    # What is nested too deeply can be neither compared nor written.
    if too_deep(value):
        raise invalid(f"{what} is nested deeper than {MAX_DEPTH} levels")
