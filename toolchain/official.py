"""Pulumi's own installer, tried before anything is built."""

import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from toolchain import locate, pins, process
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
    except (OSError, urllib.error.URLError):
        return False


def install_pulumi(search: locate.Search, progress: Progress) -> dict[str, Path] | None:
    """pulumi and its Python host, of the release that our SDK is; None when that fails."""
    root = search.pulumi_home
    with progress.step("downloading pulumi") as step:
        done = process.run(
            [sys.executable, "-c", _INSTALL, root],
            environ=search.environ,
            on_line=step.note,
            timeout=INSTALL_SECONDS,
        )
    return locate.find_pulumi(search) if done.code == 0 else None


def install_provider(
    search: locate.Search, pulumi: Path, progress: Progress
) -> dict[str, Path] | None:
    """The aws-native plugin that goes with our SDK; None when it cannot be had."""
    version = pins.PROVIDER_OFFICIAL
    with progress.step(f"downloading {pins.PROVIDER} {version}") as step:
        done = process.run(
            [pulumi, "plugin", "install", "resource", "aws-native", version],
            environ={**search.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            on_line=step.note,
            timeout=INSTALL_SECONDS,
        )
    return locate.find_provider(search) if done.code == 0 else None
