"""The Amazon Connect instance whose agents are to see the profiles, looked up by its alias.

No API associates a domain with an instance (API reference, CreateDomain): that is done in the
console. The program tells which instance it should be; `lifecycle verify --connect` looks whether
it is.
"""

from typing import Any

import pulumi


def exported_instance(alias: str, region: str) -> dict[str, pulumi.Output[Any]]:
    """What a stack exports of the instance: its ARN and its id.

    alias: as in the URL that agents open, `https://ALIAS.my.connect.aws`.
    """
    # aws-native cannot look an instance up. Slow to import, and most stacks have no instance.
    import pulumi_aws  # noqa: PLC0415

    provider = pulumi_aws.Provider("connect", region=region)
    instance = pulumi_aws.connect.get_instance_output(
        instance_alias=alias, opts=pulumi.InvokeOutputOptions(provider=provider)
    )
    return {"connect_instance_arn": instance.arn, "connect_instance_id": instance.id}
