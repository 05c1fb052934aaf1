"""Finding programs that the user has installed. Nothing here downloads or builds."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from toolchain import cache, pins, process

VERSION_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look.

    Attributes:
        environ: the environment; PATH, HOME and PULUMI_HOME are read.
        cache: our own cache, whose programs are not the user's: a shell that has our folder
            first on its PATH must not make us choose from ourselves.
    """

    environ: Mapping[str, str]
    cache: Path

    @property
    def pulumi_home(self) -> Path:
        """Pulumi's own folder: PULUMI_HOME, else `.pulumi` in the home."""
        chosen = self.environ.get("PULUMI_HOME")
        return Path(chosen) if chosen else self.home / ".pulumi"

    @property
    def official(self) -> Path:
        """Where Pulumi's installer, run by us, puts the programs of our SDK's release."""
        return self.cache / f"official-{version(pins.PULUMI)}"

    @property
    def home(self) -> Path:
        """The user's home."""
        return Path(self.environ.get("HOME") or Path.home())

    def folders(self) -> Iterator[Path]:
        """The folders of PATH but ours, then those that Pulumi's installer fills."""
        parts = self.environ.get("PATH", os.defpath).split(os.pathsep)
        installed = [self.pulumi_home / "bin", self.home / ".pulumi" / "bin"]
        ours = os.path.realpath(self.cache)
        for folder in dict.fromkeys([*(Path(part) for part in parts if part), *installed]):
            # Unlike Path.resolve it takes a link to itself.
            if not Path(os.path.realpath(folder)).is_relative_to(ours):
                yield folder
        yield self.official / "bin"

    def all(self, name: str) -> Iterator[Path]:
        """Each program of this name, as the shell would find them."""
        for folder in self.folders():
            if cache.is_program(folder / name):
                yield (folder / name).absolute()


def find_pulumi(search: Search) -> dict[str, Path] | None:
    """The user's `pulumi` and the Python host that came with it, by name.

    The two are taken together or not at all: they speak a protocol that changes with time. The
    first `pulumi` found that is recent enough counts.
    """
    for pulumi in search.all(pins.PULUMI):
        if not pins.is_recent_enough(version_of(pulumi, search.environ), pins.CLI_MINIMUM):
            continue
        host = _host_of(pulumi, search)
        if host is not None:
            return {pins.PULUMI: pulumi, pins.HOST: host, pins.HOST_EXEC: _exec_of(host)}
    return None


def find_provider(search: Search) -> dict[str, Path] | None:
    """The user's aws-native provider: one on PATH as it is, else the newest recent plugin."""
    for provider in search.all(pins.PROVIDER):
        return {pins.PROVIDER: provider}
    plugins: list[tuple[tuple[int, int, int], Path]] = []
    for folder in (search.pulumi_home / "plugins").glob("resource-aws-native-v*"):
        program = folder / pins.PROVIDER
        number = pins.parse_version(folder.name)
        # Pulumi marks a plugin that it has not unpacked to the end.
        whole = not folder.with_name(f"{folder.name}.partial").exists()
        recent = pins.is_recent_enough(folder.name, pins.PROVIDER_OFFICIAL)
        if number and recent and whole and cache.is_program(program):
            plugins.append((number, program))
    return {pins.PROVIDER: max(plugins)[1]} if plugins else None


def find_go(search: Search, minimum: str) -> Path | None:
    """A `go` on PATH that is at least `minimum`, such as "1.26.6"."""
    for go in search.all("go"):
        # Else a Go that is too old answers with the version of the one that it would download.
        answer = _output([go, "version"], {**search.environ, "GOTOOLCHAIN": "local"})
        told = re.search(r"\bgo(\d\S*)", answer)
        if told and pins.is_recent_enough(told[1], minimum):
            return go
    return None


def version_of(pulumi: Path, environ: Mapping[str, str]) -> str:
    """What `pulumi version` says, or "" if it says nothing in time."""
    return _output([pulumi, "version"], {**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"})


def _host_of(pulumi: Path, search: Search) -> Path | None:
    beside = [pulumi.parent / pins.HOST, pulumi.resolve().parent / pins.HOST]
    for host in [*beside, *search.all(pins.HOST)]:
        if cache.is_program(host) and cache.is_program(_exec_of(host)):
            return host
    return None


def _exec_of(host: Path) -> Path:
    """The executor of a host: beside it, or beside the file that it is a link to."""
    beside = host.with_name(pins.HOST_EXEC)
    return beside if cache.is_program(beside) else host.resolve().with_name(pins.HOST_EXEC)


def _output(command: list[str | Path], environ: Mapping[str, str]) -> str:
    try:
        done = process.run(
            command, environ=environ, timeout=VERSION_SECONDS, stderr=subprocess.DEVNULL
        )
    except OSError:
        return ""
    return done.tail if done.code == 0 else ""
