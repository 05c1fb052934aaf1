"""Reads PostgreSQL's text form of an array: `{1,NULL,"a \\"quoted\\" text"}`."""

import re
from collections.abc import Callable
from typing import Final

from emulator.rds_data.errors import UNSUPPORTED_RESULT, data_api_error

_ITEM: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_NULL: Final = "NULL"


def read_array(text: str, read: Callable[[str], object]) -> list[object]:
    """The values, each read by `read`. Raises: ServiceError for an array of arrays."""
    # Bounds that do not begin at 1 stand before it: `[0:1]={...}`.
    inner = text[text.index("{") + 1 : -1]
    if inner.startswith("{"):
        text = "The result contains a multidimensional array."
        raise data_api_error(UNSUPPORTED_RESULT, text)
    values: list[object] = []
    for item in _ITEM.finditer(inner):
        quoted, bare = item.groups()
        if bare == _NULL:
            values.append(None)
        else:
            values.append(read(bare if quoted is None else _ESCAPE.sub(r"\1", quoted)))
    return values
