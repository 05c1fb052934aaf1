"""What the backing emulator holds, kept on disk while it runs.

ministack writes its state when it ends in good order, and loses it when it is killed. Here its
state is written, in the same files, whenever something must not be lost, and else once a second.
The files of several services change together: they are written to a folder whose renaming is the
one moment at which all of them count, and moved from there to their places, by the next start if
need be. Only a machine that fails can lose what was renamed.
"""

import asyncio
import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from emulator.ministack_parts import part, replace

log = logging.getLogger("emulator.backing")

_GATHER_SECONDS: Final = 0.005
"""How long to wait for other changes that can be kept with this one."""
_REGULAR_SECONDS: Final = 1.0
_COMPLAINT_SECONDS: Final = 60.0
_ATTEMPTS: Final = 3


def recover(folder: Path) -> None:
    """Complete what a process that was killed had begun; before ministack reads the files."""
    shutil.rmtree(_pending(folder), ignore_errors=True)
    _put_in_place(folder)


class Snapshots:
    """Writes ministack's state to its files. folder: where it reads them from at its start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: dict[str, bytes] = {}
        self._next: asyncio.Task[None] | None = None
        self._regular: asyncio.Task[None] | None = None
        self._touched = False
        self._complained = -_COMPLAINT_SECONDS
        self._code_in_use: set[str] | None = None
        self._remove_code = part("services.lambda_svc", "_prune_orphan_code_blobs")
        replace("services.lambda_svc", "_prune_orphan_code_blobs", self._remove_code_later)

    def start(self) -> None:
        """Begin to write once a second what was touched."""
        self._regular = asyncio.ensure_future(self._regularly())

    def stop(self) -> None:
        """Write for the last time."""
        if self._regular is not None:
            self._regular.cancel()
        self._write()

    def touch(self) -> None:
        """Something may have changed."""
        self._touched = True

    async def take(self) -> None:
        """Returns when all that is there now is kept."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._soon())
        await asyncio.shield(self._next)

    def forget(self) -> None:
        """The files were removed: write all of them the next time."""
        self._digests.clear()

    async def _soon(self) -> None:
        await asyncio.sleep(_GATHER_SECONDS)
        # What changes from here on is not in this one.
        self._next = None
        self._write()

    async def _regularly(self) -> None:
        while True:
            await asyncio.sleep(_REGULAR_SECONDS)
            if self._touched:
                self._write()

    def _write(self) -> None:
        self._touched = False
        contents = {}
        for name, content in _contents():
            digest = hashlib.sha256(content).digest()
            if self._digests.get(name) != digest:
                contents[name] = (content, digest)
        if not contents:
            return
        try:
            self._commit({name: content for name, (content, _) in contents.items()})
        except OSError as error:
            self._touched = True
            now = time.monotonic()
            if now - self._complained > _COMPLAINT_SECONDS:
                self._complained = now
                log.error("%s cannot be written: %s; a kill loses changes", self._folder, error)  # noqa: TRY400 - one clear line
            return
        self._digests |= {name: digest for name, (_, digest) in contents.items()}
        if self._code_in_use is not None:
            self._remove_code(self._code_in_use)
            self._code_in_use = None

    def _commit(self, contents: dict[str, bytes]) -> None:
        # An attempt that failed half-way is completed first.
        _put_in_place(self._folder)
        pending = _pending(self._folder)
        shutil.rmtree(pending, ignore_errors=True)
        pending.mkdir(parents=True)
        for name, content in contents.items():
            (pending / f"{name}.json").write_bytes(content)
        pending.rename(_committed(self._folder))
        _put_in_place(self._folder)

    def _remove_code_later(self, in_use: set[str]) -> None:
        """The state on disk still needs the code of functions that have just been replaced."""
        self._code_in_use = in_use


def _contents() -> Iterator[tuple[str, bytes]]:
    """(name, content of its file) of every service that has a state."""
    encode, format_of = part("core.persistence", "_json_default"), "_state_format_version"
    for name, get_state in part("app", "_build_persistence_save_dict")().items():
        state = _state(name, get_state)
        if state is None:
            continue
        version = part("core.persistence", format_of)(name)
        wrapped = {"__ministack_format__": version, "payload": state}
        yield name, json.dumps(wrapped, default=encode).encode()


def _state(name: str, get_state: Callable[[], Any]) -> Any:
    """Asked again when another thread changed it meanwhile."""
    for attempt in range(_ATTEMPTS):
        try:
            return get_state()
        except RuntimeError:
            if attempt == _ATTEMPTS - 1:
                log.exception("the state of %s cannot be told", name)
    return None


def _put_in_place(folder: Path) -> None:
    committed = _committed(folder)
    if not committed.is_dir():
        return
    for file in sorted(committed.iterdir()):
        file.replace(folder / file.name)
    committed.rmdir()


def _pending(folder: Path) -> Path:
    return folder / "pending"


def _committed(folder: Path) -> Path:
    return folder / "committed"
