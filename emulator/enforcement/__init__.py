"""What `lifecycle emulator --iam` adds: nobody, and no service, does what policies do not allow.

With its setting AUTH ministack verifies the signatures of requests and evaluates the policies of
those who send them. What services do in somebody's name it leaves unchecked: that is here, put
around the functions of ministack in which they do it; and the check in front of our own services,
`guard`. What corrects ministack in any case is in `emulator.corrections`.
"""

from functools import cache

from emulator.enforcement import batches, encryption, functions, rules, state_machines, transport


@cache
def install() -> None:
    """Put all checks in place, once in a process. Raises: MissingPartError."""
    batches.install()
    encryption.install()
    functions.install()
    rules.install()
    state_machines.install()
    transport.install()
