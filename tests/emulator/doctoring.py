"""A healthy stack on a local AWS, and what the real command says of it."""

import json
from dataclasses import dataclass, field
from typing import Any

import mappings
from lifecycle import verify_record
from lifecycle.verify_record import VerifyRecord
from tests.emulator.stack import Stack

SERVICE = "profile.amazonaws.com"


@dataclass
class Ward:
    """stack: deployed by hand as `components` does it, with the last verify on record."""

    stack: Stack
    key_id: str = ""
    said: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def admit(cls, stack: Stack) -> "Ward":
        ward = cls(stack)
        kms = stack.client("kms")
        key = kms.create_key(Policy=ward.key_policy())["KeyMetadata"]
        ward.key_id = key["KeyId"]
        url = stack.queue("dead_letter_queue_url", KmsMasterKeyId=key["Arn"])
        stack.let_send(url, SERVICE, ward.domain_arn)
        stack.queue("rejects_queue_url", fifo=True)
        stack.domain(DeadLetterQueueUrl=url, DefaultEncryptionKey=key["Arn"])
        stack.outputs |= {"encryption_key_arn": key["Arn"], "default_expiration_days": 366}
        ward.verified(ok=True)
        return ward

    @property
    def account(self) -> str:
        return str(self.stack.client("sts").get_caller_identity()["Account"])

    @property
    def domain_arn(self) -> str:
        return f"arn:aws:profile:us-east-1:{self.account}:domains/{self.stack.name}"

    @property
    def profiles(self) -> Any:
        return self.stack.client("customer-profiles")

    def key_policy(self, *actions: str) -> str:
        """That lets Customer Profiles do these, by default what it needs."""
        wanted = list(actions or ("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"))
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": SERVICE},
            "Action": wanted,
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": self.account}},
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def verified(self, *, ok: bool) -> None:
        types = [each.object_type for each in mappings.load()]
        record = VerifyRecord.of(types, ok=ok)
        verify_record.write(self.stack.client("ssm"), self.stack.name, record)

    def examine(self, *options: str) -> dict[str, str]:
        """Id of each finding that is no note, to its subject and message."""
        done = self.stack.run("doctor", "--json", *options)
        assert done.returncode in {0, 1, 3}, done.stderr
        self.said = json.loads(done.stdout)
        assert self.said["exitCode"] == done.returncode
        return {
            each["id"]: f"{each['subject']}: {each['message']}"
            for each in self.said["findings"]
            if each["severity"] != "note"
        }
