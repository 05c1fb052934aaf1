"""What a rule does not hold for, and why. A test finds those that nothing needs."""

from dataclasses import dataclass
from typing import Final

from policy.model import Violation


@dataclass(frozen=True, slots=True)
class KnownException:
    """rule: id. type: of the resource. contains: what the message has in it. why: for reviewers."""

    rule: str
    type: str
    contains: str
    why: str

    def covers(self, violation: Violation) -> bool:
        """Whether the violation is meant."""
        return (
            violation.rule.id == self.rule
            and violation.resource.type == self.type
            and self.contains in violation.message
        )


EXCEPTIONS: Final = (
    KnownException(
        "NO_WILDCARD_ACTION",
        "aws-native:kms:Key",
        "kms:* in AccountAdministersThroughIam",
        "The statement with which AWS makes every key: a key whose account cannot administer it is "
        'lost (KMS developer guide, "Default key policy").',
    ),
    KnownException(
        "CONSUMER_HAS_DEAD_LETTERS",
        "aws-native:scheduler:Schedule",
        "",
        "A start that was lost is made up for by the next one, which takes up at the watermark.",
    ),
)
