"""Object types as request bodies of PutProfileObjectType, and as CloudFormation properties."""

import json
import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

import mappings
from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NEW_ONLY,
    PROFILE,
    SECONDARY,
    UNIQUE,
    ContentType,
    Field,
    Key,
    ObjectType,
)
from profiles.requests import from_request, to_cloudformation, to_request
from profiles.standard import SEARCH_KEYS

LETTERS = "abcdefgXYZ"
names = st.builds(
    str.__add__, st.sampled_from(LETTERS), st.text(alphabet=LETTERS + "019_-", max_size=6)
).filter(lambda name: name.lower() != "tags")
counts = st.none() | st.integers(min_value=1, max_value=1098)
sources = names.map("_source.{}".format) | names.map("{{{{_source.{}}}}}".format)
profile_fields = ("AccountNumber", "EmailAddress", "Address.City", "BusinessName")
targets = st.none() | (names.map("Attributes.{}".format) | st.sampled_from(profile_fields)).map(
    "_profile.{}".format
)
fields = st.lists(
    st.builds(Field, names, sources, targets, st.sampled_from(ContentType)),
    min_size=1,
    max_size=6,
    unique_by=lambda field: field.name,
)
roles = st.sampled_from(
    [(), (PROFILE,), (PROFILE, SECONDARY), (PROFILE, LOOKUP_ONLY), (PROFILE, NEW_ONLY)]
)
key_names = names | st.sampled_from(sorted(SEARCH_KEYS - {"_profileId"}))


@st.composite
def own_types(draw: st.DrawFn) -> ObjectType:
    """Types with fields and keys; entries of one key name stand together, as in a request."""
    own_fields = draw(fields)
    known = [field.name for field in own_fields]
    of_fields = st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True).map(tuple)
    entries = [Key(draw(names), draw(of_fields), (PROFILE, UNIQUE))]
    for name in draw(st.lists(key_names, max_size=3)):
        entries += [
            Key(name, draw(of_fields), draw(roles))
            for _ in range(draw(st.integers(min_value=1, max_value=2)))
        ]
    order = list(dict.fromkeys(key.name for key in entries))
    return ObjectType(
        name=draw(names),
        description=draw(st.text(min_size=1, max_size=20)),
        fields=tuple(own_fields),
        keys=tuple(sorted(entries, key=lambda key: order.index(key.name))),
        allow_profile_creation=draw(st.booleans()),
        expiration_days=draw(counts),
        source_priority=draw(counts),
        max_profile_object_count=draw(counts),
        source_last_updated_timestamp_format=draw(st.none() | st.just("EpochMilli")),
        encryption_key=draw(st.none() | names),
    )


template_types = st.builds(
    ObjectType,
    name=names,
    description=st.text(min_size=1, max_size=20),
    template_id=names,
    expiration_days=counts,
    source_priority=counts,
)
object_types = own_types() | template_types


def test_a_type_becomes_the_members_of_the_request_and_what_is_not_said_is_left_out() -> None:
    crm = ObjectType(
        name="Crm",
        description="Customers",
        fields=(Field("email", "_source.email", None, EMAIL_ADDRESS), Field("id", "_source.id")),
        keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)), Key("contact", ("email", "id"))),
    )
    assert to_request(crm) == {
        "ObjectTypeName": "Crm",
        "Description": "Customers",
        "AllowProfileCreation": False,
        "Fields": {
            "email": {"Source": "_source.email", "ContentType": "EMAIL_ADDRESS"},
            "id": {"Source": "_source.id", "ContentType": "STRING"},
        },
        "Keys": {
            "crmId": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}],
            "contact": [{"FieldNames": ["email", "id"]}],
        },
    }


def test_every_other_member_of_the_request_can_be_said() -> None:
    crm = ObjectType(
        name="Crm",
        description="Customers",
        allow_profile_creation=True,
        expiration_days=1,
        source_priority=2,
        max_profile_object_count=3,
        source_last_updated_timestamp_format="EpochMilli",
        encryption_key="arn:aws:kms:us-east-1:111122223333:key/k",
    )
    assert to_request(crm) == {
        "ObjectTypeName": "Crm",
        "Description": "Customers",
        "AllowProfileCreation": True,
        "ExpirationDays": 1,
        "SourcePriority": 2,
        "MaxProfileObjectCount": 3,
        "SourceLastUpdatedTimestampFormat": "EpochMilli",
        "EncryptionKey": "arn:aws:kms:us-east-1:111122223333:key/k",
    }


def test_a_template_is_sent_without_what_it_excludes() -> None:
    contact = ObjectType("Contact", "Contacts", template_id="Salesforce-Contact")
    request = {
        "ObjectTypeName": "Contact",
        "Description": "Contacts",
        "TemplateId": "Salesforce-Contact",
    }
    assert to_request(contact) == request
    assert to_cloudformation(contact) == request


def test_entries_of_one_key_name_become_one_list_in_their_order() -> None:
    phones = tuple(Key("_phone", (name,)) for name in ("work", "home", "mobile"))
    crm = ObjectType("Crm", "Customers", keys=(phones[0], Key("other", ("id",)), *phones[1:]))
    entries = to_request(crm)["Keys"]["_phone"]
    assert [entry["FieldNames"] for entry in entries] == [["work"], ["home"], ["mobile"]]
    assert to_cloudformation(crm)["Keys"][0] == {"Name": "_phone", "ObjectTypeKeyList": entries}


def test_a_request_without_optional_members_has_their_defaults() -> None:
    assert from_request("Crm", {"Description": "Customers"}) == ObjectType("Crm", "Customers")
    body = {"Description": "Customers", "Fields": {"id": {}}, "Keys": {"crmId": [{}]}}
    assert from_request("Crm", body) == ObjectType(
        "Crm", "Customers", (Field("id", ""),), (Key("crmId", ()),)
    )


@given(object_types)
@settings(deadline=None)
def test_the_type_of_a_request_is_the_type_that_it_was_made_from(object_type: ObjectType) -> None:
    request = json.loads(json.dumps(to_request(object_type)))
    assert from_request(request["ObjectTypeName"], request) == object_type


@given(object_types)
@settings(deadline=None)
def test_cloudformation_says_the_same_in_lists_sorted_by_name(object_type: ObjectType) -> None:
    request, properties = to_request(object_type), to_cloudformation(object_type)
    for member, inner in (("Fields", "ObjectTypeField"), ("Keys", "ObjectTypeKeyList")):
        listed = properties.pop(member, [])
        assert [entry["Name"] for entry in listed] == sorted(request.get(member, {}))
        assert {entry["Name"]: entry[inner] for entry in listed} == request.pop(member, {})
    assert properties == request


@given(own_types(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rows_changes_nothing_in_cloudformation(
    object_type: ObjectType, chance: random.Random
) -> None:
    def shuffled(rows: tuple[Field, ...]) -> tuple[Field, ...]:
        return tuple(chance.sample(rows, len(rows)))

    by_name = sorted(object_type.keys, key=lambda key: key.name, reverse=chance.random() < 0.5)
    other = replace(object_type, fields=shuffled(object_type.fields), keys=tuple(by_name))
    assert to_cloudformation(other) == to_cloudformation(object_type)


def test_the_mappings_of_this_repository_survive_a_request() -> None:
    for mapping in mappings.load():
        object_type = mapping.object_type
        assert from_request(object_type.name, to_request(object_type)) == object_type
