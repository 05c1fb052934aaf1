"""The page `docs/reference/review-rules.md`, made of the catalogue.

`python -m lifecycle.review.rules_page > docs/reference/review-rules.md` writes it anew.
"""

import sys
from typing import Final

from lifecycle.review.model import Category
from lifecycle.review.rules import RULES

MEANINGS: Final = {
    Category.IDENTITY: "Customers are told apart or matched differently: profiles split, merge or "
    "lose what they are known by, or objects are rejected.",
    Category.BACKFILL: "Profiles are wrong or stale until their objects are put again; a value "
    "that nothing writes any more stands until somebody clears it.",
    Category.FORWARD_ONLY: "Objects put from now on behave differently; what is there is as it "
    "was, and may stay.",
    Category.ADDITIVE: "New values appear; none that is there changes its meaning.",
    Category.COSMETIC: "Nothing that anybody sees in a profile.",
}
"""What each category asks of whoever merges, the worst first."""

_HEAD: Final = """\
# Rules of `lifecycle review`

Generated from `lifecycle/review/rules.py`. A mapping change is not retroactive: the service does
not look at objects again that were put before. So each change is judged by what it does to
profiles that are there. Rows are compared by name; their order means nothing.

An id never changes its meaning: `review-exceptions.yaml` refers to it.
"""


def rules_markdown() -> str:
    """The whole page."""
    parts = [_HEAD]
    for category, meaning in MEANINGS.items():
        rows = [f"| `{rule.id}` | {rule.purpose} |" for rule in RULES if rule.category is category]
        table = "\n".join(["| Rule | What is found |", "|---|---|", *rows])
        parts.append(f"## {category.name}\n\n{meaning}\n\n{table}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(rules_markdown())
