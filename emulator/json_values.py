"""Kinds of JSON values, as Python sees them."""

from typing import Any, TypeGuard


def is_number(value: Any) -> TypeGuard[float]:
    """Whether it is a number; to Python, true and false are numbers, too."""
    return isinstance(value, int | float) and not isinstance(value, bool)
