"""Every command in every page is run by a test, or it is said here why it cannot be."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from lifecycle.cli import main
from tests.pages import ROOT, Block, blocks, pages

LANGUAGES = {"diff", "json", "python", "sh", "text", "yaml"}
PROGRAMS = "aws|bash|cd|curl|export|git|lifecycle|make|npm|npx|pip|pulumi|python|sdkgen|terraform"

GUIDES = "tests/e2e/test_guides.py::test_a_guide_ends_as_it_says"
STACKS = "tests/e2e/test_commands_of_pages.py"
RUN = {
    "README.md": f"{STACKS}::test_the_readme_from_an_empty_account_to_loaded_customers",
    "docs/guides/add-an-attribute.md": GUIDES,
    "docs/guides/environments.md": (
        "tests/e2e/test_environments_guide.py::test_the_commands_of_the_guide_do_what_it_says"
    ),
    "docs/guides/first-mapping.md": GUIDES,
    "docs/guides/import.md": (
        "tests/emulator/test_import.py::test_every_command_of_the_guide_does_what_it_says"
    ),
    "docs/guides/ingestion.md": GUIDES,
    "docs/guides/load.md": GUIDES,
    "docs/guides/on-call.md": (
        "tests/emulator/test_on_call_guide.py::test_every_command_of_the_guide_does_what_it_says"
    ),
    "docs/guides/other-languages.md": "tests/e2e/examples.py::commands",
    "docs/guides/rename-an-attribute.md": GUIDES,
    "docs/guides/review.md": f"{STACKS}::test_every_review_of_its_page",
}
"""The test that runs all blocks of commands of the page, but those below."""

NOT_RUN = {
    ("docs/guides/other-languages.md", ". .venv/bin/activate"): (
        "a test has a terminal, a toolchain and a local AWS of its own"
    ),
    ("docs/guides/other-languages.md", "kill %1"): "so it ends them in its own way",
    ("CONTRIBUTING.md", "make setup "): "they are what runs the tests",
    ("README.md", "make demo "): (
        "tests/e2e/test_demo.py runs what `make demo` runs, and `make test` runs this"
    ),
    ("docs/guides/parity-with-aws.md", "export AWS_PROFILE="): (
        "it needs credentials of AWS; tests/parity runs without them in every `make test`"
    ),
    ("docs/guides/pull-requests.md", "export PULUMI_BACKEND_URL=s3://"): (
        "it needs a bucket and a KMS key of AWS, and writes a file that GitHub then reads"
    ),
    ("docs/guides/testing-with-the-local-aws.md", "pip install PATH-TO-THIS-TREE"): (
        "tests/emulator/test_distribution.py installs that folder; a URL is the reader's own"
    ),
}
"""(page, how the block begins) to the reason."""


def commands() -> Iterator[tuple[str, Block]]:
    """(page, block) of all that a reader is told to type."""
    for page, text in pages().items():
        for block in blocks(text):
            if block.language == "sh":
                yield page, block


def excused(page: str, block: Block) -> list[tuple[str, str]]:
    """The rows of NOT_RUN that are about the block."""
    return [each for each in NOT_RUN if each[0] == page and block.text.startswith(each[1])]


def test_every_block_of_commands_is_run_by_a_test_or_has_a_reason() -> None:
    found = list(commands())
    assert len(found) > 50
    assert [
        f"{page}: {block.text.partition(chr(10))[0]}"
        for page, block in found
        if page not in RUN and not excused(page, block)
    ] == []


def test_every_reason_is_about_one_block_that_is_there() -> None:
    about = [row for page, block in commands() for row in excused(page, block)]
    assert sorted(about) == sorted(NOT_RUN)


@pytest.mark.parametrize("page", RUN)
def test_the_test_that_runs_a_page_is_there_and_reads_it(page: str) -> None:
    path, _, name = RUN[page].partition("::")
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", source, re.MULTILINE)
    assert page.rpartition("/")[2] in source


def test_no_command_hides_in_a_block_of_another_kind() -> None:
    assert [
        page for page, text in pages().items() if re.search(r"^[ \t]+```", text, re.MULTILINE)
    ] == []
    kinds = {(page, each.language) for page, text in pages().items() for each in blocks(text)}
    assert {each for each in kinds if each[1] not in LANGUAGES} == set()
    indented = re.compile(rf"^(?: {{4}}|\t)(?:{PROGRAMS}) .*$", re.MULTILINE)
    outside = {
        page: re.sub(r"^```.*?^```$", "", t, flags=re.MULTILINE | re.DOTALL)
        for page, t in pages().items()
    }
    assert {page: said for page, t in outside.items() if (said := indented.findall(t))} == {}


def test_every_lifecycle_command_in_any_text_is_one_that_there_is() -> None:
    parent = click.Context(main, **main.context_settings)
    asked = 0
    for page, text in pages().items():
        plain = text.replace("\\\n", " ")
        for line in re.findall(r"(?:^|`)lifecycle ([a-z][^`\n]*)", plain, re.MULTILINE):
            name, *arguments = shlex.split(re.split(r" [|&<>]", line)[0], comments=True)
            command = main.get_command(parent, name)
            assert command is not None, f"{page}: lifecycle {line}"
            known = {option for each in command.params for option in each.opts}
            if isinstance(command, click.Group):
                inner = [each for each in arguments if each in command.commands]
                known |= {
                    o for each in inner for p in command.commands[each].params for o in p.opts
                }
            options = {each for each in arguments if re.match(r"-{1,2}[a-z]", each)}
            assert {each.partition("=")[0] for each in options} <= known, f"{page}: {line}"
            asked += 1
    assert asked > 80


def test_every_make_target_in_any_text_is_one_that_there_is() -> None:
    targets = set(
        re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {
        name
        for text in pages().values()
        for name in re.findall(r"(?:^|`|\()make (?:-s )?(\w+)", text, re.MULTILINE)
    }
    assert {"demo", "test", "setup", "check"} <= named
    assert named <= targets


def test_every_link_of_a_page_leads_to_a_page_and_a_heading() -> None:
    broken = []
    for page, text in pages().items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, heading = target.partition("#")
            path = (ROOT / page).parent / name if name else ROOT / page
            anchors = headings(path.read_text(encoding="utf-8")) if heading else {heading}
            if not path.exists() or heading not in anchors:
                broken.append(f"{page}: {target}")
    assert broken == []


def headings(text: str) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    return {
        re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-")
        for each in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
