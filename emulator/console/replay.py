"""A logged request once more: as a curl command and as boto3 calls, ready to paste.

Never with the signature that it came with: the local AWS takes the account from the access key.
"""

import pprint
import shlex
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape

from emulator.cloud_control import wire as cloud_control
from emulator.customer_profiles import wire as customer_profiles
from emulator.gateway import DEFAULT_ACCOUNT
from emulator.http import Request, ServiceError
from emulator.operations import PROTOCOLS, customer_profiles_router
from emulator.rds_data import wire as rds_data
from emulator.request_log import LoggedRequest

SECRET: Final = "test"  # noqa: S105 - any will do

_CLIENTS: Final = {"profile": "customer-profiles", "cloudcontrolapi": "cloudcontrol"}
_LONGEST_ARGUMENT: Final = 100_000
"""Linux takes 131,072 bytes."""
_WIDTH: Final = 96


def access_key(request: Request) -> str:
    """An access key that leads to the account of the request."""
    account = request.caller.account
    return "test" if account == DEFAULT_ACCOUNT else account


def curl(entry: LoggedRequest, endpoint: str) -> str:
    """A command for a POSIX shell. endpoint: e.g. `http://127.0.0.1:4566`."""
    request = entry.request
    address = endpoint + request.path + (f"?{request.query}" if request.query else "")
    scope = f"aws:amz:{request.caller.region}:{entry.service}"
    options = [
        ["--aws-sigv4", scope, "--user", f"{access_key(request)}:{SECRET}"],
        # The address is taken as it is, with brackets and dots.
        ["--globoff", "--path-as-is", "--request", request.method],
        *(["--header", each] for each in _headers(request)),
    ]
    before = ""
    if request.body:
        text = _argument(request.body)
        if text is None:
            before = "base64 -d <<'END' | "
            options.append(["--data-binary", "@-"])
        else:
            options.append(["--data-raw", text])
    lines = [f"{before}curl", *(_joined(each) for each in options), shlex.quote(address)]
    command = " \\\n  ".join(lines)
    if before:
        command += f"\n{b64encode(request.body).decode()}\nEND"
    return command


def boto3_call(entry: LoggedRequest, endpoint: str) -> str | None:
    """Python that makes the call; None for a request that boto3 could not have sent."""
    request = entry.request
    try:
        operation, members = _call(entry.service, request)
    except ServiceError:
        return None
    if not isinstance(members, dict):
        return None
    shape = PROTOCOLS[entry.service].model().operation_model(operation).input_shape
    members = _with_blobs(members, shape)
    key = access_key(request)
    arguments = "".join(f"\n    {_argument_line(name, value)}," for name, value in members.items())
    call = f"client.{xform_name(operation)}({arguments}\n)" if arguments else ""
    return "\n".join(
        [
            "import boto3",
            "",
            "client = boto3.client(",
            f"    {_CLIENTS.get(entry.service, entry.service)!r},",
            f"    endpoint_url={endpoint!r},",
            f"    region_name={request.caller.region!r},",
            f"    aws_access_key_id={key!r},",
            f"    aws_secret_access_key={SECRET!r},",
            ")",
            f"print({call or f'client.{xform_name(operation)}()'})",
        ]
    )


def _headers(request: Request) -> list[str]:
    target = request.header(b"x-amz-target")
    if target:
        return ["content-type: application/x-amz-json-1.0", f"x-amz-target: {target}"]
    return ["content-type: application/json"] if request.body else []


def _joined(words: list[str]) -> str:
    return " ".join(shlex.quote(word) for word in words)


def _argument(body: bytes) -> str | None:
    """The body as one argument of a command; None where it cannot be one."""
    if len(body) > _LONGEST_ARGUMENT:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    # A terminal takes other characters for commands of its own.
    return text if all(each.isprintable() or each in "\t\n" for each in text) else None


def _call(service: str, request: Request) -> tuple[str, Any]:
    """(operation, its members). Raises: ServiceError for what is no operation's request."""
    operation = PROTOCOLS[service].operation(request)
    if service == "profile":
        route, path = customer_profiles_router().find(request.method, request.path)
        return operation, customer_profiles.members_of(route, path, request.query, request.body)
    read: Callable[[str, bytes], Any] = (
        cloud_control.members_of if service == "cloudcontrolapi" else rds_data.members_of
    )
    return operation, read(operation, request.body)


def _argument_line(name: str, value: Any) -> str:
    if not name.isidentifier():
        return f"**{ {name: value}!r}"
    lines = pprint.pformat(value, width=_WIDTH, sort_dicts=False).split("\n")
    # Texts that are broken in two stay one argument only within brackets, which pprint adds.
    return f"{name}=" + f"\n{' ' * (len(name) + 5)}".join(lines)


def _with_blobs(value: Any, shape: Shape | None) -> Any:
    """The value with bytes where the model has bytes, which JSON carries as base64."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {name: _with_blobs(inner, shape.members.get(name)) for name, inner in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_with_blobs(inner, shape.member) for inner in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {name: _with_blobs(inner, shape.value) for name, inner in value.items()}
    if shape is not None and shape.type_name == "blob" and isinstance(value, str):
        with suppress(ValueError):
            return b64decode(value, validate=True)
    return value
