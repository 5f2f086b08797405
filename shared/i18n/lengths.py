"""How long something lasts, in words: one rule for pages, mails and warnings."""

from shared.i18n.times import format_number
from shared.text import NBSP


def format_length(minutes: int, locale: str | None = None) -> str:
    """Return whole minutes as one says them: « 45 min », « 2 h », « 1 h 21 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    full = f"{format_number(hours, locale)}{NBSP}h"
    return f"{full}{NBSP}{rest:02}" if rest else full
