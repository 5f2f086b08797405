"""Lengths of time that people write in hours, and that are kept in minutes."""

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.pages.console.inputs import read_decimal
from shared.i18n import current_locale, format_length, format_number
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l


def read_hours(text: str) -> int | None:
    """Return the minutes of hours, written 1,5 or 36."""
    hours = read_decimal(text)
    if hours is None:
        return None
    if not 0 <= hours <= 24 * 365:
        raise Fault(_l("Écrivez un nombre d’heures, comme 1,5."))
    return round(hours * 60)


def show_hours(minutes: int) -> str:
    """Return minutes as the field keeps them, in hours."""
    text = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if current_locale() == "fr" else text


def length_words(minutes: int) -> str:
    """Return how long it is: 45 min, 4 h, 1 h 30, 2 jours."""
    if minutes >= 1440 and minutes % 1440 == 0:
        days = minutes // 1440
        return _("1 jour") if days == 1 else _("%(n)s jours", n=format_number(days))
    return format_length(minutes)
