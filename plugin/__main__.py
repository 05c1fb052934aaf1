"""The component provider, which Pulumi starts by its name or by `PulumiPlugin.yaml`."""

import sys

from pulumi.provider import main as serve

from plugin.provider import Provider


def main() -> None:
    """Serve until Pulumi ends us."""
    serve(Provider(), sys.argv[1:])


if __name__ == "__main__":
    main()
