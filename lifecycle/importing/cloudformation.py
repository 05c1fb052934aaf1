"""Object types of a CloudFormation template, YAML with short forms or JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from lifecycle.errors import CouldNotRunError
from lifecycle.importing.model import Imported, as_mapping
from lifecycle.importing.requests import imported

TYPE: Final = "AWS::CustomerProfiles::ObjectType"
_NOT_NEEDED: Final = ("DomainName", "Tags")
_NUMBERS: Final = ("ExpirationDays", "MaxProfileObjectCount", "SourcePriority")
_TRUTH: Final = {"true": True, "false": False}
_NO_VALUE: Final = "AWS::NoValue"


class _Loader(yaml.SafeLoader):
    """Knows the short forms of intrinsic functions, and keeps dates and yes/no as texts."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short_form(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """`!Ref x` as `{"Ref": x}`, `!Sub x` as `{"Fn::Sub": x}` (user guide, intrinsics)."""
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def load_yaml(text: str) -> Any:
    """Any YAML, and so any JSON. Raises: yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a SafeLoader


def is_template(document: Any) -> bool:
    """Whether it has resources as a template has them."""
    return isinstance(document, dict) and isinstance(document.get("Resources"), dict)


def read_template(document: Mapping[str, Any], file: str) -> Iterator[Imported]:
    """Every object type of the template. Raises: CouldNotRunError."""
    declared = as_mapping(document.get("Parameters"), f"{file}: Parameters")
    parameters = {
        name: as_mapping(each, f"{file}: Parameters.{name}") for name, each in declared.items()
    }
    for name, resource in document["Resources"].items():
        if isinstance(resource, dict) and resource.get("Type") == TYPE:
            where = f"{file}: {name}"
            properties = as_mapping(resource.get("Properties"), f"{where}: Properties")
            yield _read(properties, parameters, where)


def _read(properties: Mapping[str, Any], parameters: Mapping[str, Any], where: str) -> Imported:
    wanted = {name: value for name, value in properties.items() if name not in _NOT_NEEDED}
    left_out = []
    key = wanted.get("EncryptionKey")
    if isinstance(key, dict) and _default(key, parameters) is None:
        # Usually a key of the same template, whose ARN nobody knows yet.
        left_out.append("EncryptionKey is made by the template: the domain's key is taken")
        del wanted["EncryptionKey"]
    body = {name: _resolve(value, parameters, f"{where}: {name}") for name, value in wanted.items()}
    for name in _NUMBERS:
        if isinstance(body.get(name), str) and body[name].isdecimal():
            body[name] = int(body[name])
    creation = body.get("AllowProfileCreation")
    if isinstance(creation, str):
        body["AllowProfileCreation"] = _TRUTH.get(creation.lower(), creation)
    return imported(as_request(body, where), where, *left_out)


def as_request(body: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Properties of CloudFormation, whose fields and keys are lists, as members of the request."""
    request = dict(body)
    for name, member in (("Fields", "ObjectTypeField"), ("Keys", "ObjectTypeKeyList")):
        entries = request.get(name)
        if entries is None:
            continue
        try:
            request[name] = {entry["Name"]: entry[member] for entry in entries}
        except (KeyError, TypeError):
            raise CouldNotRunError(
                f"{where}: {name} must be a list of entries with Name and {member}"
            ) from None
    return request


def _resolve(value: Any, parameters: Mapping[str, Any], where: str) -> Any:
    """The value with its intrinsic functions replaced by what they give."""
    if isinstance(value, list):
        return [_resolve(each, parameters, where) for each in value]
    if not isinstance(value, dict):
        return value
    function = next(iter(value), "")
    if len(value) == 1 and (function == "Ref" or str(function).startswith("Fn::")):
        if value == {"Ref": _NO_VALUE}:
            return None
        known = _default(value, parameters)
        if known is None:
            raise CouldNotRunError(
                f"{where}: what {function} gives is not known before it is deployed: write the"
                " value itself, give its parameter a Default, or import from the live domain"
            )
        return known
    return {name: _resolve(each, parameters, f"{where}.{name}") for name, each in value.items()}


def _default(value: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """What a Ref to a parameter with a Default gives, or a Sub without any variable."""
    name = value.get("Ref")
    if isinstance(name, str):
        return parameters.get(name, {}).get("Default")
    text = value.get("Fn::Sub")
    if not isinstance(text, str):
        return None
    for parameter, declared in parameters.items():
        if "Default" in declared:
            text = text.replace(f"${{{parameter}}}", str(declared["Default"]))
    # ${!Literal} is how a template writes ${Literal} itself.
    return None if "${" in text.replace("${!", "") else text.replace("${!", "${")
