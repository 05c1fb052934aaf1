"""What the local AWS knows of single types beyond CloudFormation: reading back what is there.

Types that are not here are read as they were asked for.
"""

from typing import Final

from emulator.cloud_control.readback import functions, keys, queues, topics
from emulator.cloud_control.readback.live import Call, Live, TypeSupport, merged

__all__ = ["TYPES", "Call", "Live", "TypeSupport", "merged"]

TYPES: Final[dict[str, TypeSupport]] = {
    **queues.TYPES,
    **keys.TYPES,
    **topics.TYPES,
    **functions.TYPES,
}
