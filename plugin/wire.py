"""Numbers as the wire between Pulumi's processes carries them."""

from typing import Any


def whole(value: Any) -> Any:
    """A whole number as an int: the wire knows doubles only. Everything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
