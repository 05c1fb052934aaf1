"""Inline policies of IAM roles, each a resource of its own."""

from typing import Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import Call, Live, TypeSupport, answered, encoded_document


async def _read_role_policy(call: Call, physical_id: str, asked: Model) -> Live | None:  # noqa: ARG001
    """Only the role and the name together find it."""
    answer = await answered(
        call, "iam", "GetRolePolicy", RoleName=asked["RoleName"], PolicyName=asked["PolicyName"]
    )
    if answer is None:
        return None
    return Live({"PolicyDocument": encoded_document(answer["PolicyDocument"])})


def _policy_properties(model: Model) -> Model:
    return {
        "PolicyName": model["PolicyName"],
        "PolicyDocument": model.get("PolicyDocument", {}),
        "Roles": [model["RoleName"]],
    }


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::IAM::RolePolicy": TypeSupport(
        read=_read_role_policy,
        cloudformation_type="AWS::IAM::Policy",
        properties=_policy_properties,
        attributes=(),
    ),
}
