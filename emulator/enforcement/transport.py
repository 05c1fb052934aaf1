"""`aws:SecureTransport`: a loopback connection stands for the TLS connection that AWS would have.

Policies that refuse whoever comes without TLS, as AWS advises for buckets, would otherwise refuse
everybody here (IAM user guide, "AWS global condition context keys").
"""

from collections.abc import Callable

from emulator.ministack_parts import wrap

Pin = Callable[[str, bool], None]


def install() -> None:
    """Raises: MissingPartError."""
    wrap("app", "pin_request_origin", _secure)


def _secure(original: Pin) -> Pin:
    def pin(source_ip: str, secure_transport: bool) -> None:  # noqa: FBT001, ARG001 - as it is there
        original(source_ip, True)  # noqa: FBT003

    return pin
