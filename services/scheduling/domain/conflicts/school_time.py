"""When there is school in France: hours of the week, and the holidays of each académie."""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException

from services.scheduling.domain.conflicts.facts import ActivityFacts, CommuneFacts
from services.scheduling.domain.conflicts.weeks import Week
from shared.i18n import lazy_gettext as _

#: The four-day week that most communes' schools keep, with its pause at noon (Code de
#: l'éducation, articles D521-10 and D521-12).
PRIMARY = Week(
    {"weekday": weekday, "opens": opens, "closes": closes}
    for weekday in (1, 2, 4, 5)
    for opens, closes in (("08:30", "12:00"), ("13:30", "16:30"))
)

#: Collèges and lycées: each keeps its own hours, within these.
SECONDARY = Week(
    {"weekday": weekday, "opens": "08:00", "closes": "13:00" if weekday == 3 else "18:00"}
    for weekday in range(1, 6)
)

_SECONDARY_LEVELS = frozenset({"cycle4", "lycee", "superieur"})

#: Names of holidays as the library has them.
HOLIDAY_NAMES = {
    "Vacances de la Toussaint": _("vacances de la Toussaint"),
    "Vacances de Noël": _("vacances de Noël"),
    "Vacances d'hiver": _("vacances d’hiver"),
    "Vacances de printemps": _("vacances de printemps"),
    "Vacances d'été": _("vacances d’été"),
    "Pont de l'Ascension": _("pont de l’Ascension"),
}


@dataclass(frozen=True, slots=True)
class Academy:
    """An académie and the zone (A, B, C) whose calendar it keeps."""

    name: str
    zone: str


#: Each académie's départements, zone by zone (arrêté du 7 avril 2015, article 2).
_ACADEMIES = {
    Academy("Besançon", "A"): "25 39 70 90",
    Academy("Bordeaux", "A"): "24 33 40 47 64",
    Academy("Clermont-Ferrand", "A"): "03 15 43 63",
    Academy("Dijon", "A"): "21 58 71 89",
    Academy("Grenoble", "A"): "07 26 38 73 74",
    Academy("Limoges", "A"): "19 23 87",
    Academy("Lyon", "A"): "01 42 69",
    Academy("Poitiers", "A"): "16 17 79 86",
    Academy("Aix-Marseille", "B"): "04 05 13 84",
    Academy("Amiens", "B"): "02 60 80",
    Academy("Lille", "B"): "59 62",
    Academy("Nancy-Metz", "B"): "54 55 57 88",
    Academy("Nantes", "B"): "44 49 53 72 85",
    Academy("Nice", "B"): "06 83",
    Academy("Normandie", "B"): "14 27 50 61 76",
    Academy("Orléans-Tours", "B"): "18 28 36 37 41 45",
    Academy("Reims", "B"): "08 10 51 52",
    Academy("Rennes", "B"): "22 29 35 56",
    Academy("Strasbourg", "B"): "67 68",
    Academy("Créteil", "C"): "77 93 94",
    Academy("Montpellier", "C"): "11 30 34 48 66",
    Academy("Paris", "C"): "75",
    Academy("Toulouse", "C"): "09 12 31 32 46 65 81 82",
    Academy("Versailles", "C"): "78 91 92 95",
}
_BY_DEPARTMENT = {
    department: academy
    for academy, departments in _ACADEMIES.items()
    for department in departments.split()
}

#: Académies whose calendar the rector sets (Code de l'éducation, articles L521-1 and D521-6): the
#: library has the three zones alone.
_OWN_CALENDARS = {
    **dict.fromkeys(("20", "2A", "2B"), "Corse"),
    "971": "Guadeloupe",
    "972": "Martinique",
    "973": "Guyane",
    "974": "La Réunion",
    "976": "Mayotte",
}


def academy_without_calendar(insee_code: str | None) -> str | None:
    """Return the name of a commune's académie if its school holidays are not known here."""
    code = insee_code or ""
    return _OWN_CALENDARS.get(code[:3] if code.startswith("97") else code[:2])


def is_year_known(year: int) -> bool:
    """Tell whether the school holidays of a year are known: they are set a few years ahead."""
    known = _calendar()
    return bool(known.min_year <= year <= known.max_year)


def academy_of(insee_code: str | None) -> Academy | None:
    """Return the académie of a commune; none abroad, overseas and in Corsica."""
    return _BY_DEPARTMENT.get((insee_code or "")[:2])


@cache
def holiday_on(day: date, zone: str) -> str | None:
    """Return the name of the school holidays of a zone on a day, if the calendar is known."""
    try:
        found = _calendar().holidays_for_year_and_zone(day.year, zone).get(day)
    except UnsupportedYearException:
        return None
    return str(found["nom_vacances"]) if found else None


@cache
def _calendar() -> SchoolHolidayDates:
    return SchoolHolidayDates()


def school_week(activity: ActivityFacts, commune: CommuneFacts | None) -> Week:
    """Return when pupils of the activity's levels are at school.

    A commune's own hours are its schools'; where it states none, they are the usual ones. An
    activity that names no level may be for any.
    """
    stated = commune.school_hours if commune is not None else None
    levels = activity.school_levels
    primary = stated or PRIMARY
    if levels & _SECONDARY_LEVELS or (not levels and not stated):
        return SECONDARY if levels and levels <= _SECONDARY_LEVELS else _either(primary)
    return primary


@lru_cache(maxsize=256)
def _either(primary: Week) -> Week:
    return primary + SECONDARY
