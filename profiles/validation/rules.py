"""The catalogue: every rule of an object type mapping that can be known offline."""

from typing import Final

from profiles.findings import Rule, Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_FIELD_PAGE: Final = "admin guide, Mapping field definitions"
_KEY_PAGE: Final = "admin guide, Mapping key definitions"
_SUBMIT: Final = "admin guide, Examples of object type mappings, Before you submit"
_IDENTIFIERS: Final = "admin guide, Standard identifiers"
_MODEL: Final = "API model, PutProfileObjectType"
_LIMITS: Final = "admin guide, Amazon Connect service quotas"
_CLOUDFORMATION: Final = "CloudFormation schema AWS::CustomerProfiles::ObjectType"

VALUE_TYPE: Final = Rule(
    "VALUE_TYPE",
    "Every value of a mapping has the Python type that profiles.vocabulary declares.",
    _ERROR,
    "this project",
)
TYPE_NAME: Final = Rule(
    "TYPE_NAME", "An object type's name has 1-255 letters, digits, _ or -.", _ERROR, _MODEL
)
TYPE_NAME_RESERVED: Final = Rule(
    "TYPE_NAME_RESERVED",
    "Names that start with _ belong to the service's own types.",
    _ERROR,
    "admin guide, Object type mapping troubleshooting",
)
TYPE_DESCRIPTION: Final = Rule(
    "TYPE_DESCRIPTION", "A description has 1-1000 characters.", _ERROR, _MODEL
)
TYPE_EXPIRATION: Final = Rule(
    "TYPE_EXPIRATION", "Objects expire after 1-1098 days.", _ERROR, _MODEL
)
TYPE_PRIORITY: Final = Rule("TYPE_PRIORITY", "A source priority is 1 or more.", _ERROR, _MODEL)
TYPE_OBJECT_COUNT: Final = Rule(
    "TYPE_OBJECT_COUNT", "A maximum object count is 1 or more.", _ERROR, _MODEL
)
TYPE_ENCRYPTION_KEY: Final = Rule(
    "TYPE_ENCRYPTION_KEY", "An encryption key has at most 255 characters.", _ERROR, _MODEL
)
TYPE_TIMESTAMP_FORMAT: Final = Rule(
    "TYPE_TIMESTAMP_FORMAT", "A timestamp format has 1-255 characters.", _ERROR, _MODEL
)
TYPE_TIMESTAMP_PATTERN: Final = Rule(
    "TYPE_TIMESTAMP_PATTERN",
    "A timestamp format is EpochMilli or a Java SimpleDateFormat pattern.",
    _WARNING,
    _FIELD_PAGE,
)
TYPE_TEMPLATE_ID: Final = Rule(
    "TYPE_TEMPLATE_ID", "A template's id has 1-64 letters, digits, _ or -.", _ERROR, _MODEL
)
TYPE_TEMPLATE: Final = Rule(
    "TYPE_TEMPLATE",
    "An object type has either a template or its own fields and keys.",
    _ERROR,
    "API reference, PutProfileObjectType",
)
FIELD_COUNT: Final = Rule("FIELD_COUNT", "An object type has 1-250 fields.", _ERROR, _FIELD_PAGE)
FIELD_NAME: Final = Rule(
    "FIELD_NAME",
    "A field's name has 1-64 letters, digits, _ . or - and starts with a letter.",
    _ERROR,
    _FIELD_PAGE,
)
FIELD_NAME_DOTTED: Final = Rule(
    "FIELD_NAME_DOTTED", "CloudFormation takes no dot in a field's name.", _ERROR, _CLOUDFORMATION
)
FIELD_NAME_RESERVED: Final = Rule(
    "FIELD_NAME_RESERVED", "No field or key is called Tags or tags.", _ERROR, _FIELD_PAGE
)
FIELD_DUPLICATE: Final = Rule(
    "FIELD_DUPLICATE", "Every field of an object type has its own name.", _ERROR, _MODEL
)
FIELD_SOURCE: Final = Rule(
    "FIELD_SOURCE",
    "A source is an accessor below _source or a documented Handlebars template.",
    _ERROR,
    _FIELD_PAGE,
)
FIELD_CONTENT_TYPE: Final = Rule(
    "FIELD_CONTENT_TYPE", "A content type is one of the five that exist.", _ERROR, _MODEL
)
FIELD_CONTENT_TYPE_MISSING: Final = Rule(
    "FIELD_CONTENT_TYPE_MISSING",
    "An e-mail or phone field without its content type is matched letter by letter.",
    _WARNING,
    _SUBMIT,
)
FIELD_UNUSED: Final = Rule(
    "FIELD_UNUSED", "A field without target that no key names has no effect.", _WARNING, _SUBMIT
)
TARGET_SYNTAX: Final = Rule(
    "TARGET_SYNTAX", "A target is an accessor of a standard object.", _ERROR, _FIELD_PAGE
)
TARGET_UNKNOWN: Final = Rule(
    "TARGET_UNKNOWN", "A target names a real field of its standard object.", _ERROR, _SUBMIT
)
TARGET_ATTRIBUTE_NAME: Final = Rule(
    "TARGET_ATTRIBUTE_NAME", "An attribute's name has 1-255 characters.", _ERROR, _MODEL
)
TARGET_UNVERIFIED: Final = Rule(
    "TARGET_UNVERIFIED",
    "This standard object's fields are not all known offline.",
    _WARNING,
    "admin guide, Reference for standard objects",
)
TARGET_SYSTEM: Final = Rule(
    "TARGET_SYSTEM", "Ids and lists that the service keeps are no targets.", _ERROR, _FIELD_PAGE
)
TARGET_EXCLUSIVE: Final = Rule(
    "TARGET_EXCLUSIVE",
    "Gender and GenderString, PartyType and PartyTypeString exclude each other.",
    _ERROR,
    _FIELD_PAGE,
)
TARGET_DUPLICATE: Final = Rule(
    "TARGET_DUPLICATE",
    "Two fields with one target overwrite each other in an order that is not documented.",
    _WARNING,
    "aws-semantics 1.3",
)
TARGET_NEEDS_KEY: Final = Rule(
    "TARGET_NEEDS_KEY",
    "A target of a standard object needs a key with its identifier.",
    _ERROR,
    _IDENTIFIERS,
)
TARGET_NEEDS_FORMAT: Final = Rule(
    "TARGET_NEEDS_FORMAT",
    "_profile.SourceLastUpdatedTimestamp needs a timestamp format.",
    _ERROR,
    _FIELD_PAGE,
)
KEY_COUNT: Final = Rule("KEY_COUNT", "An object type has 1-10 key entries.", _ERROR, _LIMITS)
KEY_NAME: Final = Rule(
    "KEY_NAME",
    "A key's name has 1-64 letters, digits, _ or -, starts with a letter, or is predefined.",
    _ERROR,
    _KEY_PAGE,
)
KEY_NAME_RESERVED: Final = Rule(
    "KEY_NAME_RESERVED", "No key is called Tags or tags.", _ERROR, _KEY_PAGE
)
KEY_WITHOUT_FIELD: Final = Rule(
    "KEY_WITHOUT_FIELD", "A key names at least one field.", _ERROR, _KEY_PAGE
)
KEY_UNKNOWN_FIELD: Final = Rule(
    "KEY_UNKNOWN_FIELD", "A key names fields of its own object type.", _ERROR, _KEY_PAGE
)
KEY_DOTTED_FIELD: Final = Rule(
    "KEY_DOTTED_FIELD", "A key cannot name a field with a dot.", _ERROR, _MODEL
)
KEY_IDENTIFIER: Final = Rule(
    "KEY_IDENTIFIER", "A key's identifiers are standard identifiers, each once.", _ERROR, _MODEL
)
KEY_IDENTIFIER_NOT_DEPLOYABLE: Final = Rule(
    "KEY_IDENTIFIER_NOT_DEPLOYABLE",
    "CloudFormation does not know COMMUNICATION_RECORD.",
    _ERROR,
    _CLOUDFORMATION,
)
KEY_UNIQUE_COUNT: Final = Rule(
    "KEY_UNIQUE_COUNT", "An object type has exactly one UNIQUE key.", _ERROR, _SUBMIT
)
KEY_PROFILE_MISSING: Final = Rule(
    "KEY_PROFILE_MISSING", "An object type has a PROFILE key.", _ERROR, _SUBMIT
)
KEY_PROFILE_NOT_STORED: Final = Rule(
    "KEY_PROFILE_NOT_STORED",
    "A type that creates profiles has a PROFILE key that is neither LOOKUP_ONLY nor NEW_ONLY.",
    _ERROR,
    _SUBMIT,
)
KEY_UNIQUE_NOT_STORED: Final = Rule(
    "KEY_UNIQUE_NOT_STORED", "UNIQUE excludes LOOKUP_ONLY and NEW_ONLY.", _ERROR, _IDENTIFIERS
)
KEY_MODIFIER_ALONE: Final = Rule(
    "KEY_MODIFIER_ALONE",
    "SECONDARY, LOOKUP_ONLY and NEW_ONLY refine a PROFILE key.",
    _WARNING,
    "aws-semantics 1.5, rule 4 (sources disagree)",
)
KEY_ID_LOOKUP_ONLY: Final = Rule(
    "KEY_ID_LOOKUP_ONLY",
    "_profileId, _assetId, _caseId and _orderId are LOOKUP_ONLY.",
    _ERROR,
    _IDENTIFIERS,
)
KEY_LOW_CARDINALITY: Final = Rule(
    "KEY_LOW_CARDINALITY",
    "A PROFILE key over a value that many customers share unites strangers.",
    _WARNING,
    _SUBMIT,
)
KEY_REUSE: Final = Rule(
    "KEY_REUSE",
    "A key name is global to the domain: its fields have the same content types everywhere.",
    _ERROR,
    _KEY_PAGE,
)
ATTRIBUTE_SHARED: Final = Rule(
    "ATTRIBUTE_SHARED",
    "Two object types write one profile attribute: the last write stands.",
    _WARNING,
    "admin guide, Profile matching",
)
TYPE_DUPLICATE: Final = Rule(
    "TYPE_DUPLICATE", "Every object type of a domain has its own name.", _ERROR, _MODEL
)
TYPE_COUNT: Final = Rule("TYPE_COUNT", "A domain has at most 100 object types.", _ERROR, _LIMITS)
EXAMPLE_WITHOUT_KEY: Final = Rule(
    "EXAMPLE_WITHOUT_KEY",
    "An example object has a value for its UNIQUE key and for a PROFILE key.",
    _ERROR,
    "admin guide, Object type mapping troubleshooting",
)
MAPPING_UNLOADABLE: Final = Rule(
    "MAPPING_UNLOADABLE",
    "A mapping module can be imported and defines OBJECT_TYPE and EXAMPLES.",
    _ERROR,
    "this project",
)

RULES: Final = tuple(value for value in tuple(globals().values()) if isinstance(value, Rule))
"""All rules, in the order of this file."""
