"""Resource policies as plain documents: who may do what, and no more."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.place import Place

SERVICE: Final = "profile.amazonaws.com"
"""The principal as which Customer Profiles acts (admin guide, "Enable customer profiles")."""

Document = dict[str, Any]


def policy(*statements: Mapping[str, Any]) -> Document:
    """A policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": [dict(each) for each in statements]}


def service_may(
    service: str, actions: Sequence[str], resource: str, account: str, *source_arns: str
) -> Document:
    """Lets a service act on the resource, for these sources of the account only.

    IAM user guide, "The confused deputy problem": without the condition any customer of the service
    could have it act on our resource. Source ARNs may hold `*`.
    """
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(actions) if len(actions) > 1 else actions[0],
        "Resource": resource,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": list(source_arns)},
        },
    }


def ingestion_key_policy(place: Place, *, topic: str | None) -> Document:
    """The account administers the key; services encrypt what passes through them on the way.

    topic: name of the topic that delivers into an encrypted queue, None without it.
    Sources: CloudWatch Logs user guide, "Encrypt log data"; SNS developer guide, "Amazon SNS and
    server-side encryption"; EventBridge user guide, "Using dead-letter queues".
    """
    groups = place.arn("logs", f"log-group:/aws/lambda/{place.name('*')}")
    logs = {
        "Sid": "LogGroupsOfOurFunctions",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{place.region}.amazonaws.com"},
        "Action": [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    }
    rules = place.arn("events", f"rule/{place.domain}/*")
    use = ["kms:Decrypt", "kms:GenerateDataKey"]
    events = {"Sid": "UndeliverableEvents"} | service_may(
        "events.amazonaws.com", use, "*", place.account, rules
    )
    statements = [_administered(place), logs, events]
    if topic is not None:
        statements.append(
            {"Sid": "TopicIntoQueue"}
            | service_may("sns.amazonaws.com", use, "*", place.account, place.arn("sns", topic))
        )
    return policy(*statements)


def _administered(place: Place) -> Document:
    """A key whose account cannot administer it is lost; this is AWS's default statement."""
    return {
        "Sid": "AccountAdministersThroughIam",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{place.partition}:iam::{place.account}:root"},
        "Action": "kms:*",
        # In a key's own policy "*" is that key.
        "Resource": "*",
    }


def dead_letter_queue_policy(queue_arn: str, place: Place) -> Document:
    """Lets the domain, and nothing else, put rejected objects into the queue.

    Admin guide, "Cross-service confused deputy prevention", Customer Profiles.
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": place.account, "aws:SourceArn": place.domain_arn}
    }
    return policy(
        {
            "Sid": "CustomerProfilesSendsRejectedObjects",
            "Effect": "Allow",
            "Principal": {"Service": SERVICE},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": condition,
        }
    )


def encryption_key_policy(place: Place) -> Document:
    """The account administers the key; the domain encrypts its data and its dead letters.

    Actions and condition: admin guide, "Enable Customer Profiles" (KMS key) and "Cross-service
    confused deputy prevention", for a key whose administrator is not who creates the domain. The
    service acts for the domain or for one of its object types.
    """
    encrypts = service_may(
        SERVICE,
        ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"],
        "*",
        place.account,
        place.domain_arn,
        f"{place.domain_arn}/objects/*",
    )
    return policy(
        _administered(place), {"Sid": "CustomerProfilesEncryptsDomainAndDeadLetters"} | encrypts
    )
