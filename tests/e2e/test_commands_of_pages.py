"""Commands of pages that speak of a stack in AWS, as they stand, on one in a local AWS."""

import gzip
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import walk
from tests.pages import Block, blocks, pages

pytestmark = pytest.mark.e2e

PURCHASE = {"UserId": "00001", "autoRenew": "True"}
TRIAL = {"UserId": "00001", "status": "Active"}
PROFILE = "lifecycle profile -s dev 00001"


@pytest.fixture(scope="module")
def reader(
    programs: Path, tmp_path_factory: pytest.TempPathFactory, start_emulator: Callable[..., Any]
) -> Iterator[walk.Walk]:
    """Somebody with stacks for AWS, which really are on a local one, and files of their own."""
    assert programs
    folder = tmp_path_factory.mktemp("reader")
    reader = walk.clone(folder)
    reader.environ |= {
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
    }
    with start_emulator(folder / "emulator.log") as emulator:
        walk.on_local_aws(reader, "dev", emulator.url)
        _files(reader)
        yield reader
    assert "Traceback" not in (folder / "emulator.log").read_text(encoding="utf-8")


def _files(reader: walk.Walk) -> None:
    """What the pages name and leave to the reader."""
    files = {
        "changes.ndjson": json.dumps(PURCHASE),
        "trials.ndjson": json.dumps(TRIAL),
        "trials.csv": "UserId,status\n00001,Active",
        "export.ndjson": json.dumps({"ObjectTypeName": "TrialSubscription", "Object": TRIAL}),
    }
    for name, text in files.items():
        (reader.folder / name).write_text(f"{text}\n", encoding="utf-8")
    packed = gzip.compress(json.dumps(PURCHASE).encode())
    (reader.folder / "purchases.ndjson.gz").write_bytes(packed)
    git = ["git", "-c", "user.name=tests", "-c", "user.email=tests@example.com"]
    for command in (
        [*git, "commit", "--quiet", "--all", "-m", "Stacks"],
        ["git", "tag", "v1.2"],
        ["git", "update-ref", "refs/remotes/origin/main", "HEAD"],
        ["mkdir", "../other"],
        ["cp", "-r", "mappings", "../other/mappings"],
    ):
        subprocess.run(command, cwd=reader.folder, check=True)


def of(page: str) -> dict[str, Block]:
    """Its commands, by the first line of each block."""
    return {
        each.text.partition("\n")[0].partition("  ")[0]: each
        for each in blocks(pages()[page])
        if each.language == "sh"
    }


def test_the_readme_from_an_empty_account_to_loaded_customers(reader: walk.Walk) -> None:
    found = of("README.md")
    demo, review, send, load, deploy, local = found.values()
    assert demo.text.startswith("make demo")
    reader.follow([deploy, review, send, load, local])
    # A message takes a moment, and here nobody waits for it.
    assert reader.failed in ([], [PROFILE])
    assert "16 of 16 attributes agree" in reader.said[0]


def test_every_review_of_its_page(reader: walk.Walk) -> None:
    reader.follow([ACTIVATE, *of("docs/guides/review.md").values()])
    assert reader.failed == []


ACTIVATE = Block("sh", '. .venv/bin/activate\nexport PATH="$(make -s toolchain | tail -1):$PATH"\n')
