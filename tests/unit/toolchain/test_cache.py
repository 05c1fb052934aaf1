"""The cache: where it is, whole folders or none, one writer at a time."""

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from toolchain import cache, pins

WaitUntil = Callable[[Callable[[], bool]], None]


def test_the_cache_is_where_the_user_sets_it() -> None:
    assert cache.root({cache.ENVIRONMENT_VARIABLE: "/var/tools", "HOME": "/h"}) == Path(
        "/var/tools"
    )


def test_a_relative_cache_does_not_move_with_the_folder_that_we_run_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cache.root({cache.ENVIRONMENT_VARIABLE: "tools"}) == tmp_path / "tools"
    assert cache.root({"XDG_CACHE_HOME": "tools"}).is_absolute()


@pytest.mark.parametrize(
    ("environ", "base"),
    [
        ({"HOME": "/h"}, "/h/.cache"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "/x"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "", cache.ENVIRONMENT_VARIABLE: ""}, "/h/.cache"),
    ],
)
def test_else_it_is_in_the_users_cache(environ: dict[str, str], base: str) -> None:
    assert cache.root(environ) == Path(base) / "customer-lifecycle-toolchain"


def test_a_folder_appears_whole_and_only_at_the_end(tmp_path: Path) -> None:
    final = tmp_path / "new" / "folder"
    with cache.published(final) as folder:
        (folder / "program").write_text("whole", encoding="utf-8")
        assert not final.exists()
    assert (final / "program").read_text(encoding="utf-8") == "whole"
    assert list(final.parent.iterdir()) == [final]


def test_a_published_folder_can_be_read_by_everybody_as_others_are(tmp_path: Path) -> None:
    with cache.published(tmp_path / "folder"):
        pass
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_interrupted_build_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def build(folder: Path) -> None:
        (folder / "half").mkdir()
        (folder / "half" / "done").touch()
        raise error

    with pytest.raises(error), cache.published(tmp_path / "folder") as folder:
        build(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_folder_is_replaced(tmp_path: Path) -> None:
    final = tmp_path / "folder"
    final.mkdir()
    (final / "rest of a folder").touch()
    with cache.published(final) as folder:
        (folder / "program").touch()
    assert [path.name for path in final.iterdir()] == ["program"]


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / f"{cache.TEMPORARY}abc" / "source"
    left.mkdir(parents=True)
    (left / "go.mod").touch()
    kept = tmp_path / "cli-3.274.1-0123456789ab"
    kept.mkdir()
    with cache.locked(tmp_path, nullcontext):
        assert sorted(path.name for path in tmp_path.iterdir()) == [kept.name, "lock"]


def test_a_folder_that_go_made_read_only_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "file").touch()
    folder.chmod(0o555)
    cache.remove(folder)
    assert not folder.exists()


def test_the_lock_is_taken_without_a_word_if_nobody_holds_it(tmp_path: Path) -> None:
    def waiting() -> Any:
        raise AssertionError("nobody holds it")

    for _ in range(2):
        with cache.locked(tmp_path / "new", waiting):
            pass


def test_two_runs_do_not_write_at_once_and_the_second_says_that_it_waits(
    tmp_path: Path, wait_until: WaitUntil
) -> None:
    events: list[str] = []

    @contextmanager
    def waiting() -> Iterator[None]:
        events.append("waiting")
        yield
        events.append("waited")

    def second() -> None:
        with cache.locked(tmp_path, waiting):
            events.append("second")

    thread = threading.Thread(target=second)
    with cache.locked(tmp_path, nullcontext):
        thread.start()
        wait_until(lambda: "waiting" in events)
        events.append("first is done")
    thread.join()
    assert events == ["waiting", "first is done", "waited", "second"]


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"), cache.locked(tmp_path, nullcontext):
        raise ValueError("no")
    with (tmp_path / "lock").open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.fixture
def chosen(machine: Any) -> dict[str, Path]:
    """A pulumi of the user's and a provider of the cache."""
    built = machine.program(machine.cache / "provider-1.11.0-0123456789ab" / pins.PROVIDER)
    return {pins.PULUMI: machine.pulumi(pins.CLI_MINIMUM), pins.PROVIDER: built}


def test_the_programs_come_together_in_one_folder(machine: Any, chosen: dict[str, Path]) -> None:
    folder = cache.assemble(machine.cache, chosen)
    assert sorted(path.name for path in folder.iterdir()) == sorted(chosen)
    assert all(cache.is_program(folder / name) for name in chosen)


def test_the_users_programs_keep_their_own_place_and_ours_are_files_of_the_folder(
    machine: Any, chosen: dict[str, Path]
) -> None:
    folder = cache.assemble(machine.cache, chosen)
    assert (folder / pins.PULUMI).resolve() == chosen[pins.PULUMI].resolve()
    # pulumi and its host look beside their own real file.
    assert not (folder / pins.PROVIDER).is_symlink()
    assert (folder / pins.PROVIDER).samefile(chosen[pins.PROVIDER])


def test_where_files_cannot_be_linked_they_are_copied(
    machine: Any, chosen: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr("os.link", refuse)
    folder = cache.assemble(machine.cache, chosen)
    assert (folder / pins.PROVIDER).read_bytes() == chosen[pins.PROVIDER].read_bytes()
    assert cache.is_program(folder / pins.PROVIDER)


def test_the_same_programs_are_put_together_once(machine: Any, chosen: dict[str, Path]) -> None:
    assert cache.assembled(machine.cache, chosen) is None
    folder = cache.assemble(machine.cache, chosen)
    before = folder.stat()
    assert cache.assemble(machine.cache, chosen) == folder
    assert cache.assembled(machine.cache, chosen) == folder
    assert folder.stat() == before


def test_other_programs_get_a_folder_of_their_own(machine: Any, chosen: dict[str, Path]) -> None:
    other = chosen | {pins.PULUMI: machine.pulumi(pins.CLI_MINIMUM, machine.home)}
    assert cache.assemble(machine.cache, chosen) != cache.assemble(machine.cache, other)


def test_a_folder_that_lost_a_program_is_put_together_anew(
    machine: Any, chosen: dict[str, Path]
) -> None:
    folder = cache.assemble(machine.cache, chosen)
    (folder / pins.PROVIDER).unlink()
    assert cache.assembled(machine.cache, chosen) is None
    assert cache.assemble(machine.cache, chosen) == folder
    assert cache.is_program(folder / pins.PROVIDER)
