"""The Pulumi program: a stack's settings and the mappings become a Customer Profiles domain."""

import pulumi

import mappings
from components.customer_profiles import CustomerProfiles
from components.ingestion import Ingestion
from components.reachability import require_endpoint
from components.settings import Settings, SettingsError
from profiles import InvalidMappingError


def deploy() -> None:
    """Declare everything; raises pulumi.RunError, before any call, for what is wrong offline."""
    try:
        object_types = [mapping.object_type for mapping in mappings.load()]
        settings = Settings.load(pulumi.Config(), [each.name for each in object_types])
        require_endpoint(settings.endpoint)
    except (SettingsError, InvalidMappingError, ConnectionError) as error:
        # RunError shows its text alone, without a traceback.
        raise pulumi.RunError(str(error)) from None
    customer_profiles = CustomerProfiles(
        "customer-profiles",
        {
            "domain_name": settings.domain_name,
            "region": settings.region,
            "object_types": object_types,
            "default_expiration_days": settings.default_expiration_days,
            "dead_letter_retention_days": settings.dead_letter_retention_days,
            "keeps_customer_data": settings.keeps_customer_data,
            "tags": settings.tags,
        },
    )
    pulumi.export("domain_name", customer_profiles.domain_name)
    pulumi.export("region", settings.region)
    pulumi.export("endpoint", settings.endpoint)
    pulumi.export("object_types", customer_profiles.object_types)
    pulumi.export("dead_letter_queue_url", customer_profiles.dead_letter_queue_url)
    pulumi.export("encryption_key_arn", customer_profiles.encryption_key_arn)
    pulumi.export("default_expiration_days", settings.default_expiration_days)
    ingestion = Ingestion(
        "ingestion",
        {
            "domain": settings.domain_name,
            "domain_name": customer_profiles.ready_domain_name,
            "region": settings.region,
            "object_types": object_types,
            "settings": settings.ingestion,
            "tags": settings.tags,
        },
    )
    for name, value in ingestion.outputs.items():
        pulumi.export(name, value)


deploy()
