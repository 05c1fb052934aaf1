"""Texts of others in Markdown as GitHub reads it: shown as they are, and never more than text.

Each function gives one line without anything that Markdown or HTML would take for markup. It may
stand in a table's cell or in a paragraph, but not at its beginning, where a word alone can mean a
list or a heading.
"""

import re
from typing import Final

from lifecycle.review.formats.words import printable

# What a code span shows as it is, in a table's cell too.
_SPAN: Final = re.compile(r"(?! )[\w.,:;/{}$%()=+•#@?'! -]+(?<! )")
_MARKUP: Final = re.compile(r"[!\"#$&*+<=>?@\[\\\]^_`{|}~]|:(?=//)")
_WEB: Final = re.compile(r"(?i)\bwww\.")
_ACCESSOR: Final = re.compile(r"(\b_(?:profile|source)(?:\.\w+)+)")
_NO_MENTION: Final = "&#8203;"
"""Of no width: what follows `@` or `#` names neither a person nor an issue."""


def code(text: str) -> str:
    """In the font of code."""
    shown = printable(text)
    if _SPAN.fullmatch(shown):
        return f"`{shown}`"
    return f"<code>{_escaped(shown)}</code>"


def prose(text: str) -> str:
    """As plain words, with accessors such as `_profile.EmailAddress` in the font of code."""
    parts = _ACCESSOR.split(printable(text))
    return "".join(f"`{part}`" if n % 2 else _words(part) for n, part in enumerate(parts))


def html(text: str) -> str:
    """As plain words inside an element, where Markdown means nothing."""
    return _words(printable(text))


def _words(text: str) -> str:
    return re.sub("(&#64;|&#35;)", rf"\1{_NO_MENTION}", _escaped(text))


def _escaped(text: str) -> str:
    escaped = _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)
    return _WEB.sub("www&#46;", escaped)
