"""The programs, from the first place that has them: the user's, Pulumi's installer, a build."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from toolchain import cache, locate, official, pins
from toolchain.build import Builder
from toolchain.errors import BuildError, MissingProgramsError
from toolchain.progress import Progress


def programs(*, build: bool = True, environ: Mapping[str, str] | None = None) -> Path:
    """The folder that holds `pulumi`, its Python host and the aws-native provider.

    Args:
        build: get what is missing; else only look.
        environ: the environment, by default that of this process.

    Raises:
        MissingProgramsError: something is missing and `build` is False.
        BuildError: nothing of what was tried got the programs, or the cache cannot be written.
    """
    environ = os.environ if environ is None else environ
    search = locate.Search(environ, cache.root(environ))
    builder = Builder(search, Progress())
    chosen = _found(search, builder)
    missing = [name for name in pins.PROGRAMS if name not in chosen]
    if missing and not build:
        raise MissingProgramsError(
            f"{', '.join(missing)}: neither on PATH nor built yet. The way out: `make toolchain`."
        )
    there = None if missing else cache.assembled(search.cache, chosen)
    return there or _got(search, builder)


def actionlint(*, build: bool = True, environ: Mapping[str, str] | None = None) -> Path:
    """The linter of the workflows, always the pinned release: another one finds other things.

    Args:
        build: build it if that was not done before; else only look.
        environ: the environment, by default that of this process.

    Raises:
        MissingProgramsError: it is not built yet and `build` is False.
        BuildError: it cannot be built, or the cache cannot be written.
    """
    built = _pinned((pins.ACTIONLINT_MODULE,), "make check", build=build, environ=environ)
    return built[pins.ACTIONLINT]


def languages(*, build: bool = True, environ: Mapping[str, str] | None = None) -> dict[str, Path]:
    """What programs in other languages need beside `programs`, by name.

    The hosts, `sdkgen`, and a Go that compiles programs in Go.

    Args:
        build: get what is missing; else only look.
        environ: the environment, by default that of this process.

    Raises:
        MissingProgramsError: something is missing and `build` is False.
        BuildError: something cannot be got, or the cache cannot be written.
    """
    way_out = "python -m toolchain --languages"
    chosen = _pinned(pins.LANGUAGE_MODULES, way_out, build=build, environ=environ)
    environ = os.environ if environ is None else environ
    builder = Builder(locate.Search(environ, cache.root(environ)), Progress())
    go = builder.found_go(pins.GO_VERSION)
    if go is None and not build:
        raise MissingProgramsError(f"go: none from {pins.GO_VERSION} on. The way out: `{way_out}`.")
    if go is None:
        with _locked(builder.search, builder.progress):
            go = builder.go(pins.GO_VERSION)
    return {**chosen, "go": go}


def _pinned(
    modules: Sequence[pins.Module],
    way_out: str,
    *,
    build: bool,
    environ: Mapping[str, str] | None,
) -> dict[str, Path]:
    """The programs of modules that nobody else brings. way_out: the command that builds them."""
    environ = os.environ if environ is None else environ
    search = locate.Search(environ, cache.root(environ))
    builder = Builder(search, Progress())
    chosen: dict[str, Path] = {}
    for module in modules:
        built = builder.built(module)
        if built is None and not build:
            raise MissingProgramsError(
                f"{module.programs[0]}: not built yet. The way out: `{way_out}`."
            )
        if built is None:
            with _locked(search, builder.progress):
                built = builder.build(module)
        chosen.update(built)
    return chosen


def environment(folder: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment in which `pulumi` of that folder runs our program.

    Python's own folder comes first: the host that can be built ignores the virtual environment of
    `Pulumi.yaml` and takes the first Python on PATH.
    """
    environ = os.environ if environ is None else environ
    path = [str(Path(sys.executable).parent), str(folder), environ.get("PATH") or os.defpath]
    return {**environ, "PATH": os.pathsep.join(path), "PULUMI_SKIP_UPDATE_CHECK": "true"}


def _found(search: locate.Search, builder: Builder) -> dict[str, Path]:
    """What is there already, by name. The user's own programs come before ours."""
    chosen: dict[str, Path] = {}
    pulumi = locate.find_pulumi(search)
    if pulumi is None:
        cli, host = builder.built(pins.CLI_MODULE), builder.built(pins.HOST_MODULE)
        pulumi = {**cli, **host} if cli and host else None
    chosen.update(pulumi or {})
    chosen.update(locate.find_provider(search) or builder.built(pins.PROVIDER_MODULE) or {})
    return chosen


def _got(search: locate.Search, builder: Builder) -> Path:
    with _locked(search, builder.progress):
        # Whoever held the lock may have got it all.
        chosen = _found(search, builder)
        reachable = len(chosen) < len(pins.PROGRAMS) and official.is_reachable()
        if pins.PULUMI not in chosen:
            chosen.update(_pulumi(search, builder, official_first=reachable))
        if pins.PROVIDER not in chosen:
            pulumi = chosen[pins.PULUMI]
            chosen.update(_provider(search, builder, pulumi, official_first=reachable))
        return cache.assemble(search.cache, chosen)


@contextmanager
def _locked(search: locate.Search, progress: Progress) -> Iterator[None]:
    """The cache for us alone; one that cannot be used is an error with the way out."""
    try:
        with cache.locked(search.cache, lambda: progress.step("waiting for another run of it")):
            yield
    except OSError as error:
        raise BuildError(
            f"the cache {search.cache} cannot be used: {error.strerror or error}. The way out: set "
            f"{cache.ENVIRONMENT_VARIABLE} to a folder that can be written."
        ) from None


def _pulumi(search: locate.Search, builder: Builder, *, official_first: bool) -> dict[str, Path]:
    if official_first:
        try:
            return official.install_pulumi(search, builder.progress)
        except BuildError as error:
            builder.progress.say(_fallback(pins.PULUMI, error))
    return {**builder.build(pins.CLI_MODULE), **builder.build(pins.HOST_MODULE)}


def _provider(
    search: locate.Search, builder: Builder, pulumi: Path, *, official_first: bool
) -> dict[str, Path]:
    if official_first:
        try:
            return official.install_provider(search, pulumi, builder.progress)
        except BuildError as error:
            builder.progress.say(_fallback(pins.PROVIDER, error))
    return builder.build(pins.PROVIDER_MODULE)


def _fallback(name: str, error: BuildError) -> str:
    return f"toolchain: the official {name} was not to be had ({error}); building it instead"
