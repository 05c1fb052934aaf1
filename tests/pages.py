"""The project's pages of documentation, and the blocks that stand in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FENCED = re.compile(r"^```(?P<language>[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page. language: behind its fence, "" without one."""

    language: str
    text: str


def pages() -> dict[str, str]:
    """Path below the repository to the text of every page that people read."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "toolchain" / "README.md"]
    found += [*ROOT.glob("packages/*/README.md"), *ROOT.glob("tests/*/README.md")]
    found += [*ROOT.glob("examples/*/README.md")]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(found)
    }


def blocks(text: str) -> list[Block]:
    """All fenced blocks, in their order."""
    return [Block(each["language"], each["text"]) for each in _FENCED.finditer(text)]
