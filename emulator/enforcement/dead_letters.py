"""Customer Profiles' own dead letters: the service needs the key of an encrypted queue."""

import logging

from emulator.customer_profiles.dead_letters import DeadLetter
from emulator.customer_profiles.queue_policy import PRINCIPAL
from emulator.enforcement.encryption import service_sends_denial
from emulator.ministack_parts import part

log = logging.getLogger("emulator.enforcement")


def may_encrypt(letter: DeadLetter) -> bool:
    """Whether the key's policy lets the service write for this domain (admin guide, "Enable
    Customer Profiles", the dead-letter queue's KMS key).
    """
    caller = letter.caller
    with part("core.responses", "request_scope")(caller.account, caller.region):
        queue = part("services.sqs", "_get_q")(letter.queue_url)
        found = service_sends_denial(queue, PRINCIPAL, letter.source_arn, caller.account)
    if found is not None:
        log.warning("a rejected object was not delivered: %s", found.sentence)
    return found is None
