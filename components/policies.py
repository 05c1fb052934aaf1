"""Resource policies as plain documents: who may do what, and no more."""

from typing import Any, Final

SERVICE: Final = "profile.amazonaws.com"
"""The principal as which Customer Profiles acts (admin guide, "Enable customer profiles")."""

Document = dict[str, Any]


def dead_letter_queue_policy(queue_arn: str, account: str, domain_arn: str) -> Document:
    """Lets the domain, and nothing else, put rejected objects into the queue.

    Admin guide, "Cross-service confused deputy prevention", Customer Profiles: without the
    condition, any customer of the service could have it write to our queue.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CustomerProfilesSendsRejectedObjects",
                "Effect": "Allow",
                "Principal": {"Service": SERVICE},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": domain_arn}
                },
            }
        ],
    }


def encryption_key_policy(partition: str, account: str, domain_arn: str) -> Document:
    """The account administers the key; the domain encrypts its data and its dead letters.

    Actions and condition: admin guide, "Enable Customer Profiles" (KMS key) and "Cross-service
    confused deputy prevention", for a key whose administrator is not who creates the domain. The
    service acts for the domain or for one of its object types.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AccountAdministersThroughIam",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
                # A key whose account cannot administer it is lost; this is AWS's default statement.
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "CustomerProfilesEncryptsDomainAndDeadLetters",
                "Effect": "Allow",
                "Principal": {"Service": SERVICE},
                "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"],
                # In a key's own policy "*" is that key.
                "Resource": "*",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": [domain_arn, f"{domain_arn}/objects/*"]},
                },
            },
        ],
    }
