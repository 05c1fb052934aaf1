"""Resource policies as plain documents: who may do what, and no more."""

from typing import Any, Final

SERVICE: Final = "profile.amazonaws.com"
"""The principal as which Customer Profiles acts (admin guide, "Enable customer profiles")."""

Document = dict[str, Any]


def _from_domain(account: str, domain_arn: str) -> Document:
    """Only on behalf of this domain: otherwise any customer of the service could use our queue.

    Admin guide, "Cross-service confused deputy prevention", Customer Profiles.
    """
    return {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnEquals": {"aws:SourceArn": domain_arn},
    }


def dead_letter_queue_policy(queue_arn: str, account: str, domain_arn: str) -> Document:
    """Lets the domain, and nothing else, put rejected objects into the queue."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CustomerProfilesSendsRejectedObjects",
                "Effect": "Allow",
                "Principal": {"Service": SERVICE},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": _from_domain(account, domain_arn),
            }
        ],
    }


def encryption_key_policy(partition: str, account: str, domain_arn: str) -> Document:
    """The account administers the key; the domain encrypts what it sends to the queue.

    The domain's own data is encrypted through a grant that the service makes in the name of whoever
    creates the domain, so it needs no statement here.
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
                "Sid": "CustomerProfilesEncryptsDeadLetters",
                "Effect": "Allow",
                "Principal": {"Service": SERVICE},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                # In a key's own policy "*" is that key.
                "Resource": "*",
                "Condition": _from_domain(account, domain_arn),
            },
        ],
    }
