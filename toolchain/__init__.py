"""Gets the real pulumi CLI, its Python host and the real aws-native provider onto this machine."""

from toolchain.errors import BuildError, MissingProgramsError, ToolchainError
from toolchain.install import environment, programs

__all__ = ["BuildError", "MissingProgramsError", "ToolchainError", "environment", "programs"]
