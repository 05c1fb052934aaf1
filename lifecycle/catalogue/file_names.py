"""File names for pages about anything, whatever it is called."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

MAX_CHARACTERS: Final = 80
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED: Final = frozenset(
    ["CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))]
)
"""Devices of Windows, whatever follows the first dot."""


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Name to the stem of its file: the name itself where every file system takes it.

    Others are made readable and get a part of their digest, so that no two are the same, not even
    where capitals do not count.
    """
    stems = {name: _UNSAFE.sub("-", name).strip("-._") for name in names}
    # A leading underscore is left out: some servers of static files pass over such files.
    clean = {name for name, stem in stems.items() if name in {stem, f"_{stem}"} and _fits(stem)}
    folded = Counter(stem.casefold() for stem in stems.values())
    return {
        name: stem
        if name in clean and folded[stem.casefold()] == 1
        else f"{_shortened(stem)}-{_digest(name)}"
        for name, stem in stems.items()
    }


def _fits(stem: str) -> bool:
    return 0 < len(stem) <= MAX_CHARACTERS and stem.partition(".")[0].upper() not in _RESERVED


def _shortened(stem: str) -> str:
    """Without dots, which end the name of a device."""
    return stem[:MAX_CHARACTERS].replace(".", "-").rstrip("-_") or "page"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]
