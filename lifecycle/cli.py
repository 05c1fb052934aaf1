"""`lifecycle`: each command is imported when it is asked for, so that help and start are quick."""

from importlib import import_module
from typing import ClassVar

import click


class _Lazy(click.Group):
    """A group whose commands live in modules `lifecycle.<name>_command`."""

    names: ClassVar = (
        "catalogue",
        "demo",
        "doctor",
        "emulator",
        "import",
        "load",
        "profile",
        "rejects",
        "review",
        "schemas",
        "send",
        "verify",
    )

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.names:
            return None
        module = import_module(f"lifecycle.{cmd_name}_command")
        # No function can be called `import`.
        command = getattr(module, "import_" if cmd_name == "import" else cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - each such module defines one
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="customer-lifecycle")
def main() -> None:
    """A customer's lifecycle in Amazon Connect Customer Profiles."""
