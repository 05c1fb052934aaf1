"""The backing emulator: ministack, mounted in our own process, for every service but ours.

It is imported in the background once the port answers, because that takes most of a second; a
request that needs it earlier waits.
"""

import asyncio
import io
import logging
import os
import sys
import warnings
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlencode

from emulator.access_key import AccessKey
from emulator.gateway import Application, Message, Receive, Send
from emulator.http import Caller, ServiceError
from emulator.loopback import LOOPBACK
from emulator.ministack_parts import part

if TYPE_CHECKING:
    from emulator.snapshots import Snapshots

log = logging.getLogger("emulator.backing")

STOP_SECONDS: Final = 3.0
_OK: Final = 200
_FIRST_ERROR_STATUS: Final = 300
_USUAL_KEY: Final = AccessKey("test", "test")
_OF_THE_USER: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


class Backing:
    """ministack as an ASGI application and as an in-process client for our own services.

    port: of the gateway, which every URL that ministack hands out carries.
    state: folder in which it keeps its state between runs, None to forget it.
    iam: verify signatures and enforce policies. host: what URLs that it hands out name. key: with
    which its functions sign, and which its presigned URLs are checked against, if not the usual.
    """

    def __init__(
        self,
        port: int,
        state: Path | None = None,
        *,
        iam: bool = False,
        host: str = LOOPBACK,
        key: AccessKey | None = None,
    ) -> None:
        self._port = port
        self._host = host
        self._key = key or _USUAL_KEY
        self._state = state
        self._iam = iam
        self._application: asyncio.Future[Application] | None = None
        self._to_lifespan: asyncio.Queue[Message] = asyncio.Queue()
        self._lifespan: asyncio.Task[None] | None = None
        self._snapshots: Snapshots | None = None

    def start(self) -> None:
        """Begin to load it, on the running event loop; a second time does nothing."""
        if self._application is None:
            self._application = asyncio.ensure_future(self._load())

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI entry."""
        application = await self.loaded()
        await application(scope, receive, send)
        if self._snapshots is not None:
            self._snapshots.touch()

    async def keep(self) -> None:
        """Returns when a kill can no longer undo what was done so far, if state is kept at all."""
        if self._snapshots is not None:
            await self._snapshots.take()

    async def reset(self) -> None:
        """Remove everything in all its services, what it keeps between runs included."""
        if self._application is None and self._state is None:
            return
        application = await self.loaded()
        status, _, body = await _exchange(application, "POST", "/_ministack/reset", {}, b"")
        if status != _OK:
            raise ServiceError("InternalServerException", body.decode(errors="replace"), 500)
        if self._snapshots is not None:
            self._snapshots.forget()
            await self._snapshots.take()

    async def stop(self) -> None:
        """End its background work and keep its state, if it is to be kept."""
        if self._application is None:
            return
        await self._application
        if self._snapshots is not None:
            self._snapshots.stop()
        await self._to_lifespan.put({"type": "lifespan.shutdown"})
        if self._lifespan is not None:
            _, late = await asyncio.wait({self._lifespan}, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
        _end_function_workers()

    async def call(
        self, service: str, operation: str, parameters: dict[str, Any], caller: Caller
    ) -> dict[str, Any]:
        """One operation of a backing service, named as in botocore's model of it.

        What botocore streams (an S3 object's Body) is a binary file here too.
        Raises: ServiceError with the code and message that the service answered.
        """
        application = await self.loaded()
        protocol = _protocol(service)
        model = protocol.model.operation_model(operation)
        request = protocol.serializer.serialize_to_request(parameters, model)
        method, url, headers, body = _sign(
            request, service, protocol.signing_name, caller, self._port
        )
        status, answer_headers, answer = await _exchange(application, method, url, headers, body)
        if self._snapshots is not None:
            self._snapshots.touch()
        streams = status < _FIRST_ERROR_STATUS and model.has_streaming_output
        content = io.BytesIO(answer) if streams else answer
        parsed: dict[str, Any] = protocol.parser.parse(
            {"status_code": status, "headers": answer_headers, "body": content},
            model.output_shape or protocol.nothing,
        )
        if status >= _FIRST_ERROR_STATUS:
            error = parsed.get("Error", {})
            raise ServiceError(
                str(error.get("Code", status)), str(error.get("Message", "")), status
            )
        parsed.pop("ResponseMetadata", None)
        return parsed

    def has_stream(self, arn: str) -> bool | None:
        """Whether a Kinesis data stream is there; None while kept state has not been loaded."""
        if self._application is None or not self._application.done():
            return False if self._state is None else None
        region, account, name = arn.split(":", 5)[3:]
        streams = part("services.kinesis", "_streams")
        return bool(streams.contains_scoped(account, region, name.removeprefix("stream/")))

    async def loaded(self) -> Application:
        """ministack, as soon as it is there."""
        self.start()
        assert self._application is not None  # noqa: S101 - start() has set it
        return await asyncio.shield(self._application)

    async def _load(self) -> Application:
        settings = _settings(self._port, self._state, self._host, self._key, iam=self._iam)
        application = await asyncio.to_thread(_import, settings, self._state, iam=self._iam)
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def receive() -> Message:
            return await self._to_lifespan.get()

        async def send(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.set_result(None)

        await self._to_lifespan.put({"type": "lifespan.startup"})
        self._lifespan = asyncio.ensure_future(
            application({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
        )
        await started
        if self._state is not None:
            from emulator.snapshots import Snapshots  # noqa: PLC0415 - of what was just imported

            self._snapshots = Snapshots(self._state)
            self._snapshots.start()
        return application


def _settings(
    port: int, state: Path | None, host: str, key: AccessKey, *, iam: bool
) -> dict[str, str]:
    settings = {
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": host,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AWS_ACCESS_KEY_ID": key.id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "AUTH": "true" if iam else "false",
        # AWS waits a minute before it repeats a failed asynchronous invocation.
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
        "LOG_LEVEL": os.environ.get("LIFECYCLE_BACKING_LOG", "ERROR"),
    }
    if state is not None:
        settings |= {
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
        }
    return settings


def _import(settings: dict[str, str], state: Path | None, *, iam: bool) -> Application:
    # Functions inherit our environment; the user's own keys have no business there.
    for name in _OF_THE_USER:
        os.environ.pop(name, None)
    os.environ.update(settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if state is not None:
            from emulator.snapshots import recover  # noqa: PLC0415 - not without a file

            recover(state)
        from ministack.app import app  # noqa: PLC0415 - reads its settings when it is imported

        from emulator import corrections  # noqa: PLC0415 - of what was just imported

        corrections.install()
        if iam:
            from emulator import enforcement  # noqa: PLC0415 - of what was just imported

            enforcement.install()
    application: Application = app
    return application


def _end_function_workers() -> None:
    """Functions run in worker processes that would outlive us."""
    runtime = sys.modules.get("ministack.core.lambda_runtime")
    if runtime is not None:
        runtime.reset()


class _Protocol:
    """botocore's serializer and parser for one service."""

    def __init__(self, service: str) -> None:
        from botocore import loaders, model, parsers, serialize  # noqa: PLC0415 - not at start-up

        description = loaders.Loader().load_service_model(service, "service-2")
        self.model = model.ServiceModel(description, service)
        name = self.model.resolved_protocol
        self.serializer = serialize.create_serializer(name, include_validation=False)
        self.parser = parsers.create_parser(name)
        self.signing_name = self.model.signing_name
        self.nothing = model.StructureShape("Nothing", {"type": "structure", "members": {}})


@lru_cache
def _protocol(service: str) -> _Protocol:
    return _Protocol(service)


def _sign(
    request: dict[str, Any], service: str, signing_name: str, caller: Caller, port: int
) -> tuple[str, str, dict[str, str], bytes]:
    from botocore.auth import S3SigV4Auth, SigV4Auth  # noqa: PLC0415 - not at start-up
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.credentials import Credentials  # noqa: PLC0415

    query, body = request["query_string"], request["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    data = body if isinstance(body, bytes) else str(body).encode()
    path = request["url_path"]
    if query:
        path += ("&" if "?" in path else "?") + (
            query if isinstance(query, str) else urlencode(query)
        )
    headers = {"Host": f"127.0.0.1:{port}"} | dict(request["headers"])
    signed = AWSRequest(
        method=request["method"], url=f"http://127.0.0.1:{port}{path}", data=data, headers=headers
    )
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    signed.context["payload_signing_enabled"] = True
    auth(Credentials(caller.account, "local"), signing_name, caller.region).add_auth(signed)
    return request["method"], path, dict(signed.headers.items()), data


async def _exchange(
    application: Application, method: str, url: str, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    path, _, query = url.partition("?")
    status, answer_headers, parts = 0, {}, []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            answer_headers.update(
                {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in message["headers"]}
            )
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(n.lower().encode(), str(v).encode("latin-1")) for n, v in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
    await application(scope, receive, send)
    return status, answer_headers, b"".join(parts)
