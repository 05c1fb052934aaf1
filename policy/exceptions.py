"""What a rule does not hold for, and why. A test finds those that nothing needs."""

from dataclasses import dataclass
from typing import Final

from policy.model import Violation


@dataclass(frozen=True, slots=True)
class KnownException:
    """rule: id. type: of the resource. message: of the violation. why: for reviewers.

    name: of the resource; None for all of the type.
    """

    rule: str
    type: str
    message: str
    why: str
    name: str | None = None

    def covers(self, violation: Violation) -> bool:
        """Whether the violation is meant."""
        resource = violation.resource
        return (
            (violation.rule.id, resource.type, violation.message)
            == (self.rule, self.type, self.message)
        ) and self.name in {None, resource.name}


EXCEPTIONS: Final = (
    KnownException(
        "NO_WILDCARD_ACTION",
        "aws-native:kms:Key",
        "allows kms:* in AccountAdministersThroughIam",
        "The statement with which AWS makes every key: a key whose account cannot administer it is "
        'lost (KMS developer guide, "Default key policy").',
    ),
    KnownException(
        "PROTECTED",
        "aws-native:kms:Key",
        "is not protected",
        "The key of what is on its way goes with the last way in, like its queues; KMS keeps it "
        "for 30 days after that.",
        name="ingestion",
    ),
    KnownException(
        "CONSUMER_HAS_DEAD_LETTERS",
        "aws-native:scheduler:Schedule",
        "has no dead-letter queue",
        "A start that was lost is made up for by the next one, which takes up at the watermark.",
    ),
)
