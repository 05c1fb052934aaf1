"""Pulumi's own installer, tried before anything is built."""

import http.client
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolchain import cache, locate, pins, process
from toolchain.errors import BuildError
from toolchain.progress import Progress

INSTALLER: Final = "https://get.pulumi.com/install.sh"
REACH_SECONDS: Final = 5.0
INSTALL_SECONDS: Final = 600.0

_INSTALL: Final = """
import sys
from pulumi.automation import PulumiCommand
PulumiCommand.install(root=sys.argv[1])
"""


def is_reachable() -> bool:
    """Whether the installer can be had at all; where only package registries are, it cannot."""
    request = urllib.request.Request(INSTALLER, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=REACH_SECONDS):  # noqa: S310
            return True
    except (OSError, http.client.HTTPException):
        return False


def install_pulumi(search: locate.Search, progress: Progress) -> dict[str, Path]:
    """pulumi and its Python host, of the release that our SDK is.

    They go into our cache: an older pulumi of the user's is not replaced behind their back.

    Raises:
        BuildError: they are not to be had.
    """
    with cache.published(search.official) as folder:
        _run("pulumi", [sys.executable, "-c", _INSTALL, folder], search, progress)
    found = locate.find_pulumi(search)
    if found is None:
        raise BuildError(f"it has no pulumi from {pins.CLI_MINIMUM} on with a Python host")
    return found


def install_provider(search: locate.Search, pulumi: Path, progress: Progress) -> dict[str, Path]:
    """The aws-native plugin that goes with our SDK, among the user's plugins.

    Raises:
        BuildError: it is not to be had.
    """
    version = pins.PROVIDER_OFFICIAL
    command: list[str | Path] = [pulumi, "plugin", "install", "resource", "aws-native", version]
    _run(f"{pins.PROVIDER} {version}", command, search, progress)
    found = locate.find_provider(search)
    if found is None:
        raise BuildError(f"there is no plugin from {version} on afterwards")
    return found


def _run(
    what: str, command: Sequence[str | Path], search: locate.Search, progress: Progress
) -> None:
    with progress.step(f"downloading {what}") as step:
        done = process.run(
            command,
            environ={**search.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            on_line=step.note,
            timeout=INSTALL_SECONDS,
        )
        if done.timed_out:
            raise BuildError("it took too long")
        if done.code:
            raise BuildError(done.tail.rpartition("\n")[2] or f"exit code {done.code}")
