"""What is wrong with a stack's configuration."""


class SettingsError(ValueError):
    """A setting that is missing or wrong, with the command that corrects it.

    problem: what is wrong with which, without the command.
    """

    def __init__(self, key: str, message: str, arguments: str | None) -> None:
        """arguments: of `pulumi config set`, with a right value; None where none would be."""
        way_out = f"set it with: pulumi config set {arguments}"
        if arguments is None:
            way_out = f"take it out with: pulumi config rm {key}"
        self.problem = f"{key}: {message}"
        super().__init__(f"{self.problem}; {way_out}")
