"""The guide to reviews says what there is."""

import re
import shlex
import shutil
from pathlib import Path

import click

from lifecycle import review_command
from lifecycle.cli import main
from lifecycle.review.diff import compare
from lifecycle.review.exceptions import read_exceptions
from lifecycle.review.formats.text import text
from lifecycle.review.model import Category
from lifecycle.review.replay import replay
from lifecycle.review.replay_model import ReplayOptions
from lifecycle.review.review_report import make_report
from lifecycle.review.versions import load_folder
from mappings import FOLDER

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "review.md"


def test_every_command_of_the_guide_is_one() -> None:
    guide = GUIDE.read_text(encoding="utf-8").replace("\\\n", " ")
    calls = [
        shlex.split(call, comments=True)
        for call in re.findall(r"^lifecycle review.*", guide, re.MULTILINE)
    ]
    assert len(calls) > 5
    # As the command line makes it: a command remembers how its help was asked for first.
    parent = click.Context(main, **main.context_settings)
    for _, _, *arguments in calls:
        review_command.review.make_context("review", arguments, parent=parent)


def test_the_exceptions_of_the_guide_can_be_read(tmp_path: Path) -> None:
    (entries,) = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "review-exceptions.yaml"
    path.write_text(entries, encoding="utf-8")
    (entry,) = read_exceptions(path)
    assert entry.place == "field status"


def test_the_guide_names_every_category_format_and_option() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    named = {*review_command.CATEGORIES, *review_command.FORMATS}
    assert {each for each in named if f"| `{each}` |" not in guide} == set()
    options = {option for each in review_command.review.params for option in each.opts}
    assert {each for each in options if each not in guide} == set()


def test_the_guide_shows_what_a_review_says(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "mappings")
    module = tmp_path / "mappings" / "trial_subscription.py"
    source = module.read_text(encoding="utf-8")
    module.write_text(source.replace("TrialStatus", "TrialState"), encoding="utf-8")
    old, new = load_folder(), load_folder(tmp_path / "mappings")
    replayed = replay(old, new, (), ReplayOptions())
    shown = text(make_report(old, new, compare(old, new), replayed, Category.COSMETIC))
    excerpts = re.findall(r"```text\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(excerpts) == 2
    assert [each for each in excerpts if each not in shown] == []
