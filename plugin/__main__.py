"""The component provider, which Pulumi starts by its name or by `PulumiPlugin.yaml`."""

from pulumi.provider.experimental import component_provider_host

from plugin.package import COMPONENTS, NAME, VERSION


def main() -> None:
    """Serve until Pulumi ends us."""
    component_provider_host(COMPONENTS, NAME, version=VERSION)


if __name__ == "__main__":
    main()
