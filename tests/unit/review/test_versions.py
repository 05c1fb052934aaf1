"""Versions are loaded from real git repositories, and nothing of it stays behind."""

import os
import subprocess
from pathlib import Path

import pytest

from lifecycle.errors import CouldNotRunError
from lifecycle.review import versions
from lifecycle.review.versions import load_folder, load_git
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType

MODULE = """\
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="{name}",
    description="{text}",
    fields=(Field("id", "_source.id", "_profile.AccountNumber"),),
    keys=(Key("_account", ("id",), (PROFILE, UNIQUE)),),
)
EXAMPLES = ({{"id": "1", "rows": [1, 2.5, None]}},)
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody whose configuration is not this machine's."""
    environ = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "somebody"), ("EMAIL", "somebody@example.invalid"))
        },
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environ, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def write(root: Path, name: str, text: str) -> None:
    """A module of `mappings/`; {name} and {text} stand for its name and for the text."""
    path = root / "mappings" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def commit(root: Path, text: str) -> str:
    """Commit a mapping `crm` with this description; the commit."""
    write(root, "crm", MODULE.format(name="Crm", text=text))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", text)
    return git(root, "rev-parse", "HEAD")


def described(version: versions.Version) -> str:
    """The description of the one type."""
    (snapshot,) = version.snapshots
    return snapshot.object_type.description


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one commit, `first`, on main."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "first")
    return folder


@pytest.fixture
def refusal(root: Path) -> "Refusal":
    return Refusal(root)


class Refusal:
    """The text with which a reference is refused."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, reference: str | None) -> str:
        with pytest.raises(CouldNotRunError) as refused:
            load_git(reference, self.root)
        return str(refused.value)


def test_a_commit_is_loaded_as_it_was_whatever_the_working_tree_is(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD")
    git(root, "tag", "v1")
    commit(root, "second")
    write(root, "crm", MODULE.format(name="Crm", text="third"))
    old = load_git("v1", root)
    assert (old.name, described(old)) == (f"v1 ({first[:7]})", "first")
    assert described(load_git("HEAD", root)) == "second"
    now = load_folder(root / "mappings")
    assert (now.name, described(now)) == ("the working tree", "third")


def test_a_version_has_types_examples_and_the_lines_of_the_text(root: Path) -> None:
    (snapshot,) = load_git("HEAD", root).snapshots
    assert snapshot.object_type == ObjectType(
        "Crm",
        "first",
        (Field("id", "_source.id", "_profile.AccountNumber"),),
        (Key("_account", ("id",), (PROFILE, UNIQUE)),),
    )
    assert snapshot.file == "mappings/crm.py"
    assert snapshot.examples == ({"id": "1", "rows": [1, 2.5, None]},)
    assert (snapshot.places[""], snapshot.places["field id"]) == (3, 6)


def test_what_does_not_load_and_what_is_refused_are_told_and_the_rest_is_there(root: Path) -> None:
    right = MODULE.format(name="Crm", text="right")
    write(root, "broken", "import json\n\njson.missing\n")
    write(root, "comma", right.replace("UNIQUE)),)", "UNIQUE)))").replace("Crm", "Comma"))
    write(root, "first", right.replace('"Crm"', '"1st"'))
    write(root, "prints", f"print('{{')\n{right.replace('Crm', 'Prints')}")
    write(root, "latin", f"# coding: latin-1\n{right.replace('Crm', 'Latin')}")
    path = root / "mappings" / "latin.py"
    path.write_bytes(path.read_bytes().replace(b"right", b"caf\xe9"))
    (root / "mappings" / "shared").mkdir()
    write(root, "shared/rows", "TEXT = 'of this folder'\n")
    write(
        root,
        "sibling",
        "from mappings.shared.rows import TEXT\n"
        + right.replace("Crm", "Sibling").replace('"right"', "TEXT"),
    )
    version = load_folder(root / "mappings")
    assert {each.object_type.name: each.object_type.description for each in version.snapshots} == {
        "Crm": "first",
        "1st": "right",
        "Latin": "café",
        "Prints": "right",
        "Sibling": "of this folder",
    }
    assert version.failures == {
        "mappings/broken.py": "AttributeError: module 'json' has no attribute 'missing' (line 3)",
        "mappings/comma.py": "keys is a Key",
    }
    (finding,) = version.findings
    assert finding.startswith("mappings/first.py: 1st: the name is not allowed [TYPE_NAME] -> ")


def test_a_warning_of_validation_is_no_finding(root: Path) -> None:
    unused = MODULE.replace('"),),\n    keys', '"), Field("note", "_source.note")),\n    keys')
    assert "note" in unused
    write(root, "crm", unused.format(name="Crm", text="x"))
    assert load_folder(root / "mappings").findings == ()


def test_values_that_are_not_of_the_vocabulary_survive(root: Path) -> None:
    odd = MODULE.format(name="Crm", text="\\ud800").replace('AccountNumber"', 'AccountNumber", "X"')
    write(root, "crm", odd.replace("PROFILE, UNIQUE)", "'Y', UNIQUE)").replace("2.5", f"{2**80}"))
    (snapshot,) = load_folder(root / "mappings").snapshots
    assert snapshot.object_type.description == "\ud800"
    assert snapshot.object_type.fields[0].content_type == "X"
    assert snapshot.object_type.keys[0].identifiers == ("Y", "UNIQUE")
    assert snapshot.examples[0]["rows"][1] == 2**80


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os\nos._exit(7)\n", "ended the process: exit code 7"),
        ("raise KeyboardInterrupt\n", "ended the process: KeyboardInterrupt"),
        ("while True:\n    pass\n", "did not load in 0.3 s: a module runs on and on"),
    ],
)
def test_a_module_that_takes_the_process_with_it_could_not_run(
    root: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    if "while" in text:
        monkeypatch.setattr(versions, "TIMEOUT_SECONDS", 0.3)
    write(root, "crm", text)
    with pytest.raises(CouldNotRunError) as refused:
        load_folder(root / "mappings")
    assert str(refused.value) == f"the mappings of the working tree {said}"


def test_a_folder_that_is_not_there_could_not_run(tmp_path: Path) -> None:
    with pytest.raises(CouldNotRunError, match=r"there is no folder .*nowhere"):
        load_folder(tmp_path / "nowhere")


def test_a_commit_without_mappings_has_no_object_types(root: Path) -> None:
    git(root, "rm", "--quiet", "-r", "mappings")
    git(root, "commit", "--quiet", "--message", "empty")
    version = load_git("HEAD", root)
    assert (version.snapshots, dict(version.failures)) == ((), {})


def test_the_repository_may_be_a_folder_of_a_larger_one(root: Path) -> None:
    commit(root / "below", "inner")
    assert described(load_git("HEAD", root / "below")) == "inner"


# Which version is compared with, if none is named


def test_it_is_where_the_branch_left_origin_main(root: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(root), str(clone))
    start = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "--quiet", "-b", "topic")
    commit(clone, "topic")
    commit(root, "later on main")
    git(clone, "fetch", "--quiet")
    # What is committed to the own main is not on origin/main yet.
    git(clone, "branch", "--force", "main", "topic")
    version = load_git(None, clone)
    assert version.name == f"merge base with origin/main ({start[:7]})"
    assert described(version) == "first"


def test_it_is_where_the_branch_left_main_if_there_is_no_origin(root: Path) -> None:
    git(root, "checkout", "--quiet", "-b", "topic")
    commit(root, "topic")
    version = load_git(None, root)
    assert version.name.startswith("merge base with main (")
    assert described(version) == "first"


def test_without_either_the_way_out_is_told(root: Path, refusal: Refusal) -> None:
    git(root, "branch", "--move", "main", "trunk")
    assert refusal(None) == (
        "there is neither origin/main nor main to compare with: run git fetch origin main "
        "(in GitHub Actions: actions/checkout with fetch-depth: 0), or name a version with "
        "--against"
    )


def test_without_a_common_commit_the_way_out_is_told(root: Path, refusal: Refusal) -> None:
    git(root, "checkout", "--quiet", "--orphan", "other")
    commit(root, "unrelated")
    assert refusal(None) == (
        "HEAD and main have no commit in common; in a shallow clone run git fetch --unshallow, or "
        "name a version with --against"
    )


@pytest.mark.parametrize("reference", ["nope", "--help", "", "HEAD:mappings", "-"])
def test_what_is_no_commit_is_refused(refusal: Refusal, reference: str) -> None:
    assert refusal(reference) == (
        f"git knows no commit {reference!r}: fetch it first (git fetch origin), or name another "
        "with --against"
    )


def test_outside_of_git_it_says_so(tmp_path: Path) -> None:
    for reference in (None, "HEAD"):
        assert "not a git repository" in Refusal(tmp_path)(reference)


def test_without_git_it_says_so(refusal: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert refusal("HEAD") == "git was not found: install it, or put it on PATH"


# What stays behind


def test_no_worktree_stays_behind_whatever_happens(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    def left() -> tuple[int, list[Path]]:
        return git(root, "worktree", "list").count("\n"), list(temporary.iterdir())

    load_git("HEAD", root)
    assert left() == (0, [])

    def stopped(folder: Path, name: str) -> versions.Version:
        assert left()[0] == 1
        assert (folder / "crm.py").is_file()
        raise KeyboardInterrupt(name)

    monkeypatch.setattr(versions, "_load", stopped)
    with pytest.raises(KeyboardInterrupt):
        load_git("HEAD", root)
    assert left() == (0, [])


def test_no_hook_runs_and_the_branch_and_the_index_are_as_they_were(root: Path) -> None:
    hook = root / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {root}/hooked\n", encoding="utf-8")
    hook.chmod(0o755)
    write(root, "staged", MODULE.format(name="Staged", text="x"))
    git(root, "add", "--all")
    before = git(root, "status", "--short", "--branch")
    load_git("HEAD", root)
    assert git(root, "status", "--short", "--branch") == before
    assert not (root / "hooked").exists()


def test_variables_that_git_sets_for_hooks_do_not_lead_elsewhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert described(load_git("HEAD", root)) == "first"
