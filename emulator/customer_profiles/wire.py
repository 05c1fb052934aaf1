"""rest-json as botocore's model of the service describes it: routes, requests, answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes
from uuid import uuid4

import orjson
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from emulator.http import Response, ServiceError
from emulator.shapes import Checker, compile_members

BAD_REQUEST: Final = "BadRequestException"
NOT_FOUND: Final = "ResourceNotFoundException"
NOT_IMPLEMENTED: Final = "NotImplementedException"
UNKNOWN_OPERATION: Final = "UnknownOperationException"

_JSON: Final = (b"content-type", b"application/json")
_PROCESS: Final = str(uuid4())[:24].encode()
_NUMBERS: Final = count(1)
_INTEGER_DIGITS: Final = 18
_BOOLEANS: Final = {"true": True, "false": False}
_MAX_CACHED_PATHS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Route:
    """Where one operation's request members come from.

    path: member name for each variable segment of the URI. query: query name to (member, kind).
    """

    operation: str
    path: tuple[tuple[int, str], ...]
    query: dict[str, tuple[str, str]]
    has_body: bool


@cache
def service_model() -> ServiceModel:
    """botocore's model of Amazon Connect Customer Profiles."""
    return ServiceModel(Loader().load_service_model("customer-profiles", "service-2"))


class Router:
    """Finds the operation of a method and path; every operation of the model has a route."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, int], list[tuple[tuple[str | None, ...], Route]]] = {}
        for model in _operations():
            segments, route = _route(model)
            place = (model.http["method"], len(segments))
            self._routes.setdefault(place, []).append((segments, route))
        for candidates in self._routes.values():
            # Literal segments win over variables: `/domains/{D}/profiles/objects/merge`.
            candidates.sort(key=lambda entry: [segment is None for segment in entry[0]])
        self._known: dict[tuple[str, str], tuple[Route, dict[str, str]]] = {}

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """(route, its path members). Raises: ServiceError for what no operation answers."""
        known = self._known.get((method, path))
        if known is not None:
            return known
        # An empty segment is an empty name, never one that may be left out.
        parts = path[1:].split("/")
        if parts[0] == "tags" and len(parts) > 2:  # noqa: PLR2004 - an ARN with a bare slash
            parts = ["tags", "/".join(parts[1:])]
        for segments, route in self._routes.get((method, len(parts)), ()):
            if all(
                want is None or want == part for want, part in zip(segments, parts, strict=True)
            ):
                try:
                    members = {name: _unquote(parts[at]) for at, name in route.path}
                except UnicodeDecodeError:
                    raise ServiceError(BAD_REQUEST, "The path is not valid UTF-8.") from None
                if len(self._known) < _MAX_CACHED_PATHS:
                    self._known[method, path] = route, members
                return route, members
        raise ServiceError(UNKNOWN_OPERATION, f"No operation answers {method} on this path.", 404)


@cache
def checker(operation: str) -> Checker:
    """The checker of all request members of an operation, compiled at its first request."""
    shape = service_model().operation_model(operation).input_shape
    assert shape is not None  # noqa: S101 - every operation of the model has one
    return compile_members(dict(shape.members), frozenset(shape.required_members))


def check(operation: str, members: dict[str, Any]) -> dict[str, Any]:
    """The members as the model wants them. Raises: ServiceError that names every breach."""
    breaches: list[str] = []
    checked: dict[str, Any] = checker(operation)(members, "", breaches)
    if breaches:
        count = len(breaches)
        noun = "error" if count == 1 else "errors"
        text = f"{count} validation {noun} detected: {'; '.join(breaches)}"
        raise ServiceError(BAD_REQUEST, text)
    return checked


def members_of(route: Route, path: dict[str, str], query: str, body: bytes) -> dict[str, Any]:
    """The request's members, not yet checked. Raises: ServiceError for an unreadable request."""
    members: dict[str, Any] = {}
    if route.has_body and body:
        try:
            members = orjson.loads(body)
        except ValueError:
            raise ServiceError(BAD_REQUEST, "Could not parse request body into json.") from None
        if members.__class__ is not dict:
            raise ServiceError(BAD_REQUEST, "The request body must be a JSON object.")
        for name in path:
            if name in members:
                raise ServiceError(BAD_REQUEST, f"{name} belongs in the path, not in the body.")
    if route.query:
        for name in {member for member, _ in route.query.values()}:
            if name in members:
                raise ServiceError(BAD_REQUEST, f"{name} belongs in the query, not in the body.")
        if query:
            members |= _query(route, query)
    return members | path


def _query(route: Route, query: str) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        member, kind = route.query.get(name, ("", ""))
        if kind == "list":
            members.setdefault(member, []).append(value)
        elif kind == "integer":
            digits = value.removeprefix("-")
            sane = digits.isascii() and digits.isdigit() and len(digits) <= _INTEGER_DIGITS
            members[member] = int(value) if sane else value
        elif kind == "boolean":
            members[member] = _BOOLEANS.get(value, value)
        elif kind:
            members[member] = value
    return members


def answer(result: dict[str, Any]) -> Response:
    """A successful answer of the modelled shape."""
    return Response(200, orjson.dumps(result), [_JSON, _request_id()])


def refusal(error: ServiceError) -> Response:
    """An error as rest-json carries it: code in a header, message in the body."""
    headers = [_JSON, _request_id(), (b"x-amzn-errortype", error.code.encode())]
    return Response(error.status, orjson.dumps({"Message": error.message}), headers)


def _request_id() -> tuple[bytes, bytes]:
    """Unlike any other, of this process or another; as long as a UUID, and cheaper."""
    return b"x-amzn-requestid", b"%b%012x" % (_PROCESS, next(_NUMBERS))


def _unquote(segment: str) -> str:
    return unquote_to_bytes(segment).decode()


def _operations() -> Iterator[OperationModel]:
    model = service_model()
    for name in model.operation_names:
        yield model.operation_model(name)


def _route(model: OperationModel) -> tuple[tuple[str | None, ...], Route]:
    shape = model.input_shape
    located: dict[str, tuple[str, str, Shape]] = {}
    if shape is not None:
        located = {
            name: (
                member.serialization.get("location", "body"),
                member.serialization.get("name", name),
                member,
            )
            for name, member in shape.members.items()
        }
    names = {wire: name for name, (where, wire, _) in located.items() if where == "uri"}
    segments: list[str | None] = []
    path: list[tuple[int, str]] = []
    for at, segment in enumerate(model.http["requestUri"].strip("/").split("/")):
        variable = segment.startswith("{")
        segments.append(None if variable else segment)
        if variable:
            path.append((at, names[segment.strip("{}")]))
    query = {
        wire: (name, member.type_name)
        for name, (where, wire, member) in located.items()
        if where == "querystring"
    }
    has_body = any(where == "body" for where, _, _ in located.values())
    return tuple(segments), Route(model.name, tuple(path), query, has_body)
