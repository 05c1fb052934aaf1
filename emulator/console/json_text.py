"""JSON laid out for reading, token for token as it was sent.

Reading it and writing it again would spell numbers and characters another way.
"""

import re
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_INDENT: Final = "  "
_DEEPEST: Final = 30
"""Indented no further: a thousand nested lists are a megabyte of spaces."""


def laid_out(text: str) -> str:
    """The text of valid JSON on lines of its own."""
    parts: list[str] = []
    depth = 0
    tokens = _TOKEN.findall(text)
    for at, part in enumerate(tokens):
        if part in {"{", "["}:
            depth += 1
            empty = tokens[at + 1] in {"}", "]"}
            parts.append(part if empty else part + _line(depth))
        elif part in {"}", "]"}:
            depth -= 1
            parts.append(part if tokens[at - 1] in {"{", "["} else _line(depth) + part)
        elif part == ",":
            parts.append(part + _line(depth))
        else:
            parts.append(": " if part == ":" else part)
    return "".join(parts)


def _line(depth: int) -> str:
    return "\n" + _INDENT * min(depth, _DEEPEST)
