"""Which programs of the user's are taken, and which are passed over."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolchain import locate, pins

RECENT = pins.CLI_MINIMUM
OLD = "3.99.0"


def test_the_users_pulumi_comes_with_the_host_beside_it(machine: Any) -> None:
    pulumi = machine.pulumi(RECENT)
    assert locate.find_pulumi(machine.search) == {
        pins.PULUMI: pulumi,
        pins.HOST: machine.path / pins.HOST,
        pins.HOST_EXEC: machine.path / pins.HOST_EXEC,
    }


def test_a_pulumi_that_is_too_old_is_passed_over(machine: Any) -> None:
    machine.pulumi(OLD)
    assert locate.find_pulumi(machine.search) is None


def test_behind_a_pulumi_that_is_too_old_a_recent_one_is_found(machine: Any) -> None:
    machine.pulumi(OLD)
    recent = machine.pulumi(RECENT, machine.home / ".pulumi" / "bin")
    found = locate.find_pulumi(machine.search)
    assert found is not None
    assert set(found.values()) == {recent.with_name(name) for name in found}


def test_each_pulumi_is_asked_for_its_version_once(machine: Any) -> None:
    machine.environ["PULUMI_HOME"] = str(machine.home / ".pulumi")
    machine.pulumi(OLD, machine.home / ".pulumi" / "bin")
    machine.environ["PATH"] += f":{machine.home / '.pulumi' / 'bin'}"
    assert locate.find_pulumi(machine.search) is None
    assert machine.calls == ["pulumi version"]


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", f"echo v{RECENT}; exit 1"])
def test_a_pulumi_that_does_not_tell_its_version_is_passed_over(machine: Any, script: str) -> None:
    machine.pulumi(RECENT)
    machine.program(machine.path / pins.PULUMI, script)
    assert locate.find_pulumi(machine.search) is None


def test_a_pulumi_that_hangs_is_passed_over_and_ended(
    machine: Any, monkeypatch: pytest.MonkeyPatch, is_running: Callable[[int], bool]
) -> None:
    monkeypatch.setattr(locate, "VERSION_SECONDS", 0.5)
    machine.pulumi(RECENT)
    script = f'echo v{RECENT}; sleep 60 & echo $! >"$HOME/number"; wait'
    machine.program(machine.path / pins.PULUMI, script)
    assert locate.find_pulumi(machine.search) is None
    number = (machine.home / "number").read_text(encoding="utf-8").strip()
    assert not is_running(int(number))


def test_a_pulumi_that_cannot_be_started_is_passed_over(machine: Any) -> None:
    machine.pulumi(RECENT)
    (machine.path / pins.PULUMI).write_bytes(b"\x7fELF of another machine")
    assert locate.find_pulumi(machine.search) is None


def test_a_pulumi_without_a_python_host_is_passed_over(machine: Any) -> None:
    machine.pulumi(RECENT)
    (machine.path / pins.HOST_EXEC).unlink()
    assert locate.find_pulumi(machine.search) is None


def test_a_linked_pulumi_brings_the_host_beside_the_file_that_it_is(machine: Any) -> None:
    real = machine.pulumi(RECENT, machine.home / "cellar")
    (machine.path / pins.PULUMI).symlink_to(real)
    found = locate.find_pulumi(machine.search)
    assert found is not None
    assert found[pins.HOST] == real.with_name(pins.HOST)
    assert found[pins.HOST_EXEC] == real.with_name(pins.HOST_EXEC)


def test_a_recent_pulumi_of_the_users_comes_before_the_official_one_in_our_cache(
    machine: Any,
) -> None:
    official = machine.pulumi("3.999.0", machine.search.official / "bin")
    found = locate.find_pulumi(machine.search)
    assert found is not None
    assert found[pins.PULUMI] == official
    users = machine.pulumi(RECENT)
    found = locate.find_pulumi(machine.search)
    assert found is not None
    assert found[pins.PULUMI] == users


def test_what_we_built_ourselves_is_not_taken_for_the_users(machine: Any) -> None:
    machine.pulumi(RECENT, machine.cache / "programs-0123456789ab")
    (machine.home / "alias").symlink_to(machine.cache)
    ours = [machine.cache / "programs-0123456789ab", machine.home / "alias/programs-0123456789ab"]
    machine.environ["PATH"] = ":".join(map(str, ours))
    assert locate.find_pulumi(machine.search) is None


def test_folders_that_cannot_be_looked_into_are_passed_over(machine: Any) -> None:
    loop = machine.home / "loop"
    loop.symlink_to(loop)
    (machine.home / "file").write_text("", encoding="utf-8")
    # A name too long stands for all that the system answers with an error.
    strange = ["", "relative", machine.home / ("x" * 300), machine.home / "file", loop]
    recent = machine.pulumi(RECENT)
    machine.environ["PATH"] = ":".join(map(str, [*strange, machine.path]))
    found = locate.find_pulumi(machine.search)
    assert found is not None
    assert found[pins.PULUMI] == recent


def test_a_file_that_may_not_be_executed_is_no_program(machine: Any) -> None:
    machine.pulumi(RECENT).chmod(0o644)
    assert locate.find_pulumi(machine.search) is None


def test_a_provider_on_path_is_taken_as_it_is(machine: Any) -> None:
    machine.plugin("99.0.0")
    provider = machine.program(machine.path / pins.PROVIDER)
    assert locate.find_provider(machine.search) == {pins.PROVIDER: provider}


def test_a_provider_that_may_not_be_executed_is_none(machine: Any) -> None:
    machine.program(machine.path / pins.PROVIDER).chmod(0o644)
    machine.plugin("99.0.0").chmod(0o644)
    assert locate.find_provider(machine.search) is None


def test_of_the_plugins_the_newest_is_taken(machine: Any) -> None:
    machine.plugin("1.99.0")
    newest = machine.plugin("1.100.0")
    machine.plugin(pins.PROVIDER_OFFICIAL)
    assert locate.find_provider(machine.search) == {pins.PROVIDER: newest}


def test_a_plugin_that_is_too_old_is_passed_over(machine: Any) -> None:
    machine.plugin("1.11.0")
    assert locate.find_provider(machine.search) is None


def test_a_plugin_that_was_not_unpacked_to_the_end_is_passed_over(machine: Any) -> None:
    folder = machine.plugin("99.0.0").parent
    folder.with_name(f"{folder.name}.partial").touch()
    folder.with_name("resource-aws-native-v98.0.0.lock").touch()
    assert locate.find_provider(machine.search) is None


def test_plugins_are_looked_for_in_the_pulumi_home_that_is_set(
    machine: Any, tmp_path: Path
) -> None:
    machine.plugin("99.0.0")
    machine.environ["PULUMI_HOME"] = str(tmp_path / "elsewhere")
    assert locate.find_provider(machine.search) is None


def test_a_recent_go_of_the_users_is_found(machine: Any) -> None:
    go = machine.go("1.26.6")
    assert locate.find_go(machine.search, "1.26.6") == go


def test_a_go_that_is_too_old_is_passed_over(machine: Any) -> None:
    machine.go("1.21.13")
    assert locate.find_go(machine.search, "1.26.6") is None


def test_a_go_is_not_let_download_a_newer_one_to_answer(machine: Any) -> None:
    machine.program(machine.path / "go", 'test "$GOTOOLCHAIN" = local && echo go version go1.26.6')
    assert locate.find_go(machine.search, "1.26.6") is not None
