"""Finds the named parameters of an SQL text, and nothing that only looks like one.

`:name` is a parameter wherever the database would read a value: not inside a string, a quoted
identifier or a comment, and not in a cast (`::`). Each occurrence becomes a placeholder of its
own, as the service does: a name that stands twice is bound twice.

The service itself also reads `:name` inside a dollar-quoted text, and so changes what a function
body says. Here such a text stays as it is.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database writes what is no parameter.

    placeholder: how a numbered placeholder begins. tokens: a pattern of a parameter or whatever
    could hide one; its group `name` is a parameter's name, `comment` the start of a comment whose
    end must be counted.
    """

    placeholder: str
    tokens: str


@dataclass(frozen=True, slots=True)
class Statement:
    """An SQL text with numbered placeholders, and the name of the parameter at each of them."""

    text: str
    names: tuple[str, ...]


_STRING: Final = r"'[^']*(?:''[^']*)*(?:'|\Z)"
_IDENTIFIER: Final = r'"[^"]*(?:""[^"]*)*(?:"|\Z)'
_CAST: Final = r"::+"
_PARAMETER: Final = r":(?P<name>\w+)"

SQLITE: Final = Dialect(
    "?",
    "|".join(
        [
            _STRING,
            _IDENTIFIER,
            r"`[^`]*(?:``[^`]*)*(?:`|\Z)",
            r"\[[^\]]*(?:\]|\Z)",
            r"--[^\n]*",
            r"/\*.*?(?:\*/|\Z)",
            _CAST,
            _PARAMETER,
        ]
    ),
)

_NOT_IN_A_WORD: Final = r"(?<![\w$\x80-\U0010ffff])"
_ESCAPED: Final = r"[^'\\]*(?:(?:\\.|'')[^'\\]*)*"
_TAG: Final = r"(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?"

POSTGRESQL: Final = Dialect(
    "$",
    "|".join(
        [
            # A string goes on after a line break, with the escapes that it began with.
            rf"{_NOT_IN_A_WORD}[eE]'{_ESCAPED}(?:'[ \t\f\v]*[\n\r]\s*'{_ESCAPED})*(?:'|\\?\Z)",
            rf"{_NOT_IN_A_WORD}\$(?P<tag>{_TAG})\$.*?(?:\$(?P=tag)\$|\Z)",
            _STRING,
            _IDENTIFIER,
            r"--[^\n\r]*",
            r"(?P<comment>/\*)",
            _CAST,
            _PARAMETER,
        ]
    ),
)

_COMMENT_MARKS: Final = re.compile(r"/\*|\*/")


def scan(sql: str, dialect: Dialect) -> Statement:
    """The statement of a text in which parameters are named."""
    pieces: list[str] = []
    names: list[str] = []
    kept = at = 0
    tokens = _compiled(dialect.tokens)
    while (token := tokens.search(sql, at)) is not None:
        at = token.end()
        if token.lastgroup == "comment":
            at = _comment_end(sql, at)
        elif token.lastgroup == "name":
            names.append(token["name"])
            pieces += [sql[kept : token.start()], f"{dialect.placeholder}{len(names)}"]
            kept = at
    return Statement("".join([*pieces, sql[kept:]]), tuple(names))


@cache
def _compiled(tokens: str) -> re.Pattern[str]:
    """At the first use: it takes longer than anything else that starts with the local AWS."""
    return re.compile(tokens, re.DOTALL)


def _comment_end(sql: str, at: int) -> int:
    """Where a comment ends that began before `at` and may hold others."""
    depth = 1
    for mark in _COMMENT_MARKS.finditer(sql, at):
        depth += 1 if mark[0] == "/*" else -1
        if not depth:
            return mark.end()
    return len(sql)
