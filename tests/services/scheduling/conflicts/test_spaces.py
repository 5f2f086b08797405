"""Spaces and venues: taken, too small, crowded, not available, closed, without the access."""

from datetime import timedelta

from tests.services.scheduling.conflicts.scenario import at

FRIDAY = "vendredi 2 octobre"


def test_a_space_takes_one_session_at_a_time(stage):
    first = stage.session("10:00-11:00", stage.activity("Voir un muon"))
    second = stage.session("10:30-11:30", stage.activity("Peser un atome"))

    assert stage.told() == [
        (
            "space_taken",
            "blocks",
            "Auditorium, Muséum ne reçoit qu’une séance à la fois : « Voir un muon » et "
            f"« Peser un atome », {FRIDAY}, 10 h 30 – 11 h 00.",
        )
    ]
    (conflict,) = stage.conflicts()
    assert conflict.sessions == (first.id, second.id)
    assert conflict.at == at("10:30")


def test_back_to_back_elsewhere_cancelled_and_turned_down_take_nothing(stage):
    stage.session("10:00-11:00")
    stage.session("11:00-12:00")
    stage.session("10:00-11:00", space_id=stage.room().id)
    stage.session("10:00-11:00", space_id=None)
    stage.session("10:00-11:00", status="cancelled")
    stage.session("10:00-11:00", stage.activity(state="declined"))
    stage.session("10:00-11:00", stage.activity(state="withdrawn"))
    stage.session("10:30-10:30")

    assert stage.told() == []


def test_a_village_takes_as_many_as_it_is_said_to(stage):
    stage.space.sessions_at_once = 2
    yard = stage.room("Cour", sessions_at_once=None)
    for number in range(4):
        stage.session("10:00-12:00", space_id=yard.id)
        stage.session("10:00-11:00" if number else "10:30-12:00", stage.activity(f"N° {number}"))
    assert stage.told() == [
        (
            "space_taken",
            "blocks",
            "Auditorium, Muséum ne reçoit que 2 séances à la fois : « N° 1 », « N° 2 », « N° 3 » "
            f"et « N° 0 », {FRIDAY}, 10 h 30 – 11 h 00.",
        )
    ]


def test_an_exhibition_takes_its_space_at_its_hours_only(stage):
    hours = [{"weekday": day, "opens": "09:00", "closes": "17:00"} for day in (2, 3, 4, 5)]
    stage.session(
        "09:00-17:00",
        stage.activity("Fossiles"),
        kind="exhibition",
        ends_at=at("17:00", 30),
        weekly_hours=hours,
        closures=["2026-10-07"],
    )
    stage.session("18:00-19:00")  # it is closed
    stage.session("10:00-11:00", day=5)  # a Monday
    stage.session("10:00-11:00", day=7)  # its closure
    visit = stage.session("16:00-18:00", stage.activity("Visite"), day=8)

    assert stage.told() == [
        (
            "space_taken",
            "warns",
            "Auditorium, Muséum ne reçoit qu’une séance à la fois : « Fossiles » et « Visite », "
            "jeudi 8 octobre, 16 h 00 – 17 h 00.",
        )
    ]
    assert stage.conflicts()[0].sessions[1] == visit.id


def test_two_exhibitions_are_one_conflict_however_many_days_they_share(stage):
    for _number in range(2):
        stage.session(kind="exhibition", ends_at=at("17:00", 12))

    assert [(kind, level) for kind, level, _ in stage.told()] == [("space_taken", "warns")]


def test_what_is_taken_in_another_edition_is_taken(stage):
    other = stage.other_edition()
    theirs = stage.session(
        "10:00-11:00", stage.activity("Un café", edition_id=other.id), edition_id=other.id
    )
    ours = stage.session("10:30-11:30")

    (here,), (there,) = stage.conflicts(), stage.conflicts(other)
    assert here == there
    assert here.sessions == (theirs.id, ours.id)


def test_a_space_that_is_not_available(stage):
    stage.away(at("08:00"), at("10:30"), "peinture", space_id=stage.space.id)
    stage.session("10:00-11:00")
    stage.session("11:00-12:00")
    stage.session("09:00-10:00", space_id=stage.room().id)

    assert stage.told() == [
        (
            "space_unavailable",
            "blocks",
            "Auditorium, Muséum n’est pas disponible (peinture) : « Voir un muon », "
            f"{FRIDAY}, 10 h 00 – 10 h 30.",
        )
    ]


def test_more_people_than_the_space_holds(stage):
    stage.session("10:00-11:00", capacity=81)
    stage.session("11:00-12:00", capacity=80)

    assert stage.told() == [
        (
            "space_too_small",
            "blocks",
            "« Voir un muon » a 81 places, et Auditorium, Muséum ne contient que 80 personnes.",
        )
    ]


def test_more_people_than_a_yard_holds_together(stage):
    stage.space.sessions_at_once = None
    stage.session("10:00-12:00", stage.activity("Fusées"), capacity=50)
    stage.session("11:00-13:00", stage.activity("Volcans"), capacity=40)
    stage.session("12:00-14:00", capacity=40)
    stage.session("10:00-14:00", capacity=None)

    assert stage.told() == [
        (
            "space_crowded",
            "warns",
            "Auditorium, Muséum contient 80 personnes, et « Fusées » et « Volcans » y ont "
            f"ensemble 90 places : {FRIDAY}, 11 h 00 – 12 h 00.",
        )
    ]


def test_a_venue_outside_its_hours_and_on_a_day_of_closure(stage):
    stage.venue.opening_hours = [
        {"weekday": 5, "opens": "09:00", "closes": "12:00"},
        {"weekday": 5, "opens": "12:00", "closes": "18:00"},
        {"weekday": 1, "opens": "09:00", "closes": "18:00"},
    ]
    stage.venue.closures = ["2026-10-05"]
    stage.session("11:00-13:00")
    stage.session("17:30-18:30", stage.activity("Nocturne"))
    stage.session("10:00-11:00", stage.activity("Lundi"), day=5)

    assert stage.told() == [
        (
            "venue_closed",
            "blocks",
            "Muséum (Grenoble) est fermé lundi 5 octobre : « Lundi ».",
        ),
        (
            "venue_closed",
            "warns",
            "« Nocturne » est hors des horaires d’ouverture de Muséum (Grenoble) : "
            f"{FRIDAY}, 17 h 30 – 18 h 30.",
        ),
    ]


def test_an_exhibition_in_a_venue_that_is_closed(stage):
    stage.venue.opening_hours = [
        {"weekday": day, "opens": "09:00", "closes": "18:00"} for day in (3, 4)
    ]
    stage.venue.closures = ["2026-10-07", "2026-10-15", "2026-10-16"]
    stage.session(
        "09:00-18:00",
        stage.activity("Fossiles"),
        kind="exhibition",
        ends_at=at("18:00", 30),
        weekly_hours=[{"weekday": day, "opens": "10:00", "closes": "17:00"} for day in (3, 4, 5)],
        closures=["2026-10-07"],
    )

    assert stage.told() == [
        ("venue_closed", "blocks", "Muséum (Grenoble) est fermé jeudi 15 octobre : « Fossiles »."),
        (
            "venue_closed",
            "warns",
            "« Fossiles » serait ouverte le vendredi hors des horaires de Muséum (Grenoble).",
        ),
    ]


def test_a_venue_that_says_nothing_of_its_hours_is_not_closed(stage):
    stage.session("03:00-04:00")
    stage.session("10:00-11:00", ends_at=at("10:00") + timedelta(days=3))

    assert [kind for kind, _level, _sentence in stage.told()] == []


def test_an_access_that_is_promised_and_lacking(stage):
    promised = stage.activity(accessibility=["mi", "hi"])
    stage.session("10:00-11:00", promised)  # nobody said anything of the museum
    stage.session("11:00-12:00", promised, space_id=stage.room(accessibility=["mi", "hi"]).id)
    stage.session("12:00-13:00", promised, space_id=stage.room(accessibility=["hi"]).id)
    accessible = stage.add_venue("Amphithéâtre", accessibility=["mi"])
    stage.session("13:00-14:00", promised, venue_id=accessible.id, space_id=None)
    stage.session("14:00-15:00", space_id=stage.room(accessibility=[]).id)

    assert stage.told() == [
        (
            "accessibility_missing",
            "warns",
            "« Voir un muon » promet un accès que Atelier, Muséum n’offre pas : handicap moteur.",
        ),
        (
            "accessibility_missing",
            "warns",
            "« Voir un muon » promet un accès que Amphithéâtre n’offre pas : handicap auditif.",
        ),
    ]
