"""Data source names: which PostgreSQL, and that it is on this machine."""

from ipaddress import ip_address
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from emulator.rds_data.databases import DsnError

EXAMPLE: Final = "postgresql://USER@127.0.0.1:5432/DATABASE"

_SCHEMES: Final = ("postgresql://", "postgres://")


def connection_settings(dsn: str) -> dict[str, str]:
    """libpq's settings of a URI, with the loopback address spelt out. Raises: DsnError.

    The address is spelt out because libpq would take it from the environment otherwise. Messages
    never repeat the URI: it can hold a password.
    """
    if not dsn.startswith(_SCHEMES):
        raise DsnError(f"write it as {EXAMPLE}")
    try:
        settings = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    except psycopg.ProgrammingError:
        raise DsnError(f"it cannot be read; write it as {EXAMPLE}") from None
    if "service" in settings:
        raise DsnError("a service can lead anywhere; name host and port instead")
    hosts = (settings.get("hostaddr") or settings.get("host") or "").split(",")
    addresses = [_loopback(host) for host in hosts]
    return {**settings, "hostaddr": ",".join(addresses)}


def _loopback(host: str) -> str:
    """The address of a host. Raises: DsnError unless it is this machine."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise DsnError(
            f"the local AWS reaches no other machine: the host must be 127.0.0.1, not {host!r}"
        )
    return host
