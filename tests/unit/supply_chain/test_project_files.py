"""What is locked, what is released, and what contributors are told of both."""

import re
import subprocess
from pathlib import Path

import pytest

from emulator import __version__ as version
from tests.unit.workflows import SHELL, load

REPOSITORY = Path(__file__).parents[3]
LOCKS = ("requirements.lock", "requirements-audit.lock")


def read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def step(name: str) -> str:
    """The script of a step that builds a release."""
    (found,) = [each for each in load("release")["jobs"]["build"]["steps"] if each["name"] == name]
    return str(found["run"])


def run(script: str, folder: Path, tag: str) -> int:
    file = folder / "script.sh"
    file.write_text(script, encoding="utf-8")
    environ = {"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": tag, "GITHUB_SHA": "HEAD"}
    command = SHELL.format(file).split()
    return subprocess.run(command, cwd=folder, env=environ, check=False).returncode


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_to_one_version_with_hashes(name: str) -> None:
    entries = re.split(r"\n(?=[a-z])", read(name).strip())
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==\S+ ", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
    assert "://" not in read(name)


def test_no_release_is_locked_before_it_is_a_week_old() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--assume-old=setup", "lock"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    compiled = [line for line in done.stdout.replace("\\\n", " ").splitlines() if "compile" in line]
    assert len(compiled) == len(LOCKS)
    assert all('--exclude-newer "7 days"' in line for line in compiled)
    assert all("--generate-hashes" in line for line in compiled)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_make_target_that_is_named_is_one_and_every_link_leads_somewhere(name: str) -> None:
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make (\w+)", read(name), re.MULTILINE)) <= targets
    links = re.findall(r"\]\((?!https?:)([^)#]+)", read(name))
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def test_contributors_are_told_of_every_room() -> None:
    listed = set(re.findall(r"^\| `(\w+)/`", read("README.md"), re.MULTILINE))
    rooms = {path.parent.name for path in REPOSITORY.glob("*/__init__.py")}
    assert rooms - {"benchmarks", "tests"} <= listed


def test_a_release_says_what_the_changelog_has_under_its_version(tmp_path: Path) -> None:
    (tmp_path / "build" / "release").mkdir(parents=True)
    (tmp_path / "CHANGELOG.md").write_text(read("CHANGELOG.md"), encoding="utf-8")
    script = step("Take what the changelog says of it")
    assert run(script, tmp_path, f"v{version}") == 0
    notes = (tmp_path / "build" / "release" / "notes.md").read_text(encoding="utf-8")
    assert notes.strip() in read("CHANGELOG.md")
    assert "## " not in notes
    assert run(script, tmp_path, "v99.0.0") != 0


def test_a_tag_of_another_version_or_branch_is_refused(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        options = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *options, *arguments], cwd=tmp_path, check=True, capture_output=True)

    script = step("Refuse a tag that is not on the main branch, or not this version")
    (tmp_path / "emulator").mkdir()
    file = "emulator/__init__.py"
    (tmp_path / file).write_text(read(file), encoding="utf-8")
    git("init", "--quiet")
    git("add", file)
    git("commit", "--quiet", "--message=one")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert run(script, tmp_path, f"v{version}") == 0
    assert run(script, tmp_path, "v99.0.0") != 0
    git("commit", "--quiet", "--allow-empty", "--message=elsewhere")
    assert run(script, tmp_path, f"v{version}") != 0
