"""What is wrong with a stack's configuration."""


class SettingsError(ValueError):
    """A setting that is missing or wrong, with the command that corrects it."""

    def __init__(self, key: str, message: str, arguments: str) -> None:
        """arguments: of `pulumi config set`, with a value that would be right."""
        super().__init__(f"{key}: {message}; set it with: pulumi config set {arguments}")
