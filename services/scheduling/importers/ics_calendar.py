"""What a calendar says of itself, and what the operator is told of what was concluded."""

from collections.abc import Iterable, Iterator

from services.scheduling.domain.programme import Sentence
from services.scheduling.importers.ics_places import Places
from services.scheduling.importers.malformed import quoted
from services.scheduling.importers.own_calendar import OwnPlaces
from services.scheduling.importers.plain_text import one_line
from services.scheduling.importers.safe_ics import Block
from shared.i18n import lazy_gettext as _l
from shared.i18n import lazy_ngettext


def properties_of(calendars: Iterable[Block]) -> dict[str, str]:
    """Return the calendars' own lines, by name; of several of one name, the first."""
    found: dict[str, str] = {}
    for name, value in _stated(calendars):
        found.setdefault(name, value)
    return found


def _stated(calendars: Iterable[Block]) -> Iterator[tuple[str, str]]:
    for calendar in calendars:
        for line in calendar.lines:
            name, _, value = line.partition(":")
            text = value.replace("\\n", " ").replace("\\,", ",").replace("\\;", ";")
            yield name.partition(";")[0].strip().upper(), one_line(text)[:300]


def conclusions(
    places: Places | OwnPlaces, title: str, whole_days: int, endless: int
) -> Iterator[Sentence]:
    """Give a sentence for each thing that was concluded."""
    if places.are_venues:
        yield _l("Les lieux du calendrier ont une adresse : chacun en devient un dans Parvis.")
    elif places.are_rooms:
        yield _l(
            "Les lieux du calendrier sont pris comme les salles d’un lieu nommé "
            "« %(name)s », sans adresse.",
            name=quoted(title),
        )
    else:
        yield _l(
            "Le calendrier ne dit pas où : tout est dans un lieu nommé « %(name)s », sans adresse.",
            name=quoted(title),
        )
    if whole_days:
        yield lazy_ngettext(
            "%(n)s événement a des jours sans heures : il est pris comme une exposition, "
            "dont les heures restent à dire.",
            "%(n)s événements ont des jours sans heures : ils sont pris comme des "
            "expositions, dont les heures restent à dire.",
            whole_days,
        )
    if endless:
        yield lazy_ngettext(
            "%(n)s répétition n’a pas de fin : ses dates sont prises pendant un an.",
            "%(n)s répétitions n’ont pas de fin : leurs dates sont prises pendant un an.",
            endless,
        )
