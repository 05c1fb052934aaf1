"""`lifecycle catalogue` as it is typed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import mappings
from lifecycle.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ("catalogue", *arguments))


def test_the_site_goes_to_the_build_folder_and_its_first_page_is_said(
    run: Run, tmp_path: Path
) -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "build/catalogue/index.html\n"
    page = (tmp_path / "build/catalogue/index.html").read_text(encoding="utf-8")
    assert "<title>Customer profile catalogue</title>" in page


def test_another_folder_and_another_title_are_taken(run: Run, tmp_path: Path) -> None:
    result = run("--out", "site", "--title", " Our <customers> ")
    assert (result.exit_code, result.stdout) == (0, "site/index.html\n")
    page = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert "<title>Our &lt;customers&gt;</title>" in page


def test_a_second_run_writes_the_same(run: Run, tmp_path: Path) -> None:
    def written() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    run("--out", "site")
    first = written()
    assert run("--out", "site").exit_code == 0
    assert written() == first
    assert len(first) > 20


def test_a_folder_with_a_file_of_somebody_else_in_the_way_is_refused(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    result = run("--out", ".")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("could not run: index.html would be overwritten")
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_wrong_mappings_are_all_named_and_nothing_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "wrong"
    folder.mkdir()
    for name in ("orders", "refunds"):
        (folder / f"{name}.py").write_text("OBJECT_TYPE = None\n", encoding="utf-8")
    monkeypatch.setattr(mappings, "load", partial(mappings.load, folder))
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "orders.py" in result.stderr
    assert "refunds.py" in result.stderr
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize("title", ["", "  "])
def test_a_site_without_a_name_is_a_usage_error(run: Run, title: str) -> None:
    result = run("--title", title)
    assert result.exit_code == 2
    assert "--title" in result.stderr


def test_a_file_instead_of_a_folder_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine", encoding="utf-8")
    result = run("--out", "site")
    assert result.exit_code == 2
    assert "--out" in result.stderr
