"""`aws:SecureTransport`: a loopback connection stands for the TLS connection that AWS would have.

Policies that refuse whoever comes without TLS, as AWS advises for buckets, would otherwise refuse
everybody here, services that act by themselves included (IAM user guide, "AWS global condition
context keys").
"""

from contextvars import ContextVar
from typing import Final

from emulator.ministack_parts import replace

_ORIGIN: Final = ("127.0.0.1", True)


def install() -> None:
    """Raises: MissingPartError."""
    replace("app", "pin_request_origin", _pin)
    replace("core.iam_evaluator", "_request_origin", ContextVar("loopback_origin", default=_ORIGIN))


def _pin(source_ip: str, secure_transport: bool) -> None:  # noqa: FBT001 - as it is there
    """Every request has the origin that is there by default."""
