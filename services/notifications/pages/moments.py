"""When something happened, as the console says it: on the clocks of Paris."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.i18n import format_day, format_time
from shared.i18n import gettext as _

#: Organisers read the console here; venues abroad have their own zone in their own pages.
ZONE = "Europe/Paris"


def moment(instant: datetime) -> str:
    """Return « samedi 10 octobre à 14 h 02 »."""
    day = instant.astimezone(ZoneInfo(ZONE)).date()
    return _("%(day)s à %(time)s", day=format_day(day), time=format_time(instant, ZONE))


def local_time(instant: datetime) -> str:
    """Return an instant as a `datetime-local` field has it, on the clocks of Paris."""
    return instant.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
