"""Tags: one place that turns a stack's tags into what resources take."""

from collections.abc import Mapping

from pulumi_aws_native import TagArgs


def tag_list(tags: Mapping[str, str]) -> list[TagArgs]:
    """Tags sorted by key so that order is never a change."""
    return [TagArgs(key=key, value=tags[key]) for key in sorted(tags)]
