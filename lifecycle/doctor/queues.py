"""The queues where undelivered objects wait, and the keys that they and the domain need."""

import json
from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from emulator.customer_profiles.queue_policy import allows
from lifecycle.clients import said
from lifecycle.doctor import rules
from lifecycle.doctor.model import Finding, found
from lifecycle.doctor.patient import SERVICE, Patient
from lifecycle.undelivered import DOMAIN, EVENTS, REJECTS, TOPIC

_ATTRIBUTES: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "KmsMasterKeyId",
    "Policy",
    "QueueArn",
)
EVENTS_SERVICE: Final = "events.amazonaws.com"
_KEY_ACTIONS: Final = ("kms:decrypt", "kms:generatedatakey")
"""What writing to an encrypted queue needs (admin guide, "Enable Customer Profiles")."""


def check_queues(patient: Patient) -> Iterator[Finding]:
    """Each queue of the stack, and the domain's own as the domain has it. Raises: ClientError."""
    deployed = patient.deployed
    domains_own = (patient.domain or {}).get("DeadLetterQueueUrl")
    urls = {
        DOMAIN: domains_own or deployed.dead_letter_queue_url,
        REJECTS: deployed.rejects_queue_url,
        EVENTS: deployed.events_dead_letter_queue_url,
        TOPIC: deployed.topic_dead_letter_queue_url,
    }
    for name, url in urls.items():
        if url is None:
            continue
        attributes = _attributes(patient, url)
        if attributes is None:
            yield found(rules.QUEUE_MISSING, name, f"{url} is not there")
            continue
        if name == DOMAIN:
            yield from _check_own(patient, name, attributes)
        if name == EVENTS:
            yield from _check_events(patient, name, attributes)
        waiting = sum(int(attributes[each]) for each in _ATTRIBUTES[:2])
        if waiting:
            yield found(rules.UNDELIVERED, name, f"about {waiting} waiting in {url}")


def check_domain_key(patient: Patient) -> Iterator[Finding]:
    """The key that the domain encrypts with. Raises: ClientError."""
    key = (patient.domain or {}).get("DefaultEncryptionKey")
    if key:
        yield from _check_key(patient, "domain", key)


def _attributes(patient: Patient, url: str) -> dict[str, str] | None:
    sqs = patient.client("sqs")
    try:
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    except ClientError as error:
        if "NonExistentQueue" in said(error) or "QueueDoesNotExist" in said(error):
            return None
        raise
    attributes: dict[str, str] = answer["Attributes"]
    return attributes


def _check_own(patient: Patient, name: str, attributes: dict[str, str]) -> Iterator[Finding]:
    arn = attributes["QueueArn"]
    owner = arn.split(":")[4]
    if owner != patient.account:
        text = f"it is of account {owner}, the domain of {patient.account}"
        yield found(rules.QUEUE_ACCOUNT, name, text)
    policy = _document(attributes.get("Policy"))
    if not allows(policy, arn, patient.source(patient.domain_arn)):
        has = "has no policy" if not policy else "does not allow it"
        text = f"{SERVICE} may not send for {patient.deployed.domain}: the queue {has}"
        yield found(rules.QUEUE_POLICY, name, text)
    key = attributes.get("KmsMasterKeyId")
    if key:
        yield from _check_key(patient, name, key)


def _check_events(patient: Patient, name: str, attributes: dict[str, str]) -> Iterator[Finding]:
    """Each rule of the stack's bus sends there what it could not deliver (EventBridge user guide,
    "Using dead-letter queues").
    """
    policy = _document(attributes.get("Policy"))
    pages = patient.client("events").get_paginator("list_rules")
    for page in pages.paginate(EventBusName=patient.deployed.event_bus_name):
        for rule in page["Rules"]:
            context = patient.source(rule["Arn"])
            if not allows(policy, attributes["QueueArn"], context, service=EVENTS_SERVICE):
                text = f"{EVENTS_SERVICE} may not send for rule {rule['Name']}"
                yield found(rules.QUEUE_POLICY, name, text)


def _check_key(patient: Patient, subject: str, key: str) -> Iterator[Finding]:
    """A key by its ARN, id or alias."""
    kms = patient.client("kms")
    try:
        metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    except kms.exceptions.NotFoundException:
        yield found(rules.KEY_UNUSABLE, subject, f"there is no key {key}")
        return
    arn = metadata["Arn"]
    if metadata["KeyState"] != "Enabled":
        yield found(rules.KEY_UNUSABLE, subject, f"{arn} is {metadata['KeyState']}")
    if metadata.get("KeyManager") == "AWS":
        # Its policy is AWS's, and names no other service (KMS developer guide, "AWS managed keys").
        text = f"{arn} is managed by AWS, and {SERVICE} may not use it"
        yield found(rules.KEY_UNUSABLE, subject, text)
        return
    policy = _document(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    context = patient.source(patient.domain_arn)
    denied = [action for action in _KEY_ACTIONS if not allows(policy, arn, context, action)]
    if denied:
        text = f"{SERVICE} may not {', '.join(denied)} with {arn}"
        yield found(rules.KEY_UNUSABLE, subject, text)


def _document(text: str | None) -> dict[str, Any]:
    """A policy; SQS and KMS let nobody set what is no JSON."""
    document: dict[str, Any] = json.loads(text) if text else {}
    return document
