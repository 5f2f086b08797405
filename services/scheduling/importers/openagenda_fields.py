"""Fields of an OpenAgenda event, one by one: what each says, or nothing where it is malformed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.importers.malformed import Malformed
from services.scheduling.importers.moments import in_utc, read_moment
from services.scheduling.importers.openagenda_places import key_of
from services.scheduling.importers.openagenda_texts import label
from services.scheduling.importers.plain_text import one_line
from services.scheduling.importers.ways_in import WaysIn
from shared.i18n import lazy_gettext as _l

#: `status` in the words of OpenAgenda's documentation. 1 (scheduled) is what every event has of
#: which nobody says anything: it does not bring back a session that was cancelled here.
RESCHEDULED, MOVED_ONLINE, POSTPONED, FULL, CANCELLED = 2, 3, 4, 5, 6
PUBLISHED = 2
ONLINE = 2

#: Names that agendas give to fields of their own for what Parvis calls theme and format.
THEMES = ("thematique", "thematiques", "theme", "themes", "categories", "categorie")
FORMATS = (
    "type-d-animation",
    "type-danimation",
    "types-d-animation",
    "type-de-manifestation",
    "types-de-manifestation",
    "type-d-evenement",
    "format",
)


#: The columns of an activity that an event says something of.
ACTIVITY_STATES = frozenset(
    (
        *("edition_id", "organisation_id", "title_fr", "title_en", "description_fr"),
        *("description_en", "audience", "age_min", "age_max", "theme", "format", "presenters"),
        *("link", "accessibility", "conditions_fr", "conditions_en"),
    )
)


def check_published(event: Mapping[str, Any]) -> None:
    """Raise `Malformed` for an event that its agenda does not show."""
    state = event.get("state", PUBLISHED)
    if state != PUBLISHED or event.get("draft") or event.get("private"):
        raise Malformed(_l("l’événement n’est pas publié dans son agenda"))


def lender_of(event: Mapping[str, Any]) -> str | None:
    """Return the agenda that an event was lent by, if it came through another."""
    origin = event.get("originAgenda")
    if not event.get("sourceAgendas") or not isinstance(origin, Mapping):
        return None
    return (key_of(origin.get("uid")) or None) if stated_line(origin.get("title")) else None


def instant_of(timing: Any, name: str, zone: Any) -> datetime:
    """Return the `begin` or `end` of a timing, in UTC. Raises `Malformed`."""
    text = stated_line(timing.get(name)) if isinstance(timing, Mapping) else ""
    moment = read_moment(text) if text else None
    if not isinstance(moment, datetime):
        raise Malformed(
            _l("un horaire n’a pas de début")
            if name == "begin"
            else _l("un horaire n’a pas de fin")
        )
    return in_utc(moment, zone)


def begins_of(timings: Any) -> list[str]:
    """Return the beginnings of timings, as they are written."""
    found = timings if isinstance(timings, list) else []
    return [stated_line(timing.get("begin")) for timing in found if isinstance(timing, Mapping)]


def status_of(status: Any) -> str | None:
    """Return whether sessions take place, where the event says so."""
    if status in (POSTPONED, CANCELLED):
        return "cancelled"
    return "confirmed" if status == RESCHEDULED else None


def way_in_of(ways: WaysIn, is_full: bool) -> dict[str, Any]:
    """Return what a session says of ways in that are the organiser's own."""
    return {
        "registration": "elsewhere",
        "registration_link": ways.link,
        "registration_telephone": ways.telephone,
        "registration_email": ways.email,
        "registration_full": is_full,
    }


def ages_of(age: Any) -> tuple[int | None, int | None]:
    """Return the youngest and the oldest age, in years."""
    found = age if isinstance(age, Mapping) else {}
    low, high = _age(found.get("min")), _age(found.get("max"))
    return (None, None) if low is not None and high is not None and high < low else (low, high)


def accessibility_of(stated: Any) -> tuple[str, ...]:
    """Return the codes of those whom an event says it is accessible to."""
    codes = stated if isinstance(stated, Mapping) else {}
    return tuple(code for code in ACCESSIBILITY if codes.get(code) is True)


def _age(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= 120 else None


def own_field(event: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """Return the word of the first of the agenda's own fields that has one."""
    return next((word for name in names if (word := label(event.get(name)))), None)


def stated_line(value: Any) -> str:
    """Return a text on one line; nothing for anything else."""
    return one_line(value)[:2000] if isinstance(value, str) else ""
