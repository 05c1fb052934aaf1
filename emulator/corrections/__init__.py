"""What AWS does and ministack does not: every correction, always installed.

Each is a function whose docstring says what AWS does and where that is documented. What only
`lifecycle emulator --iam` adds is in `emulator.enforcement`.
"""

from functools import cache
from typing import Final

from emulator.corrections import events, function_errors, invocations, queues

CORRECTIONS: Final = (
    queues.messages_survive_concurrent_changes,
    queues.messages_from_topics_have_sequence_numbers,
    function_errors.errors_carry_the_name_of_the_exception,
    function_errors.throttled_functions_say_so_to_step_functions,
    invocations.asynchronous_invocations_wait_for_their_turn,
    events.functions_are_invoked_asynchronously,
    events.requests_over_a_mebibyte_are_refused,
)


@cache
def install() -> None:
    """Install all, once in a process. Raises: MissingPartError."""
    for correction in CORRECTIONS:
        correction()
