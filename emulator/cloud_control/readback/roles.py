"""AWS IAM roles."""

from typing import Any, Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    answered,
    encoded_document,
    tag_list,
    tag_map,
)

# AWS IAM API reference, CreateRole.
_DEFAULTS: Final[Model] = {"Description": "", "MaxSessionDuration": 3600, "Path": "/"}


async def _read_role(call: Call, name: str, asked: Model) -> Live | None:
    """Policies that the role did not ask for are not its own, as for CloudFormation's drift
    detection: they may be resources themselves.
    """
    answer = await answered(call, "iam", "GetRole", RoleName=name)
    if answer is None:
        return None
    role = answer["Role"]
    wanted = {policy["PolicyName"] for policy in asked.get("Policies", [])}
    wanted &= set((await call("iam", "ListRolePolicies", RoleName=name)).get("PolicyNames", []))
    told = await call("iam", "ListAttachedRolePolicies", RoleName=name)
    attached = {policy["PolicyArn"] for policy in told.get("AttachedPolicies", [])}
    attached &= set(asked.get("ManagedPolicyArns", []))
    tags = await call("iam", "ListRoleTags", RoleName=name)
    values: Model = {
        "Arn": role["Arn"],
        "AssumeRolePolicyDocument": encoded_document(role.get("AssumeRolePolicyDocument")),
        "Description": role.get("Description") or None,
        "ManagedPolicyArns": sorted(attached) or None,
        "MaxSessionDuration": role.get("MaxSessionDuration"),
        "Path": role.get("Path"),
        "PermissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Policies": [await _inline(call, name, each) for each in sorted(wanted)] or None,
        "RoleId": role["RoleId"],
        "RoleName": name,
        "Tags": tag_list(tag_map(tags.get("Tags", []))),
    }
    return Live(values, _DEFAULTS)


async def _complete_role(call: Call, name: str, model: Model) -> None:
    """CloudFormation there passes over the permissions boundary."""
    told = (await call("iam", "GetRole", RoleName=name))["Role"].get("PermissionsBoundary", {})
    wanted = model.get("PermissionsBoundary")
    if wanted == told.get("PermissionsBoundaryArn"):
        return
    if wanted is None:
        await call("iam", "DeleteRolePermissionsBoundary", RoleName=name)
    else:
        parameters = {"RoleName": name, "PermissionsBoundary": wanted}
        await call("iam", "PutRolePermissionsBoundary", **parameters)


async def _inline(call: Call, role: str, name: str) -> dict[str, Any]:
    told = await call("iam", "GetRolePolicy", RoleName=role, PolicyName=name)
    return {"PolicyName": name, "PolicyDocument": encoded_document(told["PolicyDocument"])}


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::IAM::Role": TypeSupport(
        read=_read_role, complete=_complete_role, attributes=("Arn", "RoleId")
    )
}
