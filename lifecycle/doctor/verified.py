"""What the last `lifecycle verify` found, and whether it is about what is here."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lifecycle import verify_record
from lifecycle.doctor import rules
from lifecycle.doctor.model import Finding, found
from lifecycle.doctor.patient import Patient
from lifecycle.verify_record import fingerprint, parameter_name


def check_verified(patient: Patient) -> Iterator[Finding]:
    """Raises: ClientError."""
    name = parameter_name(patient.deployed.domain)
    try:
        record = verify_record.read(patient.client("ssm"), patient.deployed.domain)
    except ValueError as error:
        yield found(rules.VERIFY_MISSING, name, str(error))
        return
    if record is None:
        yield found(rules.VERIFY_MISSING, name, "no verify is on record")
        return
    if not record.ok:
        yield found(rules.VERIFY_FAILED, name, f"it found a mismatch at {record.at.isoformat()}")
    if datetime.now(UTC) - record.at > timedelta(days=patient.verified_days):
        text = f"it was at {record.at.isoformat()}, over {patient.verified_days:g} days ago"
        yield found(rules.VERIFY_OLD, name, text)
    if record.mappings != fingerprint(each.object_type for each in patient.tree.snapshots):
        yield found(rules.VERIFY_OLD, name, "it was of other mappings than those of this tree")
