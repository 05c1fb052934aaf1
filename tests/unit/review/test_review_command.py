"""The command line of a review: what it compares with, what it writes, and how it ends."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result

from lifecycle import review_command
from lifecycle.cli import main
from lifecycle.errors import CouldNotRunError
from lifecycle.review import run as review_run
from lifecycle.review.formats import RENDERERS
from lifecycle.review.formats.markdown import MARKER
from lifecycle.review.model import Category, Snapshot, Version
from lifecycle.review.rules import RULES
from lifecycle.review.rules_page import rules_markdown
from profiles import ObjectType
from tests.unit.review.tables import CRM, TIER, crm

MARKER_VALUE = "a-customers-value"
EXAMPLE = {"id": "1", "tier": "Gold"}
OTHER_TARGET = crm(replace(TIER, target="_profile.Attributes.Level"))

Run = Callable[..., Result]


def version(name: str, object_type: ObjectType = CRM) -> Version:
    return Version(name, (Snapshot(object_type, "mappings/crm.py", (EXAMPLE,)),))


@dataclass
class Versions:
    """What the command gets to compare, and what it asked for."""

    root: Path
    new: Version = field(default_factory=lambda: version("the working tree", OTHER_TARGET))
    asked: list[object] = field(default_factory=list)

    def git(self, reference: str | None = None) -> Version:
        self.asked.append(("git", reference))
        return version("main (1a2b3c4)")

    def live(self, stack: str) -> Version:
        self.asked.append(("live", stack))
        return version(f"live:{stack}")

    def folder(self, folder: Path | None = None, name: str = "the working tree") -> Version:
        if folder is None:
            return self.new
        self.asked.append(("folder", folder))
        return version(name)


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Versions:
    given = Versions(tmp_path / "repository")
    given.root.mkdir()
    monkeypatch.setattr(review_run, "ROOT", given.root)
    monkeypatch.setattr(review_run, "load_git", given.git)
    monkeypatch.setattr(review_run, "load_live", given.live)
    monkeypatch.setattr(review_run, "load_folder", given.folder)
    monkeypatch.delenv(review_command.SUMMARY, raising=False)
    monkeypatch.chdir(tmp_path)
    return given


@pytest.fixture
def run(versions: Versions) -> Run:  # noqa: ARG001 - nothing of this repository is compared
    return lambda *arguments: CliRunner().invoke(main, ("review", *arguments))


def test_the_choices_are_those_of_the_formats_and_the_categories() -> None:
    assert tuple(RENDERERS) == review_command.FORMATS
    assert tuple(each.name for each in reversed(Category)) == review_command.CATEGORIES


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ((), ("git", None)),
        (("--against", "origin/main"), ("git", "origin/main")),
        (("--against", "live:dev"), ("live", "dev")),
    ],
)
def test_it_compares_with_a_commit_or_with_what_is_deployed(
    run: Run, versions: Versions, arguments: tuple[str, ...], asked: object
) -> None:
    assert run(*arguments).exit_code == 100
    assert versions.asked == [asked]


def test_it_compares_with_a_folder_of_mappings_or_one_that_holds_it(
    run: Run, versions: Versions, tmp_path: Path
) -> None:
    mappings = tmp_path / "other" / "mappings"
    mappings.mkdir(parents=True)
    (mappings / "crm.py").touch()
    assert "against other\n" in run("--against", "other").stdout
    assert run("--against", str(mappings)).exit_code == 100
    assert versions.asked == [("folder", Path("other/mappings")), ("folder", mappings)]


def test_a_folder_without_mappings_may_have_been_meant_as_a_branch(
    run: Run, versions: Versions, tmp_path: Path
) -> None:
    (tmp_path / "feature").mkdir()
    result = run("--against", "feature")
    assert (result.exit_code, result.stdout, versions.asked) == (1, "", [])
    assert result.stderr == (
        "could not run: feature is a folder without mappings; if a branch is meant, write"
        " refs/heads/feature\n"
    )


def test_a_version_that_cannot_be_had_is_no_finding(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: str | None = None) -> NoReturn:
        raise CouldNotRunError("git knows no commit 'x'")

    monkeypatch.setattr(review_run, "load_git", unknown)
    result = run("--against", "x")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "could not run: git knows no commit 'x'\n"


def test_it_ends_with_100_if_something_is_found_and_0_if_not(run: Run, versions: Versions) -> None:
    found = run()
    assert (found.exit_code, found.stderr) == (100, "")
    assert "FIELD_TARGET_CHANGED" in found.stdout
    assert "lost   Attributes.Tier" in found.stdout
    versions.new = version("the working tree")
    same = run()
    assert (same.exit_code, same.stderr) == (0, "")
    assert "Found: nothing." in same.stdout


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("IDENTITY", 0), ("BACKFILL", 100), ("FORWARD_ONLY", 100), ("COSMETIC", 100), ("never", 0)],
)
def test_the_threshold_decides_how_it_ends_and_shows_all_the_same(
    run: Run, fail_on: str, code: int
) -> None:
    result = run("--fail-on", fail_on)
    assert result.exit_code == code
    assert "FIELD_TARGET_CHANGED" in result.stdout


def test_what_the_service_would_refuse_ends_it_with_100(run: Run, versions: Versions) -> None:
    versions.new = replace(version("the working tree"), findings=("wrong [RULE] -> right",))
    assert run("--fail-on", "IDENTITY").exit_code == 100
    assert run("--fail-on", "never").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "xml"), "--format"),
        (("--fail-on", "anything"), "--fail-on"),
        (("--report", "html=a.html"), "the formats are text, json"),
        (("--report", "json"), "write FORMAT=FILE"),
        (("--report", "json="), "write FORMAT=FILE"),
        (("--report", "json=a", "--report", "sarif=a"), "a is written already"),
        (("--output", "a", "--report", "sarif=a"), "a is written already"),
        (("--output", "nowhere/a"), "no file can be nowhere/a"),
        (("--report", "json=nowhere/a"), "no file can be nowhere/a"),
        (("--report", "json=."), "no file can be ."),
        (("--exceptions", "nowhere.yaml"), "does not exist"),
        (("--no-replay", "--objects", "a.ndjson"), "leave out --no-replay"),
        (("--rules", "--format", "sarif"), "--rules are printed as text, json, markdown"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_loaded(
    run: Run, versions: Versions, arguments: tuple[str, ...], said: str
) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout, versions.asked) == (2, "", [])
    assert said in result.stderr


def test_one_run_writes_every_format(run: Run, versions: Versions, tmp_path: Path) -> None:
    reports = [f"--report={name}={tmp_path / name}" for name in RENDERERS]
    result = run(*reports)
    assert len(versions.asked) == 1
    written = {name: (tmp_path / name).read_text(encoding="utf-8") for name in RENDERERS}
    assert written["text"] == result.stdout
    assert json.loads(written["json"])["findings"][0]["rule"] == "FIELD_TARGET_CHANGED"
    assert written["markdown"].startswith(MARKER)
    assert written["github"].startswith("::notice title=Review of the mappings::")
    assert json.loads(written["sarif"])["version"] == "2.1.0"
    assert written["junit"].startswith("<?xml")


@pytest.mark.parametrize("name", RENDERERS)
def test_a_format_goes_to_a_file_instead_of_being_printed(
    run: Run, tmp_path: Path, name: str
) -> None:
    printed = run("--format", name)
    written = run("--format", name, "--output", str(tmp_path / "report"))
    assert (printed.exit_code, written.exit_code, written.stdout) == (100, 100, "")
    assert (tmp_path / "report").read_text(encoding="utf-8") == printed.stdout


def test_a_file_that_cannot_be_written_is_no_finding(run: Run) -> None:
    result = run("--output", "/dev/full")
    assert result.exit_code == 1
    assert result.stderr == "could not run: /dev/full cannot be written: No space left on device\n"


@pytest.mark.parametrize("arguments", [("--format", "github"), ("--report", "github=commands")])
def test_with_annotations_the_summary_of_the_job_gets_the_markdown(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n", encoding="utf-8")
    monkeypatch.setenv(review_command.SUMMARY, str(summary))
    run()
    assert summary.read_text(encoding="utf-8") == "# Before\n"
    run(*arguments)
    markdown = run("--format", "markdown").stdout
    assert summary.read_text(encoding="utf-8") == f"# Before\n{markdown}"


def test_a_summary_that_cannot_be_written_is_no_finding(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(review_command.SUMMARY, "/nowhere/summary.md")
    result = run("--format", "github")
    assert result.exit_code == 1
    assert "/nowhere/summary.md cannot be written" in result.stderr


def test_it_compares_only_if_that_is_wanted(run: Run) -> None:
    result = run("--no-replay", "--format", "json")
    assert result.exit_code == 100
    assert json.loads(result.stdout)["replay"] is None


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_gets_colour_unless_it_wants_none(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert review_command._is_coloured() is coloured


EXCEPTION = """\
- rule: {rule}
  objectType: Crm
  reason: ticket 1
  expires: {expires}
"""


def exceptions(path: Path, rule: str = "FIELD_TARGET_CHANGED", expires: str = "9999-12-31") -> str:
    path.write_text(EXCEPTION.format(rule=rule, expires=expires), encoding="utf-8")
    return str(path)


def test_the_repositorys_exceptions_let_their_findings_pass(run: Run, versions: Versions) -> None:
    exceptions(versions.root / "review-exceptions.yaml")
    result = run()
    assert result.exit_code == 0
    assert "Let pass: ticket 1" in result.stdout


def test_the_repositorys_exceptions_are_not_about_what_is_deployed(
    run: Run, versions: Versions, tmp_path: Path
) -> None:
    given = exceptions(tmp_path / "given.yaml")
    exceptions(versions.root / "review-exceptions.yaml")
    assert run("--against", "live:dev").exit_code == 100
    assert run("--against", "live:dev", "--exceptions", given).exit_code == 0


def test_other_exceptions_may_be_given(run: Run, versions: Versions, tmp_path: Path) -> None:
    exceptions(versions.root / "review-exceptions.yaml")
    given = exceptions(tmp_path / "given.yaml", "EXPIRY_SHORTENED")
    result = run("--exceptions", given, "--format", "json")
    assert result.exit_code == 100
    found = json.loads(result.stdout)["findings"]
    assert [each["rule"] for each in found] == ["FIELD_TARGET_CHANGED", "EXCEPTION_UNUSED"]
    assert found[1]["place"] == {"file": "given.yaml", "line": 1, "side": "new"}


def test_an_exception_that_has_expired_is_a_finding_in_its_file(
    run: Run, versions: Versions
) -> None:
    exceptions(versions.root / "review-exceptions.yaml", expires="2020-01-01")
    found = json.loads(run("--format", "json").stdout)["findings"]
    assert {each["rule"] for each in found} == {"FIELD_TARGET_CHANGED", "EXCEPTION_EXPIRED"}
    files = {each["place"]["file"] for each in found if each["rule"] == "EXCEPTION_EXPIRED"}
    assert files == {"review-exceptions.yaml"}


def test_exceptions_that_cannot_be_understood_are_no_finding(run: Run, versions: Versions) -> None:
    exceptions(versions.root / "review-exceptions.yaml", rule="NO_SUCH_RULE")
    result = run()
    assert (result.exit_code, result.stdout, versions.asked) == (1, "", [])
    assert "entry 1 (line 1): rule NO_SUCH_RULE does not exist" in result.stderr


def export(path: Path) -> str:
    path.write_text(json.dumps({"id": "7", "tier": MARKER_VALUE}) + "\n", encoding="utf-8")
    return f"Crm={path}"


@pytest.mark.parametrize("name", RENDERERS)
def test_customers_values_are_masked_unless_they_are_asked_for(
    run: Run, tmp_path: Path, name: str
) -> None:
    objects = export(tmp_path / "export.ndjson")
    masked = run("--objects", objects, "--format", name)
    assert masked.exit_code == 100
    assert "export.ndjson" in masked.stdout
    assert "Gold" in masked.stdout
    assert MARKER_VALUE not in masked.output
    shown = run("--objects", objects, "--format", name, "--show-values")
    assert MARKER_VALUE in shown.stdout


def test_several_exports_are_replayed_together(run: Run, tmp_path: Path) -> None:
    files = [export(tmp_path / name) for name in ("a.ndjson", "b.ndjson")]
    result = run("--objects", files[0], "--objects", files[1], "--format", "json")
    replayed = json.loads(result.stdout)["replay"]["exported"]
    assert [each["objects"] for each in replayed["files"]] == [1, 1]
    assert replayed["profiles_before"] == 1


def test_an_export_that_is_not_there_is_no_finding(run: Run) -> None:
    result = run("--objects", "Crm=nowhere.ndjson")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nowhere.ndjson" in result.stderr


def test_the_rules_are_printed_without_comparing_anything(run: Run, versions: Versions) -> None:
    shown = run("--rules")
    assert (shown.exit_code, versions.asked) == (0, [])
    lines = shown.stdout.splitlines()
    assert [line.strip() for line in lines if line.startswith("  ") and line[2] != " "] == [
        rule.id for category in reversed(Category) for rule in RULES if rule.category is category
    ]
    assert max(map(len, lines)) <= 100


def test_the_rules_are_printed_for_programs_and_for_a_page_too(run: Run, tmp_path: Path) -> None:
    document = json.loads(run("--rules", "--format", "json").stdout)
    assert [each["name"] for each in document["categories"]] == list(review_command.CATEGORIES)
    assert document["rules"] == [
        {"id": rule.id, "category": rule.category.name, "purpose": rule.purpose} for rule in RULES
    ]
    page = tmp_path / "rules.md"
    assert run("--rules", "--format", "markdown", "--output", str(page)).stdout == ""
    assert page.read_text(encoding="utf-8") == rules_markdown()


def test_rules_that_cannot_be_written_are_no_finding(run: Run) -> None:
    result = run("--rules", "--output", "/dev/full")
    assert result.exit_code == 1
    assert "could not run: /dev/full" in result.stderr
