"""What the package holds, and its schema as Pulumi infers it from the components' annotations.

`python -m plugin.package > docs/reference/component-schema.json` writes the schema anew.
"""

import json
from typing import Any, Final

import click
import pulumi
from pulumi.provider.experimental.component import ComponentProvider

from plugin.customer_profiles import CustomerProfiles
from plugin.ingestion import Ingestion

NAME: Final = "customer-lifecycle"
VERSION: Final = "0.1.0"
COMPONENTS: Final[list[type[pulumi.ComponentResource]]] = [CustomerProfiles, Ingestion]


def schema() -> dict[str, Any]:
    """The package's schema, as `pulumi package get-schema` shows it."""
    inferred: dict[str, Any] = json.loads(
        ComponentProvider(COMPONENTS, NAME, version=VERSION).schema or "{}"
    )
    return inferred


if __name__ == "__main__":
    click.echo(json.dumps(schema(), indent=2))
