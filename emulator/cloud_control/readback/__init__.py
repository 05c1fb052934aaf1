"""What the local AWS knows of single types beyond CloudFormation: reading back what is there, and
setting what CloudFormation there leaves out.

Types that are not here are read as they were asked for.
"""

from typing import Final

from emulator.cloud_control.readback import (
    buckets,
    events,
    functions,
    invocations,
    keys,
    monitoring,
    parameters,
    queues,
    role_policies,
    roles,
    topics,
    workflows,
)
from emulator.cloud_control.readback.live import Call, Live, TypeSupport, merged

__all__ = ["TYPES", "Call", "Live", "TypeSupport", "merged"]

TYPES: Final[dict[str, TypeSupport]] = {
    **queues.TYPES,
    **keys.TYPES,
    **topics.TYPES,
    **functions.TYPES,
    **invocations.TYPES,
    **events.TYPES,
    **workflows.TYPES,
    **buckets.TYPES,
    **roles.TYPES,
    **role_policies.TYPES,
    **monitoring.TYPES,
    **parameters.TYPES,
}
