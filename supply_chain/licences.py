"""`python -m supply_chain.licences`: what is installed here may be used as we use it.

We use packages as they are, change none and ship none: a licence that only asks for its text and
its own files' changes to be published is fine. Anything else needs an exception with its reason.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from typing import Any, Final

ALLOWED: Final = frozenset(
    """0BSD Apache-2.0 BSD BSD-2-Clause BSD-3-Clause CNRI-Python ISC MIT MIT-0 MPL-2.0 PSF-2.0
    Unlicense Zlib""".split()
)
"""By their SPDX identifiers; `BSD` is what old packages say of either."""

EXCEPTIONS: Final[Mapping[str, str]] = {
    "psycopg": "LGPL-3.0-only: imported as it is, never changed or shipped with ours; it serves the"
    " local AWS alone, which no stack of AWS runs",
    "psycopg-binary": "LGPL-3.0-only: as psycopg",
}
"""Package to why its licence is fine here. See CONTRIBUTING.md."""

OURS: Final = frozenset({"customer-lifecycle"})

# What packages without an SPDX expression say, in lower case.
_SPELLINGS: Final = (
    (re.compile(r"apache"), "Apache-2.0"),
    (re.compile(r"mozilla public license 2\.0|\bmpl"), "MPL-2.0"),
    (re.compile(r"python software foundation|\bpsfl?\b"), "PSF-2.0"),
    (re.compile(r"3-clause bsd|bsd-3"), "BSD-3-Clause"),
    (re.compile(r"\bbsd\b"), "BSD"),
    (re.compile(r"^(the )?mit\b"), "MIT"),
)


def licence_of(expression: str | None, classifiers: Iterable[str], text: str | None) -> str:
    """An SPDX expression, from the best that a package says; "" if it says nothing.

    expression: `License-Expression`. classifiers: all of them. text: `License`, its name or whole.
    """
    if expression:
        return expression
    named = [
        each.rpartition("::")[2].strip() for each in classifiers if each.startswith("License ::")
    ]
    # Several classifiers are a choice, as in `MIT OR Apache-2.0`.
    known = [_spelled(each) for each in named]
    if known:
        return " OR ".join(sorted(set(known)))
    first = (text or "").strip().splitlines()
    return _spelled(first[0].strip()) if first else ""


def is_allowed(expression: str) -> bool:
    """Whether the expression asks for nothing that is not allowed: one of an OR, all of an AND."""
    if not expression:
        return False
    words = re.findall(r"[()]|[^\s()]+", expression)
    try:
        allowed, rest = _either(words)
    except IndexError:
        return False
    return allowed and not rest


def refused(
    packages: Iterable[tuple[str, str]], exceptions: Mapping[str, str] = EXCEPTIONS
) -> list[str]:
    """A sentence for each (name, licence) that may not be used, and for each needless exception."""
    said, used = [], set()
    for name, licence in packages:
        key = re.sub(r"[-_.]+", "-", name).lower()
        if is_allowed(licence) or key in OURS:
            continue
        if key in exceptions:
            used.add(key)
            continue
        said.append(
            f"{name}: {licence or 'no licence is told'} is not allowed: take another package, or"
            " write an exception with its reason in supply_chain/licences.py"
        )
    said += [f"{name}: no exception is needed" for name in sorted(exceptions.keys() - used)]
    return said


def installed() -> list[tuple[str, str]]:
    """(name, licence) of every package of this environment."""
    found = []
    for each in distributions():
        told: Any = each.metadata
        classifiers = told.get_all("Classifier") or []
        licence = licence_of(told.get("License-Expression"), classifiers, told.get("License"))
        found.append((each.name, licence))
    return sorted(found)


def main() -> int:
    """Say what is refused. Returns: the exit code, 1 if anything is."""
    said = refused(installed())
    for line in said:
        sys.stdout.write(f"{line}\n")
    return 1 if said else 0


def _spelled(name: str) -> str:
    for pattern, identifier in _SPELLINGS:
        if pattern.search(name.lower()):
            return identifier
    return name


def _either(words: list[str]) -> tuple[bool, list[str]]:
    allowed, rest = _all(words)
    while rest and rest[0].upper() == "OR":
        other, rest = _all(rest[1:])
        allowed = allowed or other
    return allowed, rest


def _all(words: list[str]) -> tuple[bool, list[str]]:
    allowed, rest = _one(words)
    while rest and rest[0].upper() == "AND":
        other, rest = _one(rest[1:])
        allowed = allowed and other
    return allowed, rest


def _one(words: list[str]) -> tuple[bool, list[str]]:
    if words[0] == "(":
        allowed, rest = _either(words[1:])
        return allowed and rest[0] == ")", rest[1:]
    return words[0] in ALLOWED, words[1:]


if __name__ == "__main__":
    sys.exit(main())
