"""A keep-alive connection on which anything can be sent, opened anew when the server closes it."""

import socket
from typing import IO, Any

from tests.emulator.fuzz.requests import Case

GONE = 0
"""The status where the connection ended without an answer: what was sent was no HTTP."""

_PATIENCE_SECONDS = 20


class Connection:
    """To one server. Who is not answered in time gets a TimeoutError."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._socket: socket.socket | None = None
        self._answers: IO[bytes] | Any = None

    def ask(self, case: Case) -> tuple[int, bytes]:
        """(status, body); GONE when there was no answer."""
        target = case.path + (b"?" + case.query if case.query else b"")
        head = [case.method.encode() + b" " + target + b" HTTP/1.1"]
        if not any(name == b"host" for name, _ in case.headers):
            head.append(b"host: localhost")
        head += [name + b": " + value for name, value in case.headers]
        head.append(b"content-length: %d" % len(case.body))
        # Lines within lines can be two requests, of which the second is answered, too.
        is_one = not any(b"\r" in line or b"\n" in line for line in head)
        try:
            self._send(b"\r\n".join(head) + b"\r\n\r\n" + case.body)
            status, body, is_open = self._answer(case.method)
        except ConnectionError:
            status, body, is_open = GONE, b"", False
        if not (is_one and is_open):
            self.close()
        return status, body

    def _send(self, data: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(self._place, timeout=_PATIENCE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._answers = self._socket.makefile("rb")
        self._socket.sendall(data)

    def _answer(self, method: str) -> tuple[int, bytes, bool]:
        """(status, body, whether the next answer begins where this one ends)."""
        first = self._answers.readline().split(b" ")
        if len(first) < 2:
            return GONE, b"", False
        headers: dict[bytes, bytes] = {}
        while (line := self._answers.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        length = headers.get(b"content-length")
        body = b"" if method == "HEAD" else self._answers.read(int(length or b"0"))
        is_open = headers.get(b"connection") != b"close" and length is not None
        # After a refusal the rest of what was sent may be taken for a request.
        return int(first[1]), body, is_open and first[1] == b"200"

    def close(self) -> None:
        if self._socket is not None:
            self._answers.close()
            self._socket.close()
            self._socket = None
