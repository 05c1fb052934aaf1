"""The catalogue of rules as `lifecycle review --rules` prints it."""

import textwrap
from collections.abc import Callable, Mapping
from typing import Final

from lifecycle.review.formats.json_format import dump
from lifecycle.review.formats.text import WIDTH
from lifecycle.review.rules import RULES
from lifecycle.review.rules_page import MEANINGS, rules_markdown


def rules_text() -> str:
    """For a terminal."""
    lines = []
    for category, meaning in MEANINGS.items():
        lines += [category.name, *textwrap.wrap(meaning, WIDTH), ""]
        for rule in RULES:
            if rule.category is category:
                lines += [f"  {rule.id}", *_indented(rule.purpose), ""]
    return "\n".join(lines)


def rules_json() -> str:
    """For programs."""
    return dump(
        {
            "categories": [
                {"name": category.name, "meaning": meaning}
                for category, meaning in MEANINGS.items()
            ],
            "rules": [
                {"id": rule.id, "category": rule.category.name, "purpose": rule.purpose}
                for rule in RULES
            ],
        }
    )


LISTINGS: Final[Mapping[str, Callable[[], str]]] = {
    "text": rules_text,
    "json": rules_json,
    "markdown": rules_markdown,
}


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ")
