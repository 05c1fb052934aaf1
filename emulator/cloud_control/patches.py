"""RFC 6902 patches on resource models, and what an update may not touch."""

from typing import Any, Final

import jsonpatch
import jsonpointer
import orjson

from emulator.cloud_control.errors import INVALID_REQUEST, NOT_UPDATABLE, HandlerError
from emulator.cloud_control.paths import Model, Path, pointer, same, values
from emulator.cloud_control.schemas import ResourceSchema

MAX_MODEL_CHARACTERS: Final = 262_144
"""The length of Properties in the API's model; what patches build stays within it too."""


def parse_model(text: str, member: str) -> Model:
    """A resource model from its JSON text. Raises: HandlerError (InvalidRequest)."""
    model = _parse(text, member)
    if not isinstance(model, dict):
        raise HandlerError(INVALID_REQUEST, f"{member} must be a JSON object")
    return {name: value for name, value in model.items() if value is not None}


def apply(current: Model, document: str) -> Model:
    """The model after the patch. Raises: HandlerError (InvalidRequest)."""
    operations = _parse(document, "PatchDocument")
    if not isinstance(operations, list):
        raise HandlerError(INVALID_REQUEST, "PatchDocument must be a JSON array")
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
        ):
            text = f"Invalid patch update: operation {number} cannot be applied"
            raise HandlerError(INVALID_REQUEST, text) from None
        # A copy into itself doubles the model: a short patch could fill the memory.
        grows = isinstance(operation, dict) and operation.get("op") == "copy"
        if grows and len(orjson.dumps(model)) > MAX_MODEL_CHARACTERS:
            raise HandlerError(INVALID_REQUEST, "Invalid patch update: the model is too large")
    if not isinstance(model, dict):
        raise HandlerError(INVALID_REQUEST, "Invalid patch update: the model must be an object")
    return {name: value for name, value in model.items() if value is not None}


def check_update(schema: ResourceSchema, current: Model, desired: Model) -> None:
    """Raises: HandlerError (NotUpdatable) naming what an update may not change, in AWS's words."""
    for kind, paths in (
        ("createOnlyProperties", schema.create_only),
        ("readOnlyProperties", schema.read_only),
    ):
        changed = [path for path in paths if _changed(path, current, desired)]
        if changed:
            names = ", ".join(pointer(path) for path in changed)
            text = f"Invalid patch update: {kind} [{names}] cannot be updated"
            raise HandlerError(NOT_UPDATABLE, text)


def _changed(path: Path, current: Model, desired: Model) -> bool:
    return not same(values(current, path), values(desired, path))


def _parse(text: str, member: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        raise HandlerError(INVALID_REQUEST, f"{member} is not valid JSON") from None
