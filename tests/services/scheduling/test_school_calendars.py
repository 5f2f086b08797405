"""Where no school calendar is known, it is said: Corsica, overseas, years to come."""

import re
from datetime import timedelta
from html import unescape

import pytest

from services.scheduling.domain.audiences import SCHOOLS
from services.scheduling.domain.conflicts.school_time import (
    academy_of,
    academy_without_calendar,
    is_year_known,
)
from services.scheduling.domain.editing.communes import ensure_commune
from shared.context import ServiceContext
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION, programme_on
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("2A004", "Corse"),
        ("2B033", "Corse"),
        ("97105", "Guadeloupe"),
        ("97209", "Martinique"),
        ("97302", "Guyane"),
        ("97411", "La Réunion"),
        ("97608", "Mayotte"),
        ("38185", None),
        ("98818", None),
        (None, None),
    ],
)
def test_académies_with_calendars_of_their_own(code: str | None, name: str | None) -> None:
    known = academy_of(code)
    assert (academy_without_calendar(code), known.name if known else None) == (
        name,
        "Grenoble" if code == "38185" else None,
    )


def test_years_far_ahead_have_no_calendar() -> None:
    assert [is_year_known(year) for year in (1980, 2026, 2080)] == [False, True, False]


def words_of(page: str) -> str:
    return re.sub(r"[\s\u202f\xa0]+", " ", re.sub(r"<[^>]+>", " ", unescape(page)))


def test_the_conflicts_and_the_commune_say_for_which_schools_nothing_is_known(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        ajaccio = ensure_commune(db, "Ajaccio", "2A004")
        there = programme.add_venue("Lazaret", commune_id=ajaccio.id)
        family = programme.add_activity("Pour tous")
        programme.add_session(family, venue_id=there.id, space_id=None)
        codes = {"Ajaccio": ajaccio.id, "Grenoble": programme.commune.id}
    staff = Staff(context, "coordinator")
    told = "Aucun calendrier scolaire n’est connu pour l’académie : Corse."
    assert told not in words_of(staff.get(f"{EDITION}/conflicts").text)

    with context.database.write() as db:
        made = programme_on(programme, db)
        lesson = made.add_activity("Pour les classes", audience=SCHOOLS)
        later = OPENING + timedelta(days=3)
        made.add_session(lesson, venue_id=there.id, space_id=None, starts_at=later)
    assert told in words_of(staff.get(f"{EDITION}/conflicts").text)

    pages = {one: words_of(staff.get(f"/console/communes/{codes[one]}").text) for one in codes}
    assert told in pages["Ajaccio"]
    assert "Académie de Grenoble, zone A : ses vacances scolaires" in pages["Grenoble"]
