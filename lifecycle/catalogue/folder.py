"""Write a site into a folder, replace what an earlier run wrote there, and touch nothing else."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from lifecycle.errors import CouldNotRunError

MANIFEST: Final = "catalogue-manifest.json"
_KIND: Final = "lifecycle catalogue"
_OURS: Final = re.compile(r"(?:[a-z]+/)?[A-Za-z0-9][A-Za-z0-9._-]*")


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files (path below the folder to content), and remove those that are ours no more.

    Raises: CouldNotRunError, before anything is written, where a file would take the place of one
    that is not ours.
    """
    try:
        earlier = _earlier(folder)
        _refuse_foreign(folder, {MANIFEST, *files, *earlier}, {MANIFEST, *earlier})
        folder.mkdir(parents=True, exist_ok=True)
        # If this run is cut short, the next one still knows which files are ours.
        _write_manifest(folder, earlier | files.keys())
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        _remove(folder, earlier - files.keys())
        _write_manifest(folder, files)
    except OSError as error:
        raise CouldNotRunError(f"{folder}: {error.strerror or error}") from None


def _earlier(folder: Path) -> set[str]:
    """What the manifest lists, if it is one: anyone could have written it."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set()
    except ValueError:
        content = None
    names = content.get("files") if isinstance(content, dict) else None
    if (
        not isinstance(content, dict)
        or content.get("kind") != _KIND
        or not isinstance(names, list)
        or not all(isinstance(name, str) and _OURS.fullmatch(name) for name in names)
        or MANIFEST in names
    ):
        raise CouldNotRunError(
            f"{path} is not a list that this command wrote: choose another folder with --out, or "
            "remove the file if nothing else in the folder matters"
        )
    return set(names)


def _refuse_foreign(folder: Path, names: Iterable[str], earlier: Collection[str]) -> None:
    foreign = [name for name in sorted(names) if _is_foreign(folder, name, earlier)]
    if foreign:
        more = "" if len(foreign) == 1 else f" and {len(foreign) - 1} more"
        raise CouldNotRunError(
            f"{folder / foreign[0]}{more} would be overwritten, and no earlier run wrote it: "
            "choose another folder with --out, or move it away"
        )


def _is_foreign(folder: Path, name: str, earlier: Collection[str]) -> bool:
    """Whether something is there that we did not put there; a link would lead us elsewhere."""
    path = folder / name
    above = path.parent
    if above != folder and (above.is_symlink() or (above.exists() and not above.is_dir())):
        return True
    if path.is_symlink() or path.is_dir():
        return True
    return path.exists() and name not in earlier


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        path = folder / name
        path.unlink(missing_ok=True)
        if path.parent != folder and path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()


def _write_manifest(folder: Path, names: Iterable[str]) -> None:
    content = json.dumps({"kind": _KIND, "files": sorted(names)}, indent=2)
    (folder / MANIFEST).write_bytes(f"{content}\n".encode())
