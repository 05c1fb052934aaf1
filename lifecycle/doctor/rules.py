"""Everything that the doctor can find."""

from typing import Final

from lifecycle.doctor.model import Rule, Severity

_P, _W, _N = Severity.PROBLEM, Severity.WARNING, Severity.NOTE

CREDENTIALS: Final = Rule(
    "CREDENTIALS", _P, "AWS takes the caller's credentials", "sign in, or set AWS_PROFILE"
)
CHECK_REFUSED: Final = Rule(
    "CHECK_REFUSED",
    _W,
    "every check could be made",
    "let the caller do what was refused: lifecycle doctor --need doctor lists what it needs",
)
PERMISSION: Final = Rule(
    "PERMISSION",
    _P,
    "the caller may do what the command needs",
    "add the actions to the caller's policy, or leave the need out with --need",
)
PERMISSIONS_UNKNOWN: Final = Rule(
    "PERMISSIONS_UNKNOWN",
    _N,
    "the caller's permissions can be simulated",
    "let the caller call iam:SimulatePrincipalPolicy and iam:GetRole on itself",
)
ROLE_PERMISSION: Final = Rule(
    "ROLE_PERMISSION",
    _P,
    "the stack's functions, state machines and schedules are there, and may do their work",
    "pulumi refresh -s STACK, then pulumi up -s STACK; then lifecycle rejects list -s STACK",
)
ROLES_UNKNOWN: Final = Rule(
    "ROLES_UNKNOWN",
    _N,
    "the permissions of the stack's roles can be simulated",
    "let the caller call iam:SimulatePrincipalPolicy on the stack's roles",
)
DOMAIN_MISSING: Final = Rule(
    "DOMAIN_MISSING", _P, "the stack's domain is there", "deploy it: pulumi up -s STACK"
)
DOMAIN_SETTING: Final = Rule(
    "DOMAIN_SETTING",
    _P,
    "the domain's settings are the stack's",
    "pulumi refresh -s STACK shows what was changed by hand; pulumi up -s STACK puts it right",
)
MAPPING_DIFFERS: Final = Rule(
    "MAPPING_DIFFERS",
    _P,
    "the deployed object types are the mappings of this tree",
    "see lifecycle review --against live:STACK, then pulumi up -s STACK",
)
MAPPING_TEXT: Final = Rule(
    "MAPPING_TEXT",
    _W,
    "descriptions and the like are those of this tree",
    "pulumi up -s STACK",
)
QUEUE_MISSING: Final = Rule(
    "QUEUE_MISSING",
    _P,
    "every queue of undelivered objects is there",
    "pulumi refresh -s STACK, then pulumi up -s STACK: what is rejected meanwhile is lost",
)
QUEUE_ACCOUNT: Final = Rule(
    "QUEUE_ACCOUNT",
    _P,
    "the domain's dead-letter queue is of the domain's account",
    "give the domain a queue of its own account: pulumi up -s STACK",
)
QUEUE_POLICY: Final = Rule(
    "QUEUE_POLICY",
    _P,
    "the domain and the rules may send to their dead-letter queues",
    "pulumi refresh -s STACK, then pulumi up -s STACK: what is rejected meanwhile is lost",
)
KEY_UNUSABLE: Final = Rule(
    "KEY_UNUSABLE",
    _P,
    "the encryption key is enabled, and Customer Profiles may use it",
    "enable the key, or give it back its policy: pulumi refresh -s STACK, then pulumi up -s STACK",
)
UNDELIVERED: Final = Rule(
    "UNDELIVERED",
    _P,
    "no object waits undelivered",
    "lifecycle rejects list -s STACK says why; lifecycle rejects redrive -s STACK puts them again",
)
VERIFY_FAILED: Final = Rule(
    "VERIFY_FAILED",
    _P,
    "the last verify found the merged profile right",
    "lifecycle verify -s STACK shows which attribute differs",
)
VERIFY_MISSING: Final = Rule(
    "VERIFY_MISSING", _W, "the stack was verified once", "lifecycle verify -s STACK"
)
VERIFY_OLD: Final = Rule(
    "VERIFY_OLD",
    _W,
    "the last verify was of these mappings, and not long ago",
    "lifecycle verify -s STACK",
)
QUOTA_REACHED: Final = Rule(
    "QUOTA_REACHED",
    _P,
    "no quota is used up",
    "ask for more under Service Quotas, Amazon Connect Customer Profiles, or use less",
)
QUOTA_NEAR: Final = Rule(
    "QUOTA_NEAR",
    _W,
    "every quota has room",
    "ask for more under Service Quotas, Amazon Connect Customer Profiles, or use less",
)
QUOTA_DEFAULT: Final = Rule(
    "QUOTA_DEFAULT",
    _N,
    "the account's own quotas are known",
    "let the caller call servicequotas:ListServiceQuotas; AWS's defaults were taken",
)

RULES: Final = (
    CREDENTIALS,
    CHECK_REFUSED,
    PERMISSION,
    PERMISSIONS_UNKNOWN,
    ROLE_PERMISSION,
    ROLES_UNKNOWN,
    DOMAIN_MISSING,
    DOMAIN_SETTING,
    MAPPING_DIFFERS,
    MAPPING_TEXT,
    QUEUE_MISSING,
    QUEUE_ACCOUNT,
    QUEUE_POLICY,
    KEY_UNUSABLE,
    UNDELIVERED,
    VERIFY_FAILED,
    VERIFY_MISSING,
    VERIFY_OLD,
    QUOTA_REACHED,
    QUOTA_NEAR,
    QUOTA_DEFAULT,
)
