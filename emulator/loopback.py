"""Whether a request was sent to this machine by name, as its own pages and tools send it.

A page of another site can have its own name resolve to 127.0.0.1 and then read our answers as its
own (DNS rebinding); its requests still carry that name as Host. Nobody can have a name resolve that
is `localhost`, below it, or made of the digits of an address.
"""

import re
from collections.abc import Callable
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_PORT: Final = r"(:[0-9]{1,5})?"
_ADDRESS: Final = r"127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}"
_THIS: Final = re.compile(rf"({_ADDRESS}|localhost|\[::1\]){_PORT}", re.IGNORECASE)
_BELOW: Final = re.compile(rf"([a-z0-9_-]+\.)+({_ADDRESS}|localhost){_PORT}", re.IGNORECASE)
_MOST_HOSTS: Final = 1_000

NOWHERE: Final = 0
SERVICES: Final = 1
EVERYWHERE: Final = 2

MISDIRECTED: Final = (
    "The Host of this request is no name of this machine. The local AWS answers to 127.0.0.1,"
    " localhost and [::1], its services also to names below these, as S3 puts a bucket there; with"
    " --host, to signed requests under any name."
)


FOREIGN: Final = (
    "A page of another site (Origin) may not use the local AWS. Serve the page from localhost; in a"
    " browser, a bucket's CORS configuration lets pages of other sites into that bucket."
)


def is_foreign(origin: bytes) -> bool:
    """Whether an Origin header names no page of this machine; `null` names none."""
    return reach(origin.partition(b"://")[2]) == NOWHERE


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine; the port is free, for the sake of tunnels."""
    return _THIS.fullmatch(host) is not None


def reach(host: bytes) -> int:
    """How far a request with this Host may go: NOWHERE, to the SERVICES, or EVERYWHERE.

    Our own pages are not for names below: a page in a bucket has such a name, and would share it
    with them.
    """
    text = host.decode("latin-1")
    if is_loopback(text):
        return EVERYWHERE
    return NOWHERE if _BELOW.fullmatch(text) is None else SERVICES


class Reaches(dict[bytes, int]):
    """The reach of each Host that was met; what was met before costs one look."""

    def __init__(self, reach: Callable[[bytes], int] = reach) -> None:
        super().__init__()
        self._reach = reach

    def __missing__(self, host: bytes) -> int:
        found = self._reach(host)
        if len(self) < _MOST_HOSTS:
            self[host] = found
        return found
