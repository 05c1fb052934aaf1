"""Pulumi's own installer: tried where it can be reached, and no loss where it fails."""

import io
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from toolchain import BuildError, locate, official, pins
from toolchain.progress import Progress

Python = Callable[[str], None]


@pytest.fixture
def log() -> io.StringIO:
    """What is said of the installation."""
    return io.StringIO()


@pytest.fixture
def python(machine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Python:
    """`python(script)`: what runs instead of the Python that would run the installer."""

    def install(script: str) -> None:
        fake = machine.program(tmp_path / "python", script)
        monkeypatch.setattr(sys, "executable", str(fake))

    return install


@contextmanager
def answering(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> Iterator[list[bytes]]:
    """The installer's address is a server that gives this answer; the requests."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                requests.append(connection.recv(65_536))
                connection.sendall(answer)

        monkeypatch.setenv("no_proxy", "127.0.0.1")
        address = f"http://127.0.0.1:{server.getsockname()[1]}/install.sh"
        monkeypatch.setattr(official, "INSTALLER", address)
        thread = threading.Thread(target=serve)
        thread.start()
        yield requests
        thread.join()


def test_an_installer_that_answers_can_be_reached_and_is_not_downloaded_to_know_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(monkeypatch, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n") as requests:
        assert official.is_reachable()
    assert requests[0].startswith(b"HEAD /install.sh ")


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", b"not for you\r\n\r\n", b""]
)
def test_an_installer_that_is_refused_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    with answering(monkeypatch, answer):
        assert not official.is_reachable()


def test_an_installer_where_nothing_listens_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(official, "INSTALLER", f"http://127.0.0.1:{port}/install.sh")
    assert not official.is_reachable()


def test_pulumi_is_installed_into_the_cache_and_an_older_one_of_the_users_stays(
    machine: Any, python: Python, log: io.StringIO
) -> None:
    old = machine.pulumi("3.99.0", machine.home / ".pulumi" / "bin")
    before = old.read_bytes()
    machine.pulumi("3.999.0", machine.home / "download")
    python(f'cp -r {machine.home}/download "$3/bin"')
    found = official.install_pulumi(machine.search, Progress(log))
    assert set(found) == {pins.PULUMI, pins.HOST, pins.HOST_EXEC}
    release = version("pulumi")
    assert found[pins.PULUMI] == machine.cache / f"official-{release}" / "bin" / pins.PULUMI
    assert locate.find_pulumi(machine.search) == found
    assert old.read_bytes() == before
    assert "downloading pulumi: done" in log.getvalue()


def test_the_installer_is_the_one_of_our_sdk_and_its_failure_says_why(
    machine: Any, log: io.StringIO
) -> None:
    # The proxy of the machine's environment refuses it.
    with pytest.raises(BuildError, match="Connection refused"):
        official.install_pulumi(machine.search, Progress(log))
    assert "downloading pulumi: stopped after" in log.getvalue()


def test_an_installer_that_fails_leaves_nothing_half_done(
    machine: Any, python: Python, log: io.StringIO
) -> None:
    python("""mkdir "$3/bin"; touch "$3/bin/half"; echo 'the network is down' >&2; exit 1""")
    with pytest.raises(BuildError, match=r"^the network is down$"):
        official.install_pulumi(machine.search, Progress(log))
    assert list(machine.cache.iterdir()) == []


def test_an_installer_that_fails_without_a_word_is_told_by_its_exit_code(
    machine: Any, python: Python, log: io.StringIO
) -> None:
    python("exit 7")
    with pytest.raises(BuildError, match=r"^exit code 7$"):
        official.install_pulumi(machine.search, Progress(log))


def test_an_installer_that_hangs_is_given_up(
    machine: Any, python: Python, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(official, "INSTALL_SECONDS", 0.2)
    python("echo downloading; sleep 60")
    with pytest.raises(BuildError, match="took too long"):
        official.install_pulumi(machine.search, Progress(log))


def test_an_installer_that_brings_too_old_a_pulumi_is_of_no_use(
    machine: Any, python: Python, log: io.StringIO
) -> None:
    machine.pulumi("3.99.0", machine.home / "download")
    python(f'cp -r {machine.home}/download "$3/bin"')
    with pytest.raises(BuildError, match=f"no pulumi from {pins.CLI_MINIMUM} on"):
        official.install_pulumi(machine.search, Progress(log))


def test_the_plugin_is_the_release_that_goes_with_our_sdk(machine: Any, log: io.StringIO) -> None:
    plugin = machine.plugin(pins.PROVIDER_OFFICIAL)
    plugin.parent.rename(machine.home / "download")
    unpack = f"mkdir -p {plugin.parent.parent}; cp -r {machine.home}/download {plugin.parent}"
    pulumi = machine.program(machine.path / pins.PULUMI, unpack)
    found = official.install_provider(machine.search, pulumi, Progress(log))
    assert found == {pins.PROVIDER: plugin}
    told = f"pulumi plugin install resource aws-native {pins.PROVIDER_OFFICIAL}"
    assert machine.calls == [told]
    assert f"{pins.PROVIDER} {pins.PROVIDER_OFFICIAL}: done" in log.getvalue()


def test_a_plugin_that_cannot_be_had_says_why(machine: Any, log: io.StringIO) -> None:
    pulumi = machine.program(machine.path / pins.PULUMI, "echo 'error: 403 HTTP error'; exit 255")
    with pytest.raises(BuildError, match=r"^error: 403 HTTP error$"):
        official.install_provider(machine.search, pulumi, Progress(log))


def test_a_plugin_that_is_not_there_afterwards_is_not_had(machine: Any, log: io.StringIO) -> None:
    pulumi = machine.program(machine.path / pins.PULUMI)
    with pytest.raises(BuildError, match=f"no plugin from {pins.PROVIDER_OFFICIAL} on"):
        official.install_provider(machine.search, pulumi, Progress(log))
