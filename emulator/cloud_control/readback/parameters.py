"""AWS Systems Manager parameters."""

from typing import Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import Call, Live, TypeSupport, answered, tag_map


async def _read_parameter(call: Call, name: str, asked: Model) -> Live | None:  # noqa: ARG001
    """Description, tier and the like are never read back, as in AWS."""
    answer = await answered(call, "ssm", "GetParameter", Name=name)
    if answer is None:
        return None
    told = answer["Parameter"]
    tags = await call("ssm", "ListTagsForResource", ResourceType="Parameter", ResourceId=name)
    by_name = tag_map(tags.get("TagList", []))
    values: Model = {
        "DataType": told.get("DataType"),
        "Name": name,
        "Tags": {each: by_name[each] for each in by_name if not each.startswith("aws:")} or None,
        "Type": told["Type"],
        "Value": told["Value"],
    }
    return Live(values, {"DataType": "text"})


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::SSM::Parameter": TypeSupport(read=_read_parameter, attributes=("Arn",))
}
