"""What resources were called in earlier releases, so that a new name never replaces one.

To rename a resource in a component, add a row here in the same change. A row stays until no stack
is left that was deployed before it.

An object type is not renamed this way: its name is its identity in the service, where only a second
type can have the new one. See docs/guides/environments.md.
"""

from collections.abc import Mapping
from typing import Final

import pulumi

FORMERLY: Final[Mapping[tuple[str, str], str]] = {}
"""(type, name) to the earlier name, e.g. `("aws-native:sqs:Queue", "rejects"): "refused"`."""


def with_earlier_names(options: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Options of a component: the engine takes it, and all below it, for what they were called.

    In the components and not in the program, so that programs in other languages have it too.
    """
    aliases = pulumi.ResourceOptions(transformations=[_with_earlier_name])
    return pulumi.ResourceOptions.merge(options, aliases)


def _with_earlier_name(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    earlier = FORMERLY.get((args.type_, args.name))
    if earlier is None:
        return None
    alias = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=earlier)])
    options = pulumi.ResourceOptions.merge(args.opts, alias)
    return pulumi.ResourceTransformationResult(args.props, options)
