"""School time, holidays, changes of the clock, and who competes for the same public."""

from datetime import date

import pytest

from services.scheduling.domain.conflicts.public_holidays import holidays_between
from services.scheduling.domain.conflicts.school_time import academy_of, holiday_on
from tests.services.scheduling.conflicts.scenario import at

FRIDAY = "vendredi 2 octobre"


def test_an_activity_for_schools_when_there_is_no_school(stage):
    classes = stage.activity("Fusées", audience="schools")
    stage.session("09:00-10:30", classes)
    stage.session("11:00-14:00", classes)  # over lunch
    stage.session("17:00-18:30", classes)
    stage.session("14:00-15:00", classes, day=7)  # a Wednesday
    stage.session("10:00-11:00", classes, day=3)  # a Saturday
    stage.session("10:00-11:00", day=4)
    stage.session("09:00-18:00", classes, kind="drop_in", space_id=None)

    assert [sentence.split(" : ")[1] for _kind, _level, sentence in stage.told()] == [
        f"{FRIDAY}, 17 h 00 – 18 h 30.",
        "samedi 3 octobre, 10 h 00 – 11 h 00.",
        "mercredi 7 octobre, 14 h 00 – 15 h 00.",
    ]
    assert stage.told()[0] == (
        "outside_school_hours",
        "warns",
        f"« Fusées » est pour les scolaires, hors du temps scolaire de Grenoble : {FRIDAY}, "
        "17 h 00 – 18 h 30.",
    )


def test_levels_and_communes_have_their_own_hours(stage):
    stage.session(
        "16:30-17:30", stage.activity("Lycée", audience="schools", school_levels=["lycee"])
    )
    primary = stage.activity("École", audience="schools", school_levels=["cycle2"])
    stage.session("10:00-11:00", primary, day=7)
    stage.session("12:15-13:15", primary, day=5)
    assert [each[2][:9] for each in stage.told()] == ["« École »", "« École »"]

    stage.commune.school_hours = [
        {"weekday": 3, "opens": "08:30", "closes": "11:30"},
        {"weekday": 1, "opens": "08:30", "closes": "15:45"},
    ]
    assert stage.told() == []


def test_school_holidays_are_those_of_the_academy(stage):
    classes = stage.activity("Fusées", audience="schools")
    stage.session("10:00-11:00", classes, day=16)
    stage.session("10:00-11:00", classes, day=19)
    corsica = stage.place("Corte", "2B096", None)
    stage.session("10:00-11:00", classes, day=20, venue_id=corsica.venue_id, space_id=corsica.id)

    assert stage.told() == [
        (
            "school_holidays",
            "informs",
            "« Fusées » est pour les scolaires, lundi 19 octobre : l’académie de Grenoble "
            "(zone A) est en vacances (vacances de la Toussaint).",
        )
    ]


def test_academies_are_found_by_the_commune():
    found = {code: academy_of(code) for code in ("38185", "75056", "2A004", "97411", None)}
    assert {code: academy and (academy.name, academy.zone) for code, academy in found.items()} == {
        "38185": ("Grenoble", "A"),
        "75056": ("Paris", "C"),
        "2A004": None,
        "97411": None,
        None: None,
    }


def test_a_calendar_that_is_not_known_yet_says_nothing():
    assert holiday_on(date(2090, 10, 20), "A") is None


def test_public_holidays_and_exhibitions_that_would_be_open_on_one(stage):
    stage.session("10:00-11:00", starts_at=at("10:00", 1, 11), ends_at=at("11:00", 1, 11))
    stage.session("10:00-11:00", starts_at=at("10:00", 2, 11), ends_at=at("11:00", 2, 11))
    for closures in ([], ["2026-11-01"]):
        stage.session(
            "09:00-18:00",
            stage.activity("Fossiles"),
            kind="exhibition",
            ends_at=at("18:00", 2, 11),
            weekly_hours=[{"weekday": day, "opens": "14:00", "closes": "18:00"} for day in (6, 7)],
            closures=closures,
            space_id=stage.room().id,
        )
    abroad = stage.place("Genève", None, None)
    stage.session(
        starts_at=at("10:00", 1, 11),
        ends_at=at("11:00", 1, 11),
        venue_id=abroad.venue_id,
        space_id=abroad.id,
    )

    assert stage.told() == [
        (
            "public_holiday",
            "informs",
            f"« {title} » a lieu un jour férié, dimanche 1er novembre (Toussaint), à Muséum "
            "(Grenoble).",
        )
        for title in ("Fossiles", "Voir un muon")
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("75056", None),
        ("67482", "férié dans les communes d’Alsace et de Moselle qui ont un temple protestant"),
        ("57463", "férié dans les communes d’Alsace et de Moselle qui ont un temple protestant"),
    ],
)
def test_good_friday_is_a_holiday_in_some_communes_of_alsace_and_moselle(stage, code, told):
    town = stage.place("Commune", code, None)
    good_friday = {"starts_at": at("10:00", 26, 3), "ends_at": at("11:00", 26, 3)}
    day = {name: value.replace(year=2027) for name, value in good_friday.items()}
    stage.session(**day, venue_id=town.venue_id, space_id=town.id)

    sentences = [sentence for _kind, _level, sentence in stage.told()]
    assert [told in sentence for sentence in sentences] == ([True] if told else [])


def test_parts_of_france_have_their_own_holidays():
    first, last = date(2026, 12, 20), date(2026, 12, 31)
    days = {
        part: sorted(found.day for found in holidays_between(first, last, part))
        for part in ("FR", "6AE", "974")
    }
    assert days == {"FR": [25], "6AE": [25, 26], "974": [20, 25]}


def test_a_night_in_which_clocks_change(stage):
    begins = at("23:00", 24)
    stage.session(starts_at=begins, ends_at=at("05:00", 25))
    stage.session(starts_at=at("23:00", 17), ends_at=at("05:00", 18), space_id=stage.room().id)

    assert stage.told() == [
        (
            "clock_change",
            "warns",
            "L’heure change pendant « Voir un muon » (samedi 24 octobre, 23 h 00 – 4 h 00) : la "
            "séance dure 6 h, et les horloges en montrent 5 h.",
        )
    ]


def test_the_same_public_on_the_same_theme_at_the_same_time(stage):
    first = stage.activity("Voir un muon", theme="Physique")
    second = stage.activity("Peser un atome", theme="Physique")
    other = stage.add_venue("Bibliothèque").id
    away = stage.place("Voiron", "38563", None)

    def there(clock, activity, **values):
        stage.session(clock, activity, **{"venue_id": other, "space_id": None, **values})

    stage.session("10:00-11:00", first)
    there("10:30-11:30", second)
    there("10:30-11:30", second, venue_id=away.venue_id, space_id=away.id)
    stage.session("14:00-15:00", first)
    stage.session("14:00-15:00", second, space_id=stage.room().id)  # one venue's own programme
    stage.session("16:00-17:00", first)
    there("16:00-17:00", first)
    there("16:00-17:00", stage.activity(theme="Chimie"))
    there("16:00-17:00", stage.activity(theme="Physique", audience="adults"))
    there("16:00-17:00", second, kind="drop_in")

    assert stage.told() == [
        (
            "same_public",
            "informs",
            "Grenoble : « Voir un muon » et « Peser un atome » s’adressent au même public sur le "
            f"même thème (Physique), {FRIDAY}, 10 h 30 – 11 h 00.",
        )
    ]
