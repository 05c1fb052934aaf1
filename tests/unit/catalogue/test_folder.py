"""Writing a site: what is ours is replaced, everything else stays."""

import json
from pathlib import Path

import pytest

from lifecycle.catalogue.folder import MANIFEST, write
from lifecycle.errors import CouldNotRunError

SITE = {"index.html": b"<p>one", "types/Order.html": b"<p>order"}


def files(folder: Path) -> dict[str, bytes]:
    """Every file below, but for the manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def manifest(folder: Path, *names: str, kind: str = "lifecycle catalogue") -> None:
    """A manifest that lists these files."""
    content = {"kind": kind, "files": names}
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def test_the_files_are_written_into_a_new_folder(tmp_path: Path) -> None:
    write(tmp_path / "new" / "site", SITE)
    assert files(tmp_path / "new" / "site") == SITE


def test_what_an_earlier_run_wrote_and_this_one_does_not_is_removed(tmp_path: Path) -> None:
    write(tmp_path, SITE | {"attributes/Old.html": b"", "types/Old.html": b""})
    write(tmp_path, {"index.html": b"<p>two"} | {"types/Order.html": b"x"})
    assert files(tmp_path) == {"index.html": b"<p>two", "types/Order.html": b"x"}
    assert not (tmp_path / "attributes").exists()


def test_files_of_others_stay(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    (tmp_path / "types" / "notes.txt").write_bytes(b"mine")
    (tmp_path / "logo.png").write_bytes(b"mine")
    write(tmp_path, {"index.html": b"<p>two"})
    left = {"index.html": b"<p>two", "logo.png": b"mine", "types/notes.txt": b"mine"}
    assert files(tmp_path) == left


def test_the_manifest_lists_what_was_written(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    listed = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    assert listed == {"kind": "lifecycle catalogue", "files": sorted(SITE)}


def test_a_file_of_somebody_else_is_not_overwritten_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "types").mkdir()
    (tmp_path / "types" / "Order.html").write_bytes(b"mine")
    with pytest.raises(CouldNotRunError, match=r"types/Order\.html would be overwritten.*--out"):
        write(tmp_path, SITE)
    assert files(tmp_path) == {"types/Order.html": b"mine"}
    assert not (tmp_path / MANIFEST).exists()


def test_all_that_would_be_overwritten_is_counted(tmp_path: Path) -> None:
    for name in ("a.html", "b.html", "c.html"):
        (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(CouldNotRunError, match=r"a\.html and 2 more would be overwritten"):
        write(tmp_path, dict.fromkeys(("a.html", "b.html", "c.html"), b""))


@pytest.mark.parametrize("name", ["types", "index.html", MANIFEST])
def test_a_link_is_not_followed_out_of_the_folder(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"mine")
    folder = tmp_path / "site"
    write(folder, {"style.css": b""})
    manifest(folder, *SITE)
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(outside if name == "types" else outside / "file")
    with pytest.raises(CouldNotRunError):
        write(folder, SITE)
    assert files(outside) == {"file": b"mine"}


@pytest.mark.parametrize("name", ["types", "index.html/", "types/Order.html/"])
def test_a_folder_or_file_in_the_way_is_refused(tmp_path: Path, name: str) -> None:
    if name.endswith("/"):
        (tmp_path / name).mkdir(parents=True)
    else:
        (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(CouldNotRunError, match="would be overwritten"):
        write(tmp_path, SITE)


@pytest.mark.parametrize(
    "name", ["../victim", "/victim", "a/../../victim", "a/b/victim", "", "a\\b", MANIFEST]
)
def test_a_manifest_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (tmp_path / "victim").write_bytes(b"mine")
    manifest(folder, "index.html", name)
    with pytest.raises(CouldNotRunError, match="not a list that this command wrote"):
        write(folder, SITE)
    assert (tmp_path / "victim").read_bytes() == b"mine"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"files": ["a"]}', '{"kind": 1, "files": 2}'])
def test_a_manifest_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(CouldNotRunError, match="not a list that this command wrote"):
        write(tmp_path, SITE)
    assert files(tmp_path) == {}


def test_a_manifest_that_lists_what_is_gone_already_does_no_harm(tmp_path: Path) -> None:
    manifest(tmp_path, "types/Gone.html")
    write(tmp_path, {"index.html": b""})
    assert files(tmp_path) == {"index.html": b""}


def test_a_run_that_was_cut_short_is_taken_up_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "Order.html":
            raise OSError(28, "No space left on device")
        return whole(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(CouldNotRunError, match="No space left on device"):
            write(tmp_path, SITE)
    assert files(tmp_path) == {"index.html": b"<p>one"}
    write(tmp_path, SITE)
    assert files(tmp_path) == SITE
