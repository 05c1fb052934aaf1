"""Amazon S3: buckets and their policies."""

from typing import Any, Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.lifecycles import from_api, to_api
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    alike,
    answered,
    document,
    tag_list,
    tag_map,
)

# Amazon S3 user guide: new buckets are encrypted with keys of S3, and owned by their owner.
_DEFAULTS: Final[Model] = {
    "BucketEncryption": {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        ]
    },
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
}


async def _read_bucket(call: Call, name: str, asked: Model) -> Live | None:
    if await answered(call, "s3", "HeadBucket", Bucket=name) is None:
        return None

    async def told(operation: str) -> dict[str, Any]:
        return await answered(call, "s3", operation, Bucket=name) or {}

    versioning = (await told("GetBucketVersioning")).get("Status")
    values: Model = {
        "BucketName": name,
        "BucketEncryption": _encryption(
            (await told("GetBucketEncryption")).get("ServerSideEncryptionConfiguration", {}), asked
        ),
        "LifecycleConfiguration": _lifecycle(await told("GetBucketLifecycleConfiguration"), asked),
        "OwnershipControls": (await told("GetBucketOwnershipControls")).get("OwnershipControls"),
        "PublicAccessBlockConfiguration": (await told("GetPublicAccessBlock")).get(
            "PublicAccessBlockConfiguration"
        ),
        "Tags": tag_list(tag_map((await told("GetBucketTagging")).get("TagSet", []))),
        "VersioningConfiguration": {"Status": versioning} if versioning else None,
    }
    return Live(values, _DEFAULTS)


async def _complete_bucket(call: Call, name: str, model: Model) -> None:
    """CloudFormation there knows neither encryption nor lifecycle, ownership, tags, suspension."""
    versioning = model.get("VersioningConfiguration", {}).get("Status")
    told = (await call("s3", "GetBucketVersioning", Bucket=name)).get("Status")
    if versioning != told and (versioning or told):
        # What was versioned once is suspended for good.
        setting = {"Status": versioning or "Suspended"}
        await call("s3", "PutBucketVersioning", Bucket=name, VersioningConfiguration=setting)
    encryption = [
        {
            ("Apply" + member if member == "ServerSideEncryptionByDefault" else member): value
            for member, value in rule.items()
        }
        for rule in model.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    ]
    lifecycle = [to_api(rule) for rule in model.get("LifecycleConfiguration", {}).get("Rules", [])]
    for rules, what, member in (
        (encryption, "Encryption", "ServerSideEncryptionConfiguration"),
        (lifecycle, "Lifecycle", "LifecycleConfiguration"),
        (model.get("OwnershipControls", {}).get("Rules"), "OwnershipControls", "OwnershipControls"),
    ):
        if rules:
            put = "PutBucketLifecycleConfiguration" if what == "Lifecycle" else f"PutBucket{what}"
            await call("s3", put, Bucket=name, **{member: {"Rules": rules}})
        else:
            await call("s3", f"DeleteBucket{what}", Bucket=name)
    if tags := model.get("Tags"):
        await call("s3", "PutBucketTagging", Bucket=name, Tagging={"TagSet": tags})
    else:
        await call("s3", "DeleteBucketTagging", Bucket=name)


def _encryption(told: dict[str, Any], asked: Model) -> Model | None:
    """That no key of the bucket's own is used shows where it was asked for."""
    wanted = asked.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    explicit = any("BucketKeyEnabled" in rule for rule in wanted)
    rules = []
    for each in told.get("Rules", []):
        rule = {"ServerSideEncryptionByDefault": each["ApplyServerSideEncryptionByDefault"]}
        if explicit or each.get("BucketKeyEnabled"):
            rule["BucketKeyEnabled"] = each.get("BucketKeyEnabled", False)
        rules.append(rule)
    return {"ServerSideEncryptionConfiguration": rules} if rules else None


def _lifecycle(told: dict[str, Any], asked: Model) -> Model | None:
    """The rules as they were asked for while they mean the same; names that nobody gave go."""
    wanted = asked.get("LifecycleConfiguration", {}).get("Rules", [])
    given = {rule["Id"] for rule in wanted if "Id" in rule}
    rules = []
    for each in told.get("Rules", []):
        rule = from_api(each)
        if len(given) < len(wanted) and rule.get("Id") not in given:
            rule.pop("Id", None)
        rules.append(rule)
    if alike([to_api(rule) for rule in wanted], [to_api(rule) for rule in rules]):
        return asked.get("LifecycleConfiguration")
    return {"Rules": rules} if rules else None


async def _read_policy(call: Call, _: str, asked: Model) -> Live | None:
    told = await answered(call, "s3", "GetBucketPolicy", Bucket=asked["Bucket"])
    return None if told is None else Live({"PolicyDocument": document(told["Policy"])})


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::S3::Bucket": TypeSupport(
        read=_read_bucket,
        complete=_complete_bucket,
        # The website's URL is left out: it would leave this machine.
        attributes=("Arn", "DomainName", "RegionalDomainName"),
    ),
    "AWS::S3::BucketPolicy": TypeSupport(read=_read_policy, attributes=()),
}
