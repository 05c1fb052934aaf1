"""The page `docs/reference/policy-rules.md`, made of the rules.

`python -m policy.rules_page > docs/reference/policy-rules.md` writes it anew.
"""

import sys
from typing import Final

from policy.exceptions import EXCEPTIONS
from policy.rules import RULES

_HEAD: Final = """\
# Rules over the resources of a stack

Generated from `policy/`. `make check` applies them to the program with each stack's settings; as a
policy pack they stop a deployment: see [environments](../guides/environments.md#policy). An id
never changes its meaning.

| Rule | What has to hold | The way out |
|---|---|---|
"""


def rules_markdown() -> str:
    """The whole page."""
    rows = [f"| `{rule.id}` | {rule.purpose} | {rule.way_out} |" for rule in RULES]
    exceptions = [
        f"| `{each.rule}` | `{each.type}` {each.name or ''} | {each.why} |" for each in EXCEPTIONS
    ]
    table = ["", "## Exceptions", "", "| Rule | Resource | Why |", "|---|---|---|", *exceptions]
    return _HEAD + "\n".join([*rows, *table]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rules_markdown())
