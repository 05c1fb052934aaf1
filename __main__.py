"""The Pulumi program: a stack's settings and the mappings become a Customer Profiles domain."""

import pulumi

import mappings
from components.reachability import require_endpoint
from components.regions import deploy_regions
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
    for name in sorted(settings.deletable_object_types - {each.name for each in object_types}):
        pulumi.warn(f"deletableObjectTypes: {name} has no mapping; once it is gone, take it out")
    for name, value in deploy_regions(settings, object_types).items():
        pulumi.export(name, value)


deploy()
