"""When an exhibition is open: hours for days of the week, and the days on which it is closed."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from services.scheduling.domain.editing.fields import YEARS, Fault, Field, is_clock
from shared.i18n import lazy_gettext as _
from shared.i18n import weekday_name

MOST_OPENINGS = 50
MOST_CLOSURES = 800

Opening = Mapping[str, Any]


def weekly_hours() -> Field:
    """Return a field for hours: `weekday` (Monday is 1), `opens` and `closes` (`HH:MM`, local)."""

    def clean(openings: Iterable[Opening]) -> list[dict[str, Any]]:
        found = [_opening(opening) for opening in openings]
        if len(found) > MOST_OPENINGS:
            raise Fault(_("C’est trop : indiquez-en %(most)s au plus.", most=MOST_OPENINGS))
        found.sort(key=lambda opening: (opening["weekday"], opening["opens"]))
        for earlier, later in pairwise(found):
            if earlier["weekday"] == later["weekday"] and later["opens"] < earlier["closes"]:
                raise Fault(
                    _(
                        "Deux horaires du %(day)s se chevauchent : %(first)s et %(second)s.",
                        day=weekday_name(earlier["weekday"]),
                        first=f"{earlier['opens']}–{earlier['closes']}",
                        second=f"{later['opens']}–{later['closes']}",
                    )
                )
        return found

    return Field(clean, default=[])


def closures() -> Field:
    """Return a field for the days on which it is closed, kept as ISO dates in order."""

    def clean(days: Iterable[date | str]) -> list[str]:
        found = sorted({_day(day) for day in days})
        if len(found) > MOST_CLOSURES:
            raise Fault(_("C’est trop : indiquez-en %(most)s au plus.", most=MOST_CLOSURES))
        earliest, latest = YEARS
        if any(not earliest <= day.year <= latest for day in found):
            raise Fault(_("Un jour de fermeture est hors de la période d’ouverture."))
        return [day.isoformat() for day in found]

    return Field(clean, default=[])


def _opening(opening: Opening) -> dict[str, Any]:
    weekday, opens, closes = (opening.get(name) for name in ("weekday", "opens", "closes"))
    if not isinstance(weekday, int) or not 1 <= weekday <= 7:
        raise Fault(_("Choisissez le jour de la semaine de chaque horaire."))
    if not isinstance(opens, str) or not isinstance(closes, str):
        raise Fault(_("Indiquez l’ouverture et la fermeture de chaque horaire."))
    if not is_clock(opens) or not is_clock(closes):
        raise Fault(_("Écrivez les heures d’ouverture et de fermeture comme 09:30."))
    if closes <= opens:
        raise Fault(
            _(
                "Le %(day)s, la fermeture (%(closes)s) doit venir après l’ouverture (%(opens)s).",
                day=weekday_name(weekday),
                opens=opens,
                closes=closes,
            )
        )
    return {"weekday": weekday, "opens": opens, "closes": closes}


def _day(day: date | str) -> date:
    try:
        return date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        raise Fault(_("Écrivez un jour de fermeture, comme 2026-10-03.")) from None
