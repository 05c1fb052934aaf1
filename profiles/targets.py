"""Target accessors: the attribute of a standard object that a field fills."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_ROOT: Final = re.compile(r"_[A-Za-z]+")


class TargetError(ValueError):
    """A target that is no accessor of a standard object."""


@dataclass(frozen=True, slots=True)
class Target:
    """`_profile.Attributes.TrialStatus` has root `_profile` and path (Attributes, TrialStatus)."""

    root: str
    path: tuple[str, ...]


@lru_cache(maxsize=4096)
def parse_target(text: str) -> Target:
    """The parsed accessor; what follows `Attributes.` is one name, dots included.

    Raises: TargetError.
    """
    root, dot, rest = text.partition(".")
    if not dot or _ROOT.fullmatch(root) is None:
        raise TargetError("a target is an accessor such as _profile.EmailAddress")
    top, dot, member = rest.partition(".")
    names = (top, member) if top == "Attributes" and dot else tuple(rest.split("."))
    if not all(names) or any(name != name.strip() for name in names):
        raise TargetError("a target has no empty part, e.g. _profile.Attributes.Tier")
    if "{{" in rest or "}}" in rest:
        raise TargetError("a target is an accessor, never a template")
    return Target(root, names)
