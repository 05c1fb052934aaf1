"""Asking IAM what a principal's own policies allow.

IAM user guide, "Testing IAM policies with the IAM policy simulator": the resources' own policies
and the organization's are not in it.
"""

from typing import Any

from lifecycle.doctor.model import Need
from lifecycle.doctor.patient import Patient


def refused(patient: Patient, principal: str, need: Need) -> list[str]:
    """Those of the actions that the principal's policies do not allow. Raises: ClientError.

    principal: ARN of a user or role.
    """
    asked: dict[str, Any] = {
        "PolicySourceArn": principal,
        "ActionNames": list(need.actions),
        "ResourceArns": [need.resource],
    }
    if need.passed_to:
        asked["ContextEntries"] = [
            {
                "ContextKeyName": "iam:PassedToService",
                "ContextKeyType": "string",
                "ContextKeyValues": [need.passed_to],
            }
        ]
    pages = patient.client("iam").get_paginator("simulate_principal_policy")
    return [
        each["EvalActionName"]
        for page in pages.paginate(**asked)
        for each in page["EvaluationResults"]
        if each["EvalDecision"] != "allowed"
    ]
