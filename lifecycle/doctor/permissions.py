"""Who asks, and whether they may do what the commands need."""

from collections.abc import Iterator

from botocore.exceptions import ClientError, CredentialRetrievalError, NoCredentialsError

from lifecycle.clients import said
from lifecycle.doctor import rules
from lifecycle.doctor.model import Finding, found
from lifecycle.doctor.needs import NEEDS
from lifecycle.doctor.patient import Patient
from lifecycle.doctor.simulation import refused


def check_credentials(patient: Patient) -> Iterator[Finding]:
    """Without them nothing else can be looked at: `patient.caller` stays empty."""
    try:
        patient.caller = patient.client("sts").get_caller_identity()["Arn"]
    except (NoCredentialsError, CredentialRetrievalError) as error:
        yield found(rules.CREDENTIALS, "caller", f"there are none ({type(error).__name__})")
    except ClientError as error:
        yield found(rules.CREDENTIALS, "caller", f"AWS refuses them: {said(error)}")


def check_permissions(patient: Patient) -> Iterator[Finding]:
    """Each need is simulated with the caller's policies."""
    try:
        principal = _principal(patient)
        if principal is None:
            return
        for name in patient.needs:
            for need in NEEDS[name](patient):
                denied = refused(patient, principal, need)
                if denied:
                    text = f"not allowed to {', '.join(denied)} on {need.resource}"
                    yield found(rules.PERMISSION, name, text)
    except ClientError as error:
        yield found(rules.PERMISSIONS_UNKNOWN, patient.caller, said(error))
    except LookupError as error:
        yield found(rules.PERMISSIONS_UNKNOWN, patient.caller, str(error))


def _principal(patient: Patient) -> str | None:
    """The user's or role's ARN; None for the account root, which may do everything."""
    kind, _, name = patient.caller.split(":", 5)[5].partition("/")
    if kind == "root":
        return None
    if kind == "user":
        return patient.caller
    if kind == "assumed-role":
        # The session's ARN leaves the role's path out.
        role = patient.client("iam").get_role(RoleName=name.partition("/")[0])
        return str(role["Role"]["Arn"])
    raise LookupError(f"the permissions of a {kind} cannot be simulated")
