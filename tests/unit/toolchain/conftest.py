"""A machine of the test's own: a home, a PATH of fake programs, a cache; nothing is real."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import cache, locate, official, pins

SYSTEM_PATH = "/usr/bin:/bin"
DEADLINE_SECONDS = 20


class Machine:
    """What the toolchain is told of a machine; `environ` is all of its environment.

    home, path, cache: folders; `path` is all that PATH has. upstream: what a fake Go downloads.
    """

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.path = folder / "path"
        self.cache = folder / "cache"
        self.upstream = folder / "upstream"
        self._calls = folder / "calls"
        self.environ = {
            "HOME": str(self.home),
            "PATH": str(self.path),
            cache.ENVIRONMENT_VARIABLE: str(self.cache),
            # Nothing listens there: the official installer is out of reach.
            "https_proxy": "http://127.0.0.1:9",
        }
        for made in (self.home, self.path):
            made.mkdir()

    @property
    def search(self) -> locate.Search:
        """Where the toolchain looks on this machine."""
        return locate.Search(self.environ, self.cache)

    @property
    def calls(self) -> list[str]:
        """The command lines of the fake programs so far, e.g. "go version"."""
        return self._calls.read_text(encoding="utf-8").splitlines() if self._calls.exists() else []

    def program(self, path: Path, script: str = "") -> Path:
        """Install a shell script that notes each of its calls."""
        path.parent.mkdir(parents=True, exist_ok=True)
        note = f'echo "{path.name} $*" >>{self._calls}'
        path.write_text(f"#!/bin/sh\nPATH={SYSTEM_PATH}\n{note}\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def pulumi(self, version: str, folder: Path | None = None) -> Path:
        """Install a pulumi with its host, by default in the folder on PATH."""
        folder = folder or self.path
        for name in (pins.HOST, pins.HOST_EXEC):
            self.program(folder / name)
        return self.program(folder / pins.PULUMI, f"echo v{version}")

    def plugin(self, version: str) -> Path:
        """Unpack an aws-native plugin where pulumi keeps its plugins."""
        folder = self.home / ".pulumi" / "plugins" / f"resource-aws-native-v{version}"
        return self.program(folder / pins.PROVIDER)

    def go(
        self, version: str = pins.GO_VERSION, build: str = "", folder: Path | None = None
    ) -> Path:
        """Install a Go that downloads `upstream` and "compiles" a program that says its version.

        build: shell commands at the start of `go build`.
        """
        files = {
            f"python/cmd/{pins.HOST_EXEC}": "#!/bin/sh\n",
            "cmd/pulumi-resource-aws-native/schema.json": "{}",
            "cmd/pulumi-resource-aws-native/metadata.json": "{}",
        }
        for name, content in files.items():
            (self.upstream / name).parent.mkdir(parents=True, exist_ok=True)
            (self.upstream / name).write_text(content, encoding="utf-8")
        script = f"""
case "$1 $2" in
"version "*) echo "go version go{version} linux/amd64" ;;
"list -m") echo {self.upstream} ;;
"build -v")
  {build or ":"}
  while [ "$1" != -o ]; do shift; done
  echo compiled/package
  printf '#!/bin/sh\\necho v{pins.CLI_MODULE.version}\\n' >"$2"
  chmod +x "$2" ;;
esac"""
        return self.program((folder or self.path) / "go", script)


def until(holds: Callable[[], bool]) -> None:
    """Wait for another process or thread."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def running(number: int) -> bool:
    """Whether the process has not ended; one that nobody has waited for yet has."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine without any of the programs, where package registries alone can be reached."""
    monkeypatch.setattr(official, "is_reachable", lambda: False)
    return Machine(tmp_path)


@pytest.fixture
def is_running() -> Callable[[int], bool]:
    """`is_running(number)` of a process."""
    return running


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """`wait_until(condition)` for what happens in another process or thread."""
    return until
