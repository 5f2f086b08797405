"""Local days and clocks, as organisers write them, and the instants that they mean."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.scheduling.domain.editing.fields import Fault
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _


@dataclass(frozen=True)
class Meant:
    """The instant (UTC) that a local time means; `note` says what was chosen where it means two."""

    at: datetime
    note: LazyText | None = None


def instant_of(day: date, clock: time, time_zone: str) -> Meant:
    """Return the instant at which clocks of the zone show this time on this day.

    An hour that comes twice, in autumn, means its first. Raises `Fault` for one that clocks skip,
    in spring, and for a day outside the calendar.
    """
    zone = ZoneInfo(time_zone)
    local = datetime.combine(day, clock.replace(fold=0, tzinfo=None))
    try:
        at = local.replace(tzinfo=zone).astimezone(UTC)
        later = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    except OverflowError:
        raise Fault(_("Cette date est hors du calendrier.")) from None
    if at.astimezone(zone).replace(tzinfo=None) != local:
        skipped = timedelta(seconds=abs((later - at).total_seconds()))
        raise Fault(
            _(
                "Ce jour-là, l’heure change et il n’est jamais %(clock)s : indiquez %(after)s.",
                clock=f"{local:%H:%M}",
                after=f"{local + skipped:%H:%M}",
            )
        )
    if later == at:
        return Meant(at)
    note = _(
        "Ce jour-là, l’heure change et il est deux fois %(clock)s : la première est retenue.",
        clock=f"{local:%H:%M}",
    )
    return Meant(at, note)


def local_of(instant: datetime, time_zone: str) -> datetime:
    """Return what calendars and clocks of the zone show at this instant, without its zone."""
    return instant.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
