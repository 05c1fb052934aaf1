"""The cache: where it is, one writer at a time, and folders that appear whole or not at all."""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

ENVIRONMENT_VARIABLE: Final = "LIFECYCLE_TOOLCHAIN_CACHE"
TEMPORARY: Final = "unfinished-"


def root(environ: Mapping[str, str]) -> Path:
    """The cache's folder: what the user set, else one in the user's cache; it need not exist."""
    chosen = environ.get(ENVIRONMENT_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    base = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home()) / ".cache"
    return Path(base).absolute() / "customer-lifecycle-toolchain"


@contextmanager
def locked(cache: Path, waiting: Callable[[], AbstractContextManager[object]]) -> Iterator[None]:
    """Hold the cache's lock, which the system frees if we die; waits for as long as it takes.

    What an interrupted run left unfinished is removed once the lock is ours.

    Args:
        waiting: what it makes is entered for as long as another run holds the lock.

    Raises:
        OSError: the cache's folder cannot be made or written.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with waiting():
                fcntl.flock(handle, fcntl.LOCK_EX)
        for left in cache.glob(f"{TEMPORARY}*"):
            remove(left)
        yield


@contextmanager
def published(final: Path) -> Iterator[Path]:
    """A temporary folder that becomes `final` when the block ends well, and else vanishes.

    To be used with the lock held: another run would take the temporary folder for a left one.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=final.parent))
    temporary.chmod(0o755)
    try:
        yield temporary
        remove(final)
        temporary.rename(final)
    finally:
        remove(temporary)


def assemble(cache: Path, chosen: Mapping[str, Path]) -> Path:
    """One folder that has all the programs under their own names; the lock has to be held.

    Programs of the cache become hard links: pulumi looks for a language host beside its own real
    file, and a host for its executor. The user's are symbolic links, so they keep their own place.

    Args:
        chosen: the file of each program, by the program's name.
    """
    if (folder := assembled(cache, chosen)) is not None:
        return folder
    final = _assembly(cache, chosen)
    with published(final) as folder:
        for name, path in chosen.items():
            if path.is_relative_to(cache):
                _link_or_copy(path.resolve(), folder / name)
            else:
                (folder / name).symlink_to(path)
    return final


def assembled(cache: Path, chosen: Mapping[str, Path]) -> Path | None:
    """The folder of these programs if it has been put together before; nothing is written."""
    folder = _assembly(cache, chosen)
    return folder if all(is_program(folder / name) for name in chosen) else None


def is_program(path: Path) -> bool:
    """Whether there is a file that we may execute; not where we may not look."""
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except OSError:
        return False


def make_program(path: Path) -> None:
    """Let everybody who may read the file execute it, and its owner write it."""
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH | stat.S_IWUSR)


def remove(folder: Path) -> None:
    """Remove a folder that may not exist; Go writes its module cache read-only."""

    def make_writable(function: Callable[..., Any], path: str, _: object) -> None:
        Path(path).parent.chmod(0o700)
        function(path)

    if folder.exists():
        shutil.rmtree(folder, onerror=make_writable)


def _assembly(cache: Path, chosen: Mapping[str, Path]) -> Path:
    told = "\n".join(f"{name} {path}" for name, path in sorted(chosen.items()))
    return cache / f"programs-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
