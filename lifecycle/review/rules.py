"""The catalogue: every kind of change of the mappings, and how much it asks for.

Categories follow from what the service does (aws-semantics 1.7 and 2): a mapping change is not
retroactive, an empty source never clears an attribute, key names are global to the domain, and
deleting an object type deletes its objects and their values. "Matched" stands for what decides
which profile, object or standard object a record belongs to; where a change might mean more than
can be seen in the mappings, the worst is assumed.
"""

from typing import Final

from lifecycle.review.model import Category, Rule

_IDENTITY, _BACKFILL, _FORWARD_ONLY = Category.IDENTITY, Category.BACKFILL, Category.FORWARD_ONLY
_ADDITIVE, _COSMETIC = Category.ADDITIVE, Category.COSMETIC

VERSION_UNLOADABLE: Final = Rule(
    "VERSION_UNLOADABLE",
    "A mapping of one version cannot be loaded: its changes are unknown, so they may be any.",
    _IDENTITY,
)

TYPE_ADDED: Final = Rule(
    "TYPE_ADDED",
    "An object type is new: its objects add to profiles, and what is there stays.",
    _ADDITIVE,
)
TYPE_REMOVED: Final = Rule(
    "TYPE_REMOVED",
    "An object type is gone: the service deletes its objects, their values in profiles and the "
    "key values by which customers are found.",
    _IDENTITY,
)
TYPE_RENAMED: Final = Rule(
    "TYPE_RENAMED",
    "An object type has another name: the service deletes the old one with all that it brought, "
    "and the new one starts empty.",
    _IDENTITY,
)
TEMPLATE_CHANGED: Final = Rule(
    "TEMPLATE_CHANGED",
    "The template is another, new or gone, and with it fields and keys that are not known offline.",
    _IDENTITY,
)
PROFILE_CREATION_OFF: Final = Rule(
    "PROFILE_CREATION_OFF",
    "Objects that match no profile are rejected from now on: new customers stay unknown.",
    _IDENTITY,
)
PROFILE_CREATION_ON: Final = Rule(
    "PROFILE_CREATION_ON",
    "Objects that match no single profile start one from now on, even a customer's second.",
    _IDENTITY,
)
EXPIRY_SHORTENED: Final = Rule(
    "EXPIRY_SHORTENED", "Objects put from now on are forgotten sooner.", _FORWARD_ONLY
)
EXPIRY_LENGTHENED: Final = Rule(
    "EXPIRY_LENGTHENED", "Objects put from now on are kept longer.", _FORWARD_ONLY
)
EXPIRY_DEFAULT_CHANGED: Final = Rule(
    "EXPIRY_DEFAULT_CHANGED",
    "The expiry is no longer the domain's default, or is from now on; the default is not part of "
    "the mappings, so which of the two is longer is not known.",
    _FORWARD_ONLY,
)
SOURCE_PRIORITY_CHANGED: Final = Rule(
    "SOURCE_PRIORITY_CHANGED",
    "Objects put from now on overwrite other sources, or yield to them, differently.",
    _FORWARD_ONLY,
)
MATCHED_SOURCE_PRIORITY_CHANGED: Final = Rule(
    "MATCHED_SOURCE_PRIORITY_CHANGED",
    "The priority changes of an object type that feeds an index of the domain by which objects are "
    "matched: other values than before stand there.",
    _IDENTITY,
)
OBJECT_COUNT_CHANGED: Final = Rule(
    "OBJECT_COUNT_CHANGED",
    "Other objects than before go first when a profile is full.",
    _FORWARD_ONLY,
)
TIMESTAMP_FORMAT_CHANGED: Final = Rule(
    "TIMESTAMP_FORMAT_CHANGED",
    "The time of last update is read differently in objects put from now on.",
    _FORWARD_ONLY,
)
ENCRYPTION_KEY_CHANGED: Final = Rule(
    "ENCRYPTION_KEY_CHANGED",
    "Objects put from now on are encrypted with another key; those that are there need theirs.",
    _FORWARD_ONLY,
)
DESCRIPTION_CHANGED: Final = Rule("DESCRIPTION_CHANGED", "Only people read it.", _COSMETIC)

FIELD_ADDED: Final = Rule(
    "FIELD_ADDED", "A field with a target is new: an attribute appears or is filled.", _ADDITIVE
)
FIELD_REMOVED: Final = Rule(
    "FIELD_REMOVED",
    "A field with a target is gone: profiles keep the value that it last wrote.",
    _BACKFILL,
)
FIELD_RENAMED: Final = Rule(
    "FIELD_RENAMED", "A field has another name, which no profile shows.", _COSMETIC
)
FIELD_SOURCE_CHANGED: Final = Rule(
    "FIELD_SOURCE_CHANGED",
    "A field reads another value: profiles keep the old one until their objects are put again.",
    _BACKFILL,
)
FIELD_TARGET_CHANGED: Final = Rule(
    "FIELD_TARGET_CHANGED",
    "A field fills another attribute: the old one keeps its last value, the new one has none until "
    "objects are put again.",
    _BACKFILL,
)
FIELD_TARGET_ADDED: Final = Rule(
    "FIELD_TARGET_ADDED", "A field without target fills an attribute from now on.", _ADDITIVE
)
FIELD_TARGET_REMOVED: Final = Rule(
    "FIELD_TARGET_REMOVED",
    "A field fills no attribute any more: profiles keep the value that it last wrote.",
    _BACKFILL,
)
FIELD_CONTENT_TYPE_CHANGED: Final = Rule(
    "FIELD_CONTENT_TYPE_CHANGED",
    "The content type changes of a field that no key compares: values are kept as they come.",
    _COSMETIC,
)
MATCHED_FIELD_SOURCE_CHANGED: Final = Rule(
    "MATCHED_FIELD_SOURCE_CHANGED",
    "A field by which objects are matched reads another value.",
    _IDENTITY,
)
MATCHED_FIELD_TARGET_CHANGED: Final = Rule(
    "MATCHED_FIELD_TARGET_CHANGED",
    "A target that feeds an index of the domain by which objects are matched is another, new or "
    "gone.",
    _IDENTITY,
)
MATCHED_FIELD_CONTENT_TYPE_CHANGED: Final = Rule(
    "MATCHED_FIELD_CONTENT_TYPE_CHANGED",
    "A field by which objects are matched is compared in another way.",
    _IDENTITY,
)
SEARCHED_FIELD_CONTENT_TYPE_CHANGED: Final = Rule(
    "SEARCHED_FIELD_CONTENT_TYPE_CHANGED",
    "A field by which profiles are searched is compared in another way: old objects keep the old "
    "form until they are put again.",
    _BACKFILL,
)
INFERRED_FIELD_CHANGED: Final = Rule(
    "INFERRED_FIELD_CHANGED",
    "Profiles that are created from now on infer their e-mail address or phone number differently "
    "from a field's content type.",
    _FORWARD_ONLY,
)
FIELD_WITHOUT_TARGET_ADDED: Final = Rule(
    "FIELD_WITHOUT_TARGET_ADDED",
    "A field without target is new: by itself it does nothing, and a key over it has its own rule.",
    _COSMETIC,
)
FIELD_WITHOUT_TARGET_REMOVED: Final = Rule(
    "FIELD_WITHOUT_TARGET_REMOVED",
    "A field without target is gone: it filled nothing, and a key over it has its own rule.",
    _COSMETIC,
)
FIELD_WITHOUT_TARGET_CHANGED: Final = Rule(
    "FIELD_WITHOUT_TARGET_CHANGED",
    "A field that fills no attribute and that no key names reads another value.",
    _COSMETIC,
)

KEY_UNIQUE_ADDED: Final = Rule(
    "KEY_UNIQUE_ADDED",
    "A key is UNIQUE now: it decides which objects replace each other.",
    _IDENTITY,
)
KEY_UNIQUE_REMOVED: Final = Rule(
    "KEY_UNIQUE_REMOVED",
    "A key is no longer UNIQUE: the same record may become a second object instead of an update.",
    _IDENTITY,
)
KEY_UNIQUE_MOVED: Final = Rule(
    "KEY_UNIQUE_MOVED",
    "Another key is UNIQUE: the same record becomes a second object, and others overwrite each "
    "other.",
    _IDENTITY,
)
KEY_PROFILE_ADDED: Final = Rule(
    "KEY_PROFILE_ADDED",
    "A key is PROFILE now: it decides which customer an object is of.",
    _IDENTITY,
)
KEY_PROFILE_REMOVED: Final = Rule(
    "KEY_PROFILE_REMOVED",
    "A key is no longer PROFILE: customers known by it alone get a second profile.",
    _IDENTITY,
)
KEY_LOOKUP_CHANGED: Final = Rule(
    "KEY_LOOKUP_CHANGED",
    "SECONDARY, LOOKUP_ONLY or NEW_ONLY changes on a key by which objects are matched: when it is "
    "asked, and whether later objects find what it holds.",
    _IDENTITY,
)
KEY_STANDARD_OBJECT_CHANGED: Final = Rule(
    "KEY_STANDARD_OBJECT_CHANGED",
    "A key looks up other standard objects (ASSET, ORDER, ...): they are doubled, or objects are "
    "rejected because several match.",
    _IDENTITY,
)
MATCHING_KEY_ADDED: Final = Rule(
    "MATCHING_KEY_ADDED", "A key by which objects are matched is new.", _IDENTITY
)
MATCHING_KEY_REMOVED: Final = Rule(
    "MATCHING_KEY_REMOVED", "A key by which objects are matched is gone.", _IDENTITY
)
MATCHING_KEY_RENAMED: Final = Rule(
    "MATCHING_KEY_RENAMED",
    "A key by which objects are matched has another name: what the old name holds is not found "
    "under the new one.",
    _IDENTITY,
)
MATCHING_KEY_FIELDS_CHANGED: Final = Rule(
    "MATCHING_KEY_FIELDS_CHANGED",
    "A key by which objects are matched is made of other fields, or in another order.",
    _IDENTITY,
)
SEARCH_KEY_ADDED: Final = Rule(
    "SEARCH_KEY_ADDED",
    "A key that is only searched is new: old objects are not found by it until put again.",
    _BACKFILL,
)
SEARCH_KEY_REMOVED: Final = Rule(
    "SEARCH_KEY_REMOVED",
    "A key that is only searched is gone: searches by it find nothing new, and fail once no object "
    "type has it; to take that back needs all objects again.",
    _BACKFILL,
)
SEARCH_KEY_RENAMED: Final = Rule(
    "SEARCH_KEY_RENAMED",
    "A key that is only searched has another name: searches by the old one fail, and the new one "
    "finds old objects only when they are put again.",
    _BACKFILL,
)
SEARCH_KEY_FIELDS_CHANGED: Final = Rule(
    "SEARCH_KEY_FIELDS_CHANGED",
    "A key that is only searched is made of other fields, or in another order.",
    _BACKFILL,
)
SEARCH_KEY_LOOKUP_CHANGED: Final = Rule(
    "SEARCH_KEY_LOOKUP_CHANGED",
    "SECONDARY, LOOKUP_ONLY or NEW_ONLY changes on a key that is only searched: whether what is "
    "put can be found by it.",
    _BACKFILL,
)

TARGET_COLLISION: Final = Rule(
    "TARGET_COLLISION",
    "Two object types write one attribute from now on: what they overwrite comes back only when "
    "objects are put again.",
    _BACKFILL,
)

EXCEPTION_EXPIRED: Final = Rule(
    "EXCEPTION_EXPIRED",
    "An exception has expired that would let changes pass; its category is the worst of theirs.",
    _IDENTITY,
)
EXCEPTION_UNUSED: Final = Rule(
    "EXCEPTION_UNUSED", "An exception lets nothing pass any more.", _COSMETIC
)

RULES: Final = tuple(value for value in tuple(globals().values()) if isinstance(value, Rule))
"""All rules, in the order of this file."""
