"""Everything that one region has, and the provider and names of the regions after the first."""

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_aws_native import Provider, ProviderArgs

from components.connect import exported_instance
from components.customer_profiles import CustomerProfiles
from components.ingestion import Ingestion
from components.provider_settings import provider_settings
from components.settings import Settings
from profiles import ObjectType


def deploy_regions(settings: Settings, object_types: Sequence[ObjectType]) -> dict[str, Any]:
    """A domain with its ways in, in each region of the stack; what the stack exports.

    The first region's resources are called as in a stack with one region: going from one to several
    replaces nothing.
    """
    outputs = _deploy(settings, object_types, settings.region, None)
    if settings.more_regions:
        outputs["regions"] = {
            region: _deploy(settings, object_types, region, _Region(region))
            for region in settings.more_regions
        }
    if settings.connect_instance_alias:
        outputs |= exported_instance(settings.connect_instance_alias, settings.region)
    return outputs


class _Region(pulumi.ComponentResource):
    """The parent of all that a region after the first has, with its provider.

    Pulumi tells resources apart by the types of their parents, so the region is in the type: what
    is below it is called as in the first region.
    """

    def __init__(self, region: str) -> None:
        provider = Provider(region, ProviderArgs(region=region, **provider_settings()))
        super().__init__(
            f"customer-lifecycle:{region}:Region",
            region,
            {},
            pulumi.ResourceOptions(providers={"aws-native": provider}),
        )
        self.register_outputs({})


def _deploy(
    settings: Settings,
    object_types: Sequence[ObjectType],
    region: str,
    parent: pulumi.Resource | None,
) -> dict[str, Any]:
    suffix = "" if parent is None else f"-{region}"
    options = pulumi.ResourceOptions(parent=parent)
    profiles = CustomerProfiles(
        f"customer-profiles{suffix}",
        {
            "domain_name": settings.domain_name,
            "region": region,
            "object_types": object_types,
            "default_expiration_days": settings.default_expiration_days,
            "dead_letter_retention_days": settings.dead_letter_retention_days,
            "keeps_customer_data": settings.keeps_customer_data,
            "deletable_object_types": sorted(settings.deletable_object_types),
            "tags": settings.tags,
        },
        options,
    )
    ingestion = Ingestion(
        f"ingestion{suffix}",
        {
            "domain": settings.domain_name,
            "domain_name": profiles.ready_domain_name,
            "region": region,
            "object_types": object_types,
            "settings": settings.ingestion.of_region(region),
            "dashboard_name": f"{settings.domain_name}-ingestion{suffix}",
            "tags": settings.tags,
        },
        options,
    )
    return {
        "domain_name": profiles.domain_name,
        "region": region,
        "endpoint": settings.endpoint,
        "object_types": profiles.object_types,
        "dead_letter_queue_url": profiles.dead_letter_queue_url,
        "encryption_key_arn": profiles.encryption_key_arn,
        "default_expiration_days": settings.default_expiration_days,
        **ingestion.outputs,
    }
