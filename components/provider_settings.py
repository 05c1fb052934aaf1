"""The stack's settings of the default aws-native provider, for providers of our own.

The engine gives them to the default provider alone.
"""

import inspect
from typing import Any, Final

import pulumi
from pulumi_aws_native import ProviderArgs

_SPACE: Final = "aws-native"
_TEXTS: Final = frozenset(
    {"access_key", "profile", "role_arn", "secret_key", "shared_credentials_file", "token"}
)
"""Arguments that stand in the configuration as they are; all others stand there as JSON."""


def provider_settings() -> dict[str, Any]:
    """Arguments of a provider by their names in Python, without the region.

    What is encrypted in the configuration is a secret output.
    """
    arguments = inspect.signature(ProviderArgs).parameters.keys() - {"region"}
    given = {argument: _setting(argument) for argument in sorted(arguments)}
    return {argument: value for argument, value in given.items() if value is not None}


def _setting(argument: str) -> Any:
    config = pulumi.Config(_SPACE)
    first, *others = argument.split("_")
    name = first + "".join(each.capitalize() for each in others)
    secret = pulumi.runtime.is_config_secret(f"{_SPACE}:{name}")
    if argument in _TEXTS:
        return config.get_secret(name) if secret else config.get(name)
    return config.get_secret_object(name) if secret else config.get_object(name)
