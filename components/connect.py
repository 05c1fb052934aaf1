"""The Amazon Connect instance whose agents are to see the profiles, looked up by its alias.

No API associates a domain with an instance (API reference, CreateDomain): that is done in the
console. The program tells which instance it should be; `lifecycle verify --connect` looks whether
it is.
"""

from collections.abc import Mapping
from typing import Any, Final

import pulumi

from components.provider_settings import provider_settings

_OF_BOTH: Final = (
    "access_key",
    "allowed_account_ids",
    "forbidden_account_ids",
    "profile",
    "secret_key",
    "token",
)
"""What says whose account it is, and is called the same in both providers."""


def exported_instance(alias: str, region: str) -> dict[str, pulumi.Output[Any]]:
    """What a stack exports of the instance: its ARN and its id.

    alias: as in the URL that agents open, `https://ALIAS.my.connect.aws`.
    """
    # aws-native cannot look an instance up. Slow to import, and most stacks have no instance.
    import pulumi_aws  # noqa: PLC0415

    ours = provider_settings()
    account: dict[str, Any] = {name: ours[name] for name in _OF_BOTH if name in ours}
    if "assume_role" in ours:
        role = pulumi.Output.from_input(ours["assume_role"])
        account["assume_roles"] = role.apply(lambda settings: [_assumed(settings)])
    provider = pulumi_aws.Provider("connect", region=region, **account)
    instance = pulumi_aws.connect.get_instance_output(
        instance_alias=alias, opts=pulumi.InvokeOutputOptions(provider=provider)
    )
    return {"connect_instance_arn": instance.arn, "connect_instance_id": instance.id}


def _assumed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """aws-native's `assumeRole` as one of the `assumeRoles` of pulumi-aws."""
    role = dict(settings)
    seconds = role.pop("durationSeconds", None)
    return role if seconds is None else role | {"duration": f"{seconds}s"}
