"""Calls with several entries are allowed by the action for one.

SNS developer guide, "Amazon SNS API permissions"; SQS developer guide, "SQS API permissions".
"""

from collections.abc import Callable
from typing import Final

from emulator.ministack_parts import wrap

_ACTIONS: Final = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}

Extract = Callable[..., str | None]


def install() -> None:
    """Raises: MissingPartError."""
    wrap("core.iam_actions", "extract_iam_action", _of_one_entry)


def _of_one_entry(original: Extract) -> Extract:
    def extract_iam_action(*arguments: object, **options: object) -> str | None:
        action = original(*arguments, **options)
        return action if action is None else _ACTIONS.get(action, action)

    return extract_iam_action
