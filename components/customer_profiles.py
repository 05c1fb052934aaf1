"""A Customer Profiles domain with its object types, its encryption key and its dead letters."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws_native import TagArgs, customerprofiles, kms, sqs

from components.place import Place
from components.policies import dead_letter_queue_policy, encryption_key_policy
from components.renamed import with_earlier_names
from components.tags import tag_list
from profiles import ObjectType
from profiles.requests import to_cloudformation

SECONDS_PER_DAY = 86_400


class CustomerProfilesArgs(TypedDict):
    """Arguments of `CustomerProfiles`.

    object_types: plain values, already validated. default_expiration_days: 1-1098.
    dead_letter_retention_days: 1-14. keeps_customer_data: protect what holds customers' data.
    deletable_object_types: names of those that are not protected all the same.
    """

    domain_name: str
    region: str
    object_types: Sequence[ObjectType]
    default_expiration_days: pulumi.Input[int]
    dead_letter_retention_days: int
    keeps_customer_data: bool
    tags: NotRequired[Mapping[str, str]]
    deletable_object_types: NotRequired[Sequence[str]]


class CustomerProfiles(pulumi.ComponentResource):
    """The domain and all that it needs, from object types as mappings declare them.

    Children are named after themselves: adding, removing or reordering an object type touches no
    other resource.

    ready_domain_name: the domain's name once its object types are there too.
    """

    domain_name: pulumi.Output[str]
    ready_domain_name: pulumi.Output[str]
    dead_letter_queue_url: pulumi.Output[str]
    dead_letter_queue_arn: pulumi.Output[str]
    encryption_key_arn: pulumi.Output[str]
    object_types: pulumi.Output[list[str]]

    def __init__(
        self,
        name: str,
        args: CustomerProfilesArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        options = with_earlier_names(opts)
        super().__init__("customer-lifecycle:index:CustomerProfiles", name, {}, options)
        self._args = args
        self._tags = args.get("tags", {})
        place = Place.ask(self, args["region"], args["domain_name"])
        key = self._key(encryption_key_policy(place))
        queue = self._queue(key)
        policy = sqs.QueueInlinePolicy(
            "dead-letters",
            queue=queue.queue_url,
            policy_document=queue.arn.apply(lambda arn: dead_letter_queue_policy(arn, place)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        domain = self._domain(key, queue, policy)
        types = self._object_types(domain)

        self.domain_name = domain.domain_name.apply(str)
        self.ready_domain_name = pulumi.Output.all(
            domain.domain_name, *(each.object_type_name for each in types)
        ).apply(lambda names: str(names[0]))
        self.dead_letter_queue_url = queue.queue_url
        self.dead_letter_queue_arn = queue.arn
        self.encryption_key_arn = key.arn
        self.object_types = pulumi.Output.all(
            *(each.object_type_name.apply(str) for each in types)
        ).apply(list)
        self.register_outputs(
            {
                "domain_name": self.domain_name,
                "dead_letter_queue_url": self.dead_letter_queue_url,
                "dead_letter_queue_arn": self.dead_letter_queue_arn,
                "encryption_key_arn": self.encryption_key_arn,
                "object_types": self.object_types,
            }
        )

    def _irreplaceable(
        self, *, depends_on: Sequence[pulumi.Resource] = (), deletable: bool = False
    ) -> pulumi.ResourceOptions:
        """Options for what cannot be had back: data goes with the domain, a type, and the key."""
        keep = self._args["keeps_customer_data"] and not deletable
        return pulumi.ResourceOptions(
            parent=self,
            # `protect` refuses a deletion or replacement; should it be lifted in the state by hand,
            # `retain_on_delete` only forgets the resource.
            protect=keep,
            retain_on_delete=keep,
            depends_on=depends_on,
        )

    def _key(self, policy: dict[str, object]) -> kms.Key:
        domain_name = self._args["domain_name"]
        key = kms.Key(
            "encryption",
            description=f"Customer Profiles domain {domain_name} and its dead letters",
            enable_key_rotation=True,
            key_policy=policy,
            tags=tag_list(self._tags),
            opts=self._irreplaceable(),
        )
        kms.Alias(
            "encryption",
            alias_name=f"alias/customer-profiles/{domain_name}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key

    def _queue(self, key: kms.Key) -> sqs.Queue:
        return sqs.Queue(
            "dead-letters",
            queue_name=f"{self._args['domain_name']}-dead-letters",
            kms_master_key_id=key.arn,
            message_retention_period=self._args["dead_letter_retention_days"] * SECONDS_PER_DAY,
            tags=tag_list(self._tags),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _domain(
        self, key: kms.Key, queue: sqs.Queue, policy: sqs.QueueInlinePolicy
    ) -> customerprofiles.Domain:
        return customerprofiles.Domain(
            "domain",
            domain_name=self._args["domain_name"],
            default_expiration_days=self._args["default_expiration_days"],
            default_encryption_key=key.arn,
            dead_letter_queue_url=queue.queue_url,
            tags=tag_list(self._tags),
            # The service is known to try a queue when it is given one, and a rejected object is
            # lost while it may not send.
            opts=self._irreplaceable(depends_on=[policy]),
        )

    def _object_types(self, domain: customerprofiles.Domain) -> list[customerprofiles.ObjectType]:
        """One after the other: an account may write one object type per second (service quotas).

        `depends_on` is the engine's own bookkeeping and no input of the resource: a type that
        joins or leaves the row changes no other.
        """
        types: list[customerprofiles.ObjectType] = []
        deletable = self._args.get("deletable_object_types", ())
        for object_type in sorted(self._args["object_types"], key=lambda each: each.name):
            options = self._irreplaceable(
                depends_on=types[-1:], deletable=object_type.name in deletable
            )
            types.append(_object_type(object_type, domain, tag_list(self._tags), options))
        return types


def _object_type(
    object_type: ObjectType,
    domain: customerprofiles.Domain,
    tags: list[TagArgs],
    options: pulumi.ResourceOptions,
) -> customerprofiles.ObjectType:
    body = to_cloudformation(object_type)
    return customerprofiles.ObjectType(
        object_type.name,
        domain_name=domain.domain_name,
        object_type_name=object_type.name,
        description=object_type.description,
        allow_profile_creation=body.get("AllowProfileCreation"),
        expiration_days=object_type.expiration_days,
        encryption_key=object_type.encryption_key,
        source_last_updated_timestamp_format=object_type.source_last_updated_timestamp_format,
        source_priority=object_type.source_priority,
        max_profile_object_count=object_type.max_profile_object_count,
        template_id=object_type.template_id,
        # None, not an empty list: a type from a template may not send them at all.
        fields=[_field(entry) for entry in body["Fields"]] if "Fields" in body else None,
        keys=[_key(entry) for entry in body["Keys"]] if "Keys" in body else None,
        tags=tags,
        opts=options,
    )


def _field(entry: Mapping[str, Any]) -> customerprofiles.ObjectTypeFieldMapArgsDict:
    declared = entry["ObjectTypeField"]
    field: customerprofiles.ObjectTypeFieldArgsDict = {
        "source": declared["Source"],
        "content_type": customerprofiles.ObjectTypeFieldContentType(declared["ContentType"]),
    }
    if "Target" in declared:
        field["target"] = declared["Target"]
    return {"name": entry["Name"], "object_type_field": field}


def _key(entry: Mapping[str, Any]) -> customerprofiles.ObjectTypeKeyMapArgsDict:
    uses: list[customerprofiles.ObjectTypeKeyArgsDict] = []
    for declared in entry["ObjectTypeKeyList"]:
        use: customerprofiles.ObjectTypeKeyArgsDict = {"field_names": declared["FieldNames"]}
        if "StandardIdentifiers" in declared:
            use["standard_identifiers"] = [
                customerprofiles.ObjectTypeKeyStandardIdentifiersItem(each)
                for each in declared["StandardIdentifiers"]
            ]
        uses.append(use)
    return {"name": entry["Name"], "object_type_key_list": uses}
