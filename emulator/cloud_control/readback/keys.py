"""AWS KMS: keys and aliases."""

from typing import Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    answered,
    document,
    tag_list,
    tag_map,
)

_PENDING_DELETION: Final = "PendingDeletion"

# AWS KMS API reference, CreateKey; resource reference of AWS::KMS::Key.
_DEFAULTS: Final[Model] = {
    "Description": "",
    "EnableKeyRotation": False,
    "Enabled": True,
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "MultiRegion": False,
    "Origin": "AWS_KMS",
}


async def _read_key(call: Call, key_id: str, asked: Model) -> Live | None:
    """A key that waits for its deletion is gone for CloudFormation."""
    answer = await answered(call, "kms", "DescribeKey", KeyId=key_id)
    if answer is None or answer["KeyMetadata"]["KeyState"] == _PENDING_DELETION:
        return None
    told = answer["KeyMetadata"]
    policy = await call("kms", "GetKeyPolicy", KeyId=key_id, PolicyName="default")
    tags = await call("kms", "ListResourceTags", KeyId=key_id)
    values: Model = {
        "Arn": told["Arn"],
        "KeyId": told["KeyId"],
        "Description": told.get("Description"),
        "Enabled": told["Enabled"],
        "KeySpec": told.get("KeySpec"),
        "KeyUsage": told.get("KeyUsage"),
        "MultiRegion": told.get("MultiRegion"),
        "Origin": told.get("Origin"),
        "Tags": tag_list(tag_map(tags.get("Tags", []), "TagKey", "TagValue")),
    }
    if "KeyPolicy" in asked:
        # Without one the service sets its own, which nobody asked for.
        values["KeyPolicy"] = document(policy["Policy"])
    if told.get("KeySpec") == _DEFAULTS["KeySpec"]:
        rotation = await call("kms", "GetKeyRotationStatus", KeyId=key_id)
        values["EnableKeyRotation"] = rotation["KeyRotationEnabled"]
    return Live(values, _DEFAULTS)


async def _read_alias(call: Call, name: str, asked: Model) -> Live | None:
    """The target keeps its form: id and ARN of a key name the same key."""
    aliases: list[Model] = (await call("kms", "ListAliases")).get("Aliases", [])
    found = next((each for each in aliases if each["AliasName"] == name), None)
    if found is None:
        return None
    target = found.get("TargetKeyId", "")
    wanted = str(asked.get("TargetKeyId", ""))
    return Live({"TargetKeyId": wanted if wanted.rpartition("/")[2] == target else target})


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::KMS::Key": TypeSupport(read=_read_key, attributes=("Arn", "KeyId")),
    "AWS::KMS::Alias": TypeSupport(read=_read_alias, attributes=()),
}
