"""The formats in which a review is reported, by the names that the command line has for them."""

from collections.abc import Callable, Mapping
from typing import Final

from lifecycle.review.formats.github import github
from lifecycle.review.formats.json_format import json_format
from lifecycle.review.formats.junit import junit
from lifecycle.review.formats.markdown import markdown
from lifecycle.review.formats.sarif import sarif
from lifecycle.review.formats.text import text
from lifecycle.review.review_report import ReviewReport

RENDERERS: Final[Mapping[str, Callable[[ReviewReport], str]]] = {
    "text": text,
    "json": json_format,
    "markdown": markdown,
    "github": github,
    "sarif": sarif,
    "junit": junit,
}
