"""Where a domain is: of a stack of this program, or named on the command line."""

import os

import click

from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import Deployed, read_outputs

region_of_stack = click.option("--region", help="Region of the stack; by default its first.")
"""An option of commands that look at a stack, which can be in several regions."""


def where(
    stack: str | None, domain: str | None, region: str | None, endpoint: str | None
) -> Deployed:
    """By a stack's outputs, or by a name and a region, which may come from the environment.

    region: with a stack None for its first. Raises: CouldNotRunError if it is neither or both.
    """
    if (stack is None) == (domain is None):
        raise CouldNotRunError("say where: either --stack NAME, or --domain NAME --region REGION")
    if stack is not None:
        return read_outputs(stack, region=region)
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if domain is None or region is None:
        raise CouldNotRunError("--domain needs --region")
    return Deployed(domain, region, endpoint)
