"""Models against their type's schema, by cfn-lint's own JSON schema validator.

The sentences are worded as the service words them and never quote a value.
"""

import asyncio
from functools import cache
from typing import Any, Final, Protocol

from emulator.cloud_control.errors import invalid
from emulator.cloud_control.paths import Model, pointer
from emulator.cloud_control.schemas import ResourceSchema

_MAX_BREACHES: Final = 20
_TYPES: Final = (
    (bool, "Boolean"),
    (int, "Integer"),
    (float, "Number"),
    (str, "String"),
    (list, "JSONArray"),
    (dict, "JSONObject"),
    (type(None), "Null"),
)


class _Breach(Protocol):
    """What we read of the library's ValidationError."""

    validator: str
    validator_value: Any
    instance: Any
    path: Any
    context: Any


async def check_model(schema: ResourceSchema, model: Model) -> None:
    """Raises: ServiceError (ValidationException) that names every property at fault."""
    validator = await asyncio.to_thread(_validator_class)
    breaches: list[str] = []
    if given := schema.given_read_only(model):
        names = ", ".join(pointer(path) for path in given)
        breaches.append(f"#: readOnlyProperties [{names}] cannot be set")
    for error in validator(schema.document).iter_errors(model):
        breaches.extend(sentence for sentence in _sentences(error) if sentence not in breaches)
        if len(breaches) >= _MAX_BREACHES:
            break
    if breaches:
        lines = "\n".join(breaches)
        raise invalid(f"Model validation failed ({lines})")


@cache
def _validator_class() -> Any:
    # Takes a third of a second: imported in a thread when the first model comes.
    from cfnlint.jsonschema import StandardValidator  # noqa: PLC0415

    return StandardValidator


def _sentences(error: _Breach) -> list[str]:
    path = [str(part) for part in error.path]
    where = "/".join(["#", *path])
    parent = "/".join(["#", *path[:-1]])
    wanted = error.validator_value
    match error.validator:
        case "required":
            missing = [name for name in wanted if name not in error.instance]
            return [f"{where}: required key [{name}] not found" for name in missing]
        case "additionalProperties":
            return [f"{parent}: extraneous key [{path[-1]}] is not permitted"]
        case "requiredOr" | "requiredXor" as keyword:
            # Where too many are given, the library names each of them.
            place = parent if path and path[-1] in wanted else where
            number = "one" if keyword == "requiredOr" else "exactly one"
            return [f"{place}: {number} of the keys [{', '.join(wanted)}] is required"]
        case "dependentExcluded":
            others = ", ".join(name for name, excluded in wanted.items() if path[-1] in excluded)
            return [f"{parent}: key [{path[-1]}] is not permitted beside [{others}]"]
        case _:
            return [f"{where}: {_breach(error)}"]


def _breach(error: _Breach) -> str:
    wanted = error.validator_value
    match error.validator:
        case "type":
            names = wanted if isinstance(wanted, list) else [wanted]
            found = next(name for kind, name in _TYPES if isinstance(error.instance, kind))
            expected = " or ".join(name.capitalize() for name in names)
            return f"expected type: {expected}, found: {found}"
        case "pattern":
            return f"does not match pattern {wanted}"
        case "enum":
            return f"is not one of [{', '.join(str(member) for member in wanted)}]"
        case "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems" as keyword:
            return f"does not satisfy {keyword} {wanted}"
        case keyword:
            return f"does not satisfy {keyword}"
