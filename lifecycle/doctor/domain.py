"""The domain, its settings and its object types."""

from collections.abc import Iterator

from lifecycle.doctor import rules
from lifecycle.doctor.model import Finding, found
from lifecycle.doctor.patient import Patient
from lifecycle.review.diff import compare
from lifecycle.review.live import load_deployed
from lifecycle.review.model import Category


def check_domain(patient: Patient) -> Iterator[Finding]:
    """That it is there, and as the stack deployed it. Raises: ClientError."""
    name, profiles = patient.deployed.domain, patient.client("customer-profiles")
    try:
        patient.domain = profiles.get_domain(DomainName=name)
    except profiles.exceptions.ResourceNotFoundException:
        yield found(rules.DOMAIN_MISSING, name, f"there is no such domain in {patient.account}")
        return
    for member, wanted in (
        ("DefaultExpirationDays", patient.deployed.default_expiration_days),
        ("DefaultEncryptionKey", patient.deployed.encryption_key_arn),
        ("DeadLetterQueueUrl", patient.deployed.dead_letter_queue_url),
    ):
        is_ = patient.domain.get(member)
        # A stack that was deployed by an older release does not tell all of them.
        if wanted is not None and is_ != wanted:
            text = f"{member} is {is_ or 'not set'}, the stack's is {wanted}"
            yield found(rules.DOMAIN_SETTING, name, text)


def check_mappings(patient: Patient) -> Iterator[Finding]:
    """What deploying the tree would change. Raises: CouldNotRunError."""
    if patient.domain is None:
        return
    deployed = load_deployed(patient.deployed, "what is deployed")
    for change in compare(deployed, patient.tree):
        cosmetic = change.category is Category.COSMETIC
        rule = rules.MAPPING_TEXT if cosmetic else rules.MAPPING_DIFFERS
        where = " ".join(filter(None, (change.object_type, change.subject)))
        text = f"{change.rule.purpose}: deployed {change.before or '-'}, here {change.after or '-'}"
        yield found(rule, where, f"{text} [{change.rule.id}]")
