"""Which function answers which operation of the service."""

from collections.abc import Callable
from typing import Any, Final

from emulator.customer_profiles import (
    calculated_attributes,
    domains,
    event_streams,
    integrations,
    object_types,
    objects,
    profiles,
    segments,
    tags,
    templates,
)
from emulator.customer_profiles.world import World
from emulator.http import Caller

Operation = Callable[[World, Caller, dict[str, Any]], dict[str, Any]]

READS: Final[dict[str, Operation]] = {
    "GetDomain": domains.get_domain,
    "ListDomains": domains.list_domains,
    "GetProfileObjectType": object_types.get_profile_object_type,
    "ListProfileObjectTypes": object_types.list_profile_object_types,
    "GetProfileObjectTypeTemplate": templates.get_profile_object_type_template,
    "ListProfileObjectTypeTemplates": templates.list_profile_object_type_templates,
    "ListProfileObjects": objects.list_profile_objects,
    "SearchProfiles": profiles.search_profiles,
    "BatchGetProfile": profiles.batch_get_profile,
    "ListTagsForResource": tags.list_tags_for_resource,
    "GetCalculatedAttributeDefinition": (calculated_attributes.get_calculated_attribute_definition),
    "ListCalculatedAttributeDefinitions": (
        calculated_attributes.list_calculated_attribute_definitions
    ),
    "GetCalculatedAttributeForProfile": (
        calculated_attributes.get_calculated_attribute_for_profile
    ),
    "ListCalculatedAttributesForProfile": (
        calculated_attributes.list_calculated_attributes_for_profile
    ),
    "BatchGetCalculatedAttributeForProfile": (
        calculated_attributes.batch_get_calculated_attribute_for_profile
    ),
    "GetEventStream": event_streams.get_event_stream,
    "ListEventStreams": event_streams.list_event_streams,
    "GetIntegration": integrations.get_integration,
    "ListIntegrations": integrations.list_integrations,
    "ListAccountIntegrations": integrations.list_account_integrations,
    "GetSegmentDefinition": segments.get_segment_definition,
    "ListSegmentDefinitions": segments.list_segment_definitions,
}
WRITES: Final[dict[str, Operation]] = {
    "CreateDomain": domains.create_domain,
    "UpdateDomain": domains.update_domain,
    "DeleteDomain": domains.delete_domain,
    "PutProfileObjectType": object_types.put_profile_object_type,
    "DeleteProfileObjectType": object_types.delete_profile_object_type,
    "DeleteProfileObject": objects.delete_profile_object,
    "CreateProfile": profiles.create_profile,
    "UpdateProfile": profiles.update_profile,
    "DeleteProfile": profiles.delete_profile,
    "AddProfileKey": profiles.add_profile_key,
    "DeleteProfileKey": profiles.delete_profile_key,
    "MergeProfiles": profiles.merge_profiles,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "CreateCalculatedAttributeDefinition": (
        calculated_attributes.create_calculated_attribute_definition
    ),
    "UpdateCalculatedAttributeDefinition": (
        calculated_attributes.update_calculated_attribute_definition
    ),
    "DeleteCalculatedAttributeDefinition": (
        calculated_attributes.delete_calculated_attribute_definition
    ),
    "CreateEventStream": event_streams.create_event_stream,
    "DeleteEventStream": event_streams.delete_event_stream,
    "PutIntegration": integrations.put_integration,
    "DeleteIntegration": integrations.delete_integration,
    "CreateSegmentDefinition": segments.create_segment_definition,
    "DeleteSegmentDefinition": segments.delete_segment_definition,
}
INGESTIONS: Final = ("PutProfileObject", "BatchPutProfileObject")
"""Answered by the service itself, which sees to what is rejected."""

OPERATIONS: Final = frozenset({*READS, *WRITES, *INGESTIONS})
"""What is implemented; every other operation of the model answers NotImplementedException."""

_IDENTITY_RESOLUTION: Final = frozenset(
    {
        "GetMatches",
        "GetSimilarProfiles",
        "ListRuleBasedMatches",
        "GetAutoMergingPreview",
        "ListIdentityResolutionJobs",
        "GetIdentityResolutionJob",
    }
)


def not_implemented(operation: str) -> str:
    """How the refusal of an operation that is not implemented goes on: the way out."""
    if operation in _IDENTITY_RESOLUTION:
        return (
            ", which does not compare the profiles of a domain with each other: let keys of the"
            " object types match them, or merge them with MergeProfiles"
        )
    return "; its coverage page tells what is"
