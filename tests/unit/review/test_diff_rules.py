"""The catalogue of rules, and the page that is made of it."""

import re

from lifecycle.review.model import Category
from lifecycle.review.rules import RULES
from lifecycle.review.rules_page import MEANINGS, rules_markdown
from lifecycle.review.versions import ROOT

PAGE = ROOT / "docs" / "reference" / "review-rules.md"


def test_every_rule_has_an_id_of_its_own_and_one_line_of_purpose() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.purpose for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", rule.id)
        assert re.fullmatch(r"[A-Z][^\n|]*\.", rule.purpose)


def test_the_page_has_every_rule_under_its_category_the_worst_first() -> None:
    found: dict[str, list[str]] = {}
    for line in rules_markdown().splitlines():
        if line.startswith("## "):
            found[line.removeprefix("## ")] = []
        elif row := re.match(r"\| `(\w+)` \| .+ \|$", line):
            found[list(found)[-1]].append(row[1])
    assert found == {
        category.name: [rule.id for rule in RULES if rule.category is category]
        for category in sorted(Category, reverse=True)
    }
    assert list(MEANINGS) == sorted(Category, reverse=True)


def test_the_page_in_the_repository_is_the_generated_one() -> None:
    command = "python -m lifecycle.review.rules_page > docs/reference/review-rules.md"
    assert PAGE.read_text(encoding="utf-8") == rules_markdown(), f"write it anew: {command}"
