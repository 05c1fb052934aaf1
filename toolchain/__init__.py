"""Gets the real pulumi CLI, its Python host and the real aws-native provider onto this machine."""

from toolchain.errors import BuildError, MissingProgramsError, ToolchainError
from toolchain.install import actionlint, environment, languages, programs

__all__ = [
    "BuildError",
    "MissingProgramsError",
    "ToolchainError",
    "actionlint",
    "environment",
    "languages",
    "programs",
]
