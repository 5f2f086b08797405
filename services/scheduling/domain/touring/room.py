"""Whether there are copies enough for a stop, on its days and on the road."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.revisions import Invalid, take
from services.scheduling.domain.touring.holds import Hold, beyond_copies, hold_of_stop, holds_of
from services.scheduling.domain.touring.states import holds, standing_of
from services.scheduling.models import Resource, Stop
from shared.i18n import LazyText, format_period
from shared.i18n import lazy_gettext as _


def check_room(db: DbSession, stop: Stop, now: datetime) -> None:
    """Refuse a stop that is promised while too few copies are left for it. Raises `Invalid`.

    The resource's row is locked first, so that of two promises made at once the second sees the
    first. A stop that is only asked for is never refused: who lends decides between several.
    """
    if not holds(standing_of(stop, now)):
        return
    resource = take(db, Resource, stop.tour.resource_id, None)
    rivals = rivals_of(db, stop, resource, now)
    if rivals:
        raise Invalid({"opens_at": sentence_of_rivals(rivals)})


def rivals_of(
    db: DbSession, stop: Stop, resource: Resource, now: datetime, *, firm_alone: bool = True
) -> Sequence[Hold]:
    """Return what would leave too few copies for a stop; without it, nothing."""
    wanted = hold_of_stop(stop, now)
    others = holds_of(db, resource, now, since=wanted.starts_at, until=wanted.ends_at)
    return beyond_copies(
        wanted, [hold for hold in others if hold.is_firm or not firm_alone], resource.copies
    )


def sentence_of_rivals(rivals: Sequence[Hold]) -> LazyText:
    """Return what the reader is told of them: where the copies are, transport included.

    Days are those of the clocks there.
    """
    return _(
        "L’exposition n’est pas libre, transport compris : %(where)s.",
        where=", ".join(map(_words, rivals)),
    )


def _words(hold: Hold) -> str:
    zone = ZoneInfo(hold.time_zone)
    when = format_period(
        hold.starts_at.astimezone(zone).date(), hold.ends_at.astimezone(zone).date(), year=True
    )
    if hold.kind == "unavailability":
        return str(_("indisponible %(when)s", when=when))
    return str(_("« %(title)s » %(when)s", title=hold.title, when=when))
