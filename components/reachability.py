"""Whether the local AWS answers, asked before the provider retries for minutes."""

import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit

TIMEOUT_SECONDS: Final = 10
"""One that has only just started, on a busy machine, takes longer than one might think."""


def require_endpoint(endpoint: str | None) -> None:
    """Do nothing on AWS (None). Raises: ConnectionError that says how to start the local AWS."""
    if endpoint is None:
        return
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or parts.hostname is None:
        raise ConnectionError(f"endpoint: {endpoint} is not a URL such as http://127.0.0.1:4566")
    try:
        with urllib.request.urlopen(  # noqa: S310 - the scheme was checked
            f"{endpoint.rstrip('/')}/_emulator/health", timeout=TIMEOUT_SECONDS
        ):
            return
    except (urllib.error.URLError, TimeoutError, OSError):
        port = parts.port or 4566
        raise ConnectionError(
            f"the local AWS at {endpoint} does not answer; "
            f"start it in another terminal with: lifecycle emulator --port {port}"
        ) from None
