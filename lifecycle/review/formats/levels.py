"""How loud a finding is where there are three levels."""

from typing import Final

from lifecycle.review.model import Category

ERROR, WARNING, NOTE = "error", "warning", "note"

LEVELS: Final = {
    Category.IDENTITY: ERROR,
    Category.BACKFILL: WARNING,
    Category.FORWARD_ONLY: WARNING,
    Category.ADDITIVE: NOTE,
    Category.COSMETIC: NOTE,
}
