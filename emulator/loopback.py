"""Whether a request was sent to this machine by name, as its own pages and tools send it.

A page of another site can have its own name resolve to 127.0.0.1 and then read our answers as its
own (DNS rebinding); its requests still carry that name as Host.
"""

import re
from typing import Final

_LOOPBACK: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)

MISDIRECTED: Final = "This address answers only to Host 127.0.0.1, localhost or [::1]."


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine; the port is free, for the sake of tunnels."""
    return _LOOPBACK.fullmatch(host) is not None
