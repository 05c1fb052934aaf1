"""Starts and ends the local AWS: one loopback port, a ready line, a clean end."""

import asyncio
import logging
import signal
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import uvicorn

from emulator.access_key import AccessKey
from emulator.backing import Backing
from emulator.clock import Clock
from emulator.cloud_control import CloudControl
from emulator.connections import EmulatorProtocol
from emulator.console import Console
from emulator.control import Control, Parts
from emulator.customer_profiles import CustomerProfiles
from emulator.customer_profiles.dead_letters import DeadLetter, MayEncrypt
from emulator.faults import Faults
from emulator.gateway import Application, Gateway, Guard
from emulator.loopback import EVERYWHERE, LOOPBACK, Reaches
from emulator.pages_apart import PagesApart
from emulator.rds_data import RdsData, choose_database
from emulator.request_log import RequestLog
from profiles.engine import Switches

_GRACE_SECONDS: Final = 1


class PortTakenError(OSError):
    """Another process listens on the port, or the address is none of this machine."""


class UnguardedError(ValueError):
    """What was asked for would let in whoever comes; the message says what is missing."""


class _Server(uvicorn.Server):
    """uvicorn, which says on stdout when it accepts and leaves the exit code to us."""

    def __init__(self, config: uvicorn.Config, address: str, signals: list[int]) -> None:
        """signals: those that arrived so far, or arrive until uvicorn takes them itself."""
        super().__init__(config)
        self._address = address
        self._signals = signals

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.should_exit = self.should_exit or bool(self._signals)
        if self.started and not self.should_exit:
            sys.stdout.write(f"ready {self._address}\n")
            sys.stdout.flush()


def serve(
    port: int,
    data: Path | None = None,
    database: str | None = None,
    *,
    iam: bool = False,
    switches: Switches | None = None,
    host: str = LOOPBACK,
    key: AccessKey | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT.

    port: 0 for any free one. data: file that keeps Customer Profiles between runs (the backing
    emulator's state and the Data API's databases go to folders beside it), None for memory only.
    database: data source name of a PostgreSQL for the Data API, None for SQLite. iam: verify
    signatures and enforce policies. switches: choices where AWS is silent, None for the defaults.
    host: IP address to listen on. key: with which every request must be signed, None for no such
    check. Raises: UnguardedError; PortTakenError; StateError for a file of another kind or a newer
    version; DsnError.
    """
    _check_guarded(host, key, iam=iam)
    listener = _listen(host, port)
    address = f"http://{_in_url(host)}:{listener.getsockname()[1]}"
    # What arrives before uvicorn takes signals must end it too. uvicorn raises the signal that
    # ended it once more; by then there is nothing left to end.
    signals: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: signals.append(number))
    try:
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(
                _run(
                    listener, address, data, database, signals, iam=iam, switches=switches, key=key
                )
            )
    finally:
        listener.close()


async def _run(
    listener: socket.socket,
    address: str,
    data: Path | None,
    database: str | None,
    signals: list[int],
    *,
    iam: bool,
    switches: Switches | None,
    key: AccessKey | None,
) -> None:
    host, port = listener.getsockname()[:2]
    state = None if data is None else data.with_name(f"{data.name}.backing")
    named = LOOPBACK if ip_address(host).is_unspecified else _in_url(host)
    backing = Backing(port, state, iam=iam, host=named, key=key)
    may_encrypt = _may_encrypt(backing) if iam else None
    customer_profiles = CustomerProfiles(data, backing, may_encrypt, switches, backing.has_stream)
    cloud_control = CloudControl(customer_profiles, backing)
    rds_data = RdsData(choose_database(database, data))
    clock = Clock()
    faults = Faults(clock)
    requests = RequestLog()
    parts = Parts(customer_profiles, faults, clock, requests, (cloud_control, backing))
    gateway = Gateway(
        {"profile": customer_profiles, "cloudcontrolapi": cloud_control, "rds-data": rds_data},
        PagesApart(backing) if key is None else backing,
        Control(parts, Console(customer_profiles, requests)),
        faults,
        _guard(backing) if iam else None,
        requests,
        {"profile": customer_profiles},
        None if key is None else Reaches(lambda _: EVERYWHERE),
        any_origin=key is not None,
    )
    config = uvicorn.Config(
        gateway if key is None else _signed_only(gateway, key, backing),
        http=EmulatorProtocol,
        ws="none",
        proxy_headers=False,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level=logging.ERROR,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=600,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_no_cancellation)
    customer_profiles.start()
    backing_start = asyncio.get_running_loop().call_later(0.05, backing.start)
    try:
        await _Server(config, address, signals).serve(sockets=[listener])
    finally:
        backing_start.cancel()
        await rds_data.close()
        await customer_profiles.close()
        await backing.stop()


def _guard(backing: Backing) -> Guard:
    from emulator.enforcement.guard import IamGuard  # noqa: PLC0415 - not without --iam

    return IamGuard(backing.loaded)


def _signed_only(gateway: Gateway, key: AccessKey, backing: Backing) -> Application:
    from emulator.signed_only import SignedOnly  # noqa: PLC0415 - not without a key

    return SignedOnly(gateway, key, backing.loaded)


def _may_encrypt(backing: Backing) -> MayEncrypt:
    from emulator.enforcement.dead_letters import may_encrypt  # noqa: PLC0415 - not without --iam

    async def loaded_and_may_encrypt(letter: DeadLetter) -> bool:
        await backing.loaded()
        return may_encrypt(letter)

    return loaded_and_may_encrypt


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    """Requests that still wait at the end are cancelled, which is no error."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop  # noqa: PLC0415 - only the server needs it

    return uvloop.new_event_loop()


def _check_guarded(host: str, key: AccessKey | None, *, iam: bool) -> None:
    """Raises: UnguardedError."""
    if key is None and not ip_address(host).is_loopback:
        raise UnguardedError(f"who reaches {host} could do anything -> --access-key-file FILE")
    if key is not None and iam:
        raise UnguardedError(
            "--iam makes access keys of its own, and with --access-key-file only one key may sign"
            " -> leave one of them out"
        )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Of two processes that have bound a port, only the first may listen.
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortTakenError(f"port {port} on {host} cannot be used: {error.strerror}") from None
    return listener
