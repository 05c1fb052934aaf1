"""Guides that a reader follows from beginning to end, followed."""

from pathlib import Path

import pytest

from tests.e2e import walk
from tests.pages import pages

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize(
    "page",
    [
        "docs/guides/first-mapping.md",
        "docs/guides/add-an-attribute.md",
        "docs/guides/rename-an-attribute.md",
    ],
)
def test_a_guide_ends_as_it_says(tmp_path: Path, page: str) -> None:
    reader = walk.clone(tmp_path)
    reader.follow(pages()[page])
    assert reader.failed == []
