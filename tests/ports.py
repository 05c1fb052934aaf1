"""Ports that a test names itself, because a server comes back on the same one."""

import random
import socket

# Below those that Linux and macOS hand out to connections and to servers on port 0 (32768 and
# 49152 upwards): nobody else takes it while no server of the test listens there.
_FIRST, _LAST = 20_000, 32_000


def free_port() -> str:
    """A port on which nobody listens."""
    while True:
        port = random.SystemRandom().randint(_FIRST, _LAST)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return str(port)
