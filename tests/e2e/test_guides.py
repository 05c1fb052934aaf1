"""Guides that a reader follows from beginning to end, followed."""

from pathlib import Path

import pytest

from tests.e2e import walk
from tests.pages import blocks, pages

pytestmark = pytest.mark.e2e


LOAD = "lifecycle load trials.ndjson --type TrialSubscription -s local"
# What ends with another exit code than 0, as the page says.
FAILS = {
    "docs/guides/add-an-attribute.md": [],
    "docs/guides/first-mapping.md": [],
    "docs/guides/ingestion.md": [],
    "docs/guides/load.md": [f"{LOAD} --dry-run", f"{LOAD} --verify 2", LOAD],
    "docs/guides/rename-an-attribute.md": [],
}


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("page", FAILS)
def test_a_guide_ends_as_it_says(tmp_path: Path, page: str) -> None:
    reader = walk.clone(tmp_path)
    reader.follow(blocks(pages()[page]))
    assert reader.failed == FAILS[page]
