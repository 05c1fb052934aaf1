"""The order in which the programs are looked for, downloaded and built."""

import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

import toolchain
from toolchain import BuildError, MissingProgramsError, cache, official, pins

Programs = Callable[..., Path]


@pytest.fixture
def programs(machine: Any) -> Programs:
    """`toolchain.programs` on the machine."""
    return lambda **options: toolchain.programs(environ=machine.environ, **options)


@pytest.fixture
def installer(machine: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The official installer can be reached and works; what was installed with it."""
    installed: list[str] = []

    def install_pulumi(*_: object) -> dict[str, Path]:
        installed.append("pulumi")
        pulumi = machine.pulumi("3.999.0", machine.home / ".pulumi" / "bin")
        return {name: pulumi.with_name(name) for name in pins.PROGRAMS if name != pins.PROVIDER}

    def install_provider(search: object, pulumi: Path, progress: object) -> dict[str, Path]:
        assert (search, bool(progress)) == (machine.search, True)
        installed.append(f"provider with {pulumi.name}")
        return {pins.PROVIDER: machine.plugin("99.0.0")}

    monkeypatch.setattr(official, "is_reachable", lambda: True)
    monkeypatch.setattr(official, "install_pulumi", install_pulumi)
    monkeypatch.setattr(official, "install_provider", install_provider)
    return installed


def commands(machine: Any) -> list[str]:
    """The fake programs' calls, shortened to the first word after the name."""
    return [" ".join(call.split()[:2]) for call in machine.calls]


def test_what_the_user_has_is_taken_and_nothing_is_got(
    machine: Any, programs: Programs, installer: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    machine.go()
    pulumi = machine.pulumi(pins.CLI_MINIMUM)
    plugin = machine.plugin(pins.PROVIDER_OFFICIAL)
    folder = programs()
    assert sorted(path.name for path in folder.iterdir()) == sorted(pins.PROGRAMS)
    assert (folder / pins.PULUMI).resolve() == pulumi
    assert (folder / pins.PROVIDER).resolve() == plugin
    assert "go build" not in commands(machine)
    assert installer == []
    assert capsys.readouterr().err == ""


def test_where_only_registries_are_reached_all_is_built(
    machine: Any, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.go()
    folder = programs()
    assert folder.parent == machine.cache
    assert all(cache.is_program(folder / name) for name in pins.PROGRAMS)
    assert commands(machine).count("go build") == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "downloading pulumi" not in said.err


def test_a_second_call_does_nothing_and_writes_nothing(
    machine: Any, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.go()
    folder = programs()
    (machine.cache / "lock").unlink()
    before, _ = machine.calls, capsys.readouterr()
    assert programs() == folder
    assert machine.calls == before
    assert not (machine.cache / "lock").exists()
    assert capsys.readouterr().err == ""


def test_only_what_is_missing_is_built(machine: Any, programs: Programs) -> None:
    machine.go()
    pulumi = machine.pulumi(pins.CLI_MINIMUM)
    folder = programs()
    assert (folder / pins.PULUMI).resolve() == pulumi
    assert commands(machine).count("go build") == 1
    assert not (folder / pins.PROVIDER).is_symlink()


def test_old_programs_of_the_users_are_passed_over(machine: Any, programs: Programs) -> None:
    machine.go()
    old = machine.pulumi("3.99.0")
    machine.plugin("1.11.0")
    folder = programs()
    assert commands(machine).count("go build") == 3
    assert not (folder / pins.PULUMI).samefile(old)


def test_a_newer_pulumi_of_the_users_takes_the_place_of_the_built_one(
    machine: Any, programs: Programs
) -> None:
    machine.go()
    before = programs()
    pulumi = machine.pulumi("3.999.0")
    after = programs()
    assert after != before
    assert (after / pins.PULUMI).resolve() == pulumi
    assert (after / pins.PROVIDER).samefile(before / pins.PROVIDER)


def test_changed_pins_lead_to_other_programs(
    machine: Any, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.go()
    before = programs()
    monkeypatch.setattr(pins, "RECIPE", pins.RECIPE + 1)
    with pytest.raises(MissingProgramsError):
        programs(build=False)
    assert programs() != before
    assert cache.is_program(before / pins.PULUMI)


def test_where_it_can_be_reached_the_official_installer_gets_the_programs(
    machine: Any, programs: Programs, installer: list[str]
) -> None:
    machine.go()
    folder = programs()
    assert installer == ["pulumi", "provider with pulumi"]
    assert "go build" not in commands(machine)
    assert (folder / pins.PROVIDER).is_symlink()


def test_an_official_installer_that_fails_falls_back_to_a_build_and_says_so(
    machine: Any,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> NoReturn:
        raise BuildError("the network is down")

    monkeypatch.setattr(official, "is_reachable", lambda: True)
    for name in ("install_pulumi", "install_provider"):
        monkeypatch.setattr(official, name, fail)
    machine.go()
    folder = programs()
    assert commands(machine).count("go build") == 3
    assert all(cache.is_program(folder / name) for name in pins.PROGRAMS)
    said = capsys.readouterr().err
    for name in (pins.PULUMI, pins.PROVIDER):
        told = f"the official {name} was not to be had (the network is down); building it instead"
        assert f"toolchain: {told}\n" in said


def test_an_official_provider_that_cannot_be_had_leaves_the_official_pulumi(
    machine: Any, programs: Programs, installer: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise BuildError("the network is down")

    monkeypatch.setattr(official, "install_provider", fail)
    machine.go()
    programs()
    assert installer == ["pulumi"]
    assert commands(machine).count("go build") == 1


def test_the_installer_is_not_even_asked_for_where_nothing_is_missing(
    machine: Any, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> bool:
        raise AssertionError("nothing is missing")

    monkeypatch.setattr(official, "is_reachable", asked)
    machine.pulumi(pins.CLI_MINIMUM)
    machine.plugin(pins.PROVIDER_OFFICIAL)
    assert programs().parent == machine.cache


def test_only_looking_names_what_is_missing_and_gets_nothing(
    machine: Any, programs: Programs, installer: list[str]
) -> None:
    machine.go()
    machine.pulumi(pins.CLI_MINIMUM)
    with pytest.raises(MissingProgramsError) as missing:
        programs(build=False)
    assert str(missing.value).startswith(f"{pins.PROVIDER}: neither on PATH nor built yet.")
    assert "make toolchain" in str(missing.value)
    assert installer == []
    assert not machine.cache.exists()


def test_only_looking_finds_what_was_built(machine: Any, programs: Programs) -> None:
    machine.go()
    assert programs() == programs(build=False)


def test_a_built_pulumi_without_its_host_is_missing_until_that_is_built_too(
    machine: Any, programs: Programs
) -> None:
    machine.go()
    folder = programs()
    (host,) = machine.cache.glob("host-*")
    shutil.rmtree(host)
    with pytest.raises(MissingProgramsError, match=f"^{pins.PULUMI}, {pins.HOST}, "):
        programs(build=False)
    assert programs() == folder
    assert commands(machine).count("go build") == 4


def test_what_was_built_is_put_together_again(machine: Any, programs: Programs) -> None:
    machine.go()
    folder = programs()
    before = machine.calls
    shutil.rmtree(folder)
    assert programs(build=False) == folder
    assert machine.calls == before


@pytest.mark.parametrize("pulumi", ["3.99.0", pins.CLI_MINIMUM])
@pytest.mark.parametrize("plugin", ["1.11.0", pins.PROVIDER_OFFICIAL])
def test_a_cache_that_cannot_be_written_is_an_error_with_the_way_out(
    machine: Any, programs: Programs, pulumi: str, plugin: str
) -> None:
    machine.pulumi(pulumi)
    machine.plugin(plugin)
    (machine.home / "file").write_text("", encoding="utf-8")
    unusable = machine.home / "file" / "cache"
    machine.environ[cache.ENVIRONMENT_VARIABLE] = str(unusable)
    with pytest.raises(BuildError) as failed:
        programs()
    assert f"the cache {unusable} cannot be used: Not a directory. " in str(failed.value)
    assert f"set {cache.ENVIRONMENT_VARIABLE} to a folder" in str(failed.value)


def test_a_build_that_fails_keeps_what_was_built_before_it(
    machine: Any, programs: Programs
) -> None:
    provider_fails = 'case "$*" in *" .") echo no such package; exit 1 ;; esac'
    machine.go(build=provider_fails)
    with pytest.raises(BuildError, match="no such package"):
        programs()
    machine.go()
    programs()
    assert commands(machine).count("go build") == 4


def test_what_a_killed_run_left_does_not_stay(machine: Any, programs: Programs) -> None:
    machine.go()
    left = machine.cache / f"{cache.TEMPORARY}killed"
    (left / "source").mkdir(parents=True)
    programs()
    assert not left.exists()


def test_pulumi_runs_our_program_with_our_python_and_the_programs_of_the_folder() -> None:
    environ = toolchain.environment(Path("/programs"), {"PATH": "/usr/bin", "HOME": "/h"})
    bin_folder = str(Path(sys.executable).parent)
    assert environ["PATH"].split(os.pathsep) == [bin_folder, "/programs", "/usr/bin"]
    assert environ["HOME"] == "/h"
    assert environ["PULUMI_SKIP_UPDATE_CHECK"] == "true"


@pytest.mark.parametrize("environ", [{}, {"PATH": ""}])
def test_without_a_path_the_folder_that_we_are_in_does_not_become_part_of_it(
    environ: dict[str, str],
) -> None:
    path = toolchain.environment(Path("/programs"), environ)["PATH"]
    assert "" not in path.split(os.pathsep)


def test_progress_is_shown_where_the_caller_has_standard_error(
    machine: Any, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.go()
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    programs()
    version = pins.CLI_MODULE.version
    assert f"toolchain: building pulumi {version}: done in " in said.getvalue()
