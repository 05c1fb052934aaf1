"""What can go wrong. Each message says what was tried and the way out."""


class ToolchainError(Exception):
    """The programs are not to be had."""


class MissingProgramsError(ToolchainError):
    """Programs are missing and building was not allowed."""


class BuildError(ToolchainError):
    """A download or a build failed."""
