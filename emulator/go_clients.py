"""What the SDK for Go makes of an answer that comes at once.

The SDK, which the aws-native provider uses, closes the body of its request as soon as it has the
head of the answer. Go's transport may then still be looking whether there is more of that body; it
takes the end that it is told for a failure, and closes the connection. All that is left of the
answer is what it had read by then: "use of closed network connection" (aws-sdk-go-v2, issues 1825
and 2737; releases from 2025 on try again). Of AWS this is seldom seen, since it is far away.
"""

import asyncio
from typing import Final

from emulator.http import Response

READ_AT_ONCE: Final = 3_000
"""Bytes of a body that Go surely reads together with the head: its buffer has 4,096."""

SECONDS: Final = 0.005
"""Of 160,000 answers of 20,000 bytes 49 were lost without waiting, and none of 110,000 after 1 ms,
with Go 1.26 on two cores that had more to do.
"""


async def in_time(response: Response) -> Response:
    """The response; if it is long, when Go is done with the request."""
    if len(response.body) > READ_AT_ONCE:
        await asyncio.sleep(SECONDS)
    return response
