"""Resources and tours: beyond their copies, without time around them, away, overlapping."""

from datetime import timedelta

from services.scheduling.domain.conflicts import check_resource
from tests.services.scheduling.conflicts.scenario import at

FRIDAY = "vendredi 2 octobre"


def test_more_copies_than_there_are(stage):
    kit = stage.resource(copies=2)
    for clock, title in (("10:00-11:00", "Un"), ("10:00-12:00", "Deux"), ("10:30-11:00", "Trois")):
        stage.session(clock, stage.activity(title, resources=[kit]), space_id=stage.room(title).id)
    stage.session("11:00-12:00", stage.activity("Quatre", resources=[kit]))

    assert stage.told() == [
        (
            "resource_overbooked",
            "blocks",
            "Planétarium n’existe qu’en 2 exemplaires, et 3 seraient pris en même temps : "
            f"« Un », « Deux » et « Trois », {FRIDAY}, 10 h 30 – 11 h 00.",
        )
    ]


def test_no_time_for_setting_up_dismantling_and_carrying(stage):
    kit = stage.resource(setup_minutes=30, dismantling_minutes=20, transport_minutes=40)
    elsewhere = stage.add_venue("Amphithéâtre")
    stage.session("10:00-11:00", stage.activity("Un", resources=[kit]))
    stage.session(
        "12:00-13:00",
        stage.activity("Deux", resources=[kit]),
        venue_id=elsewhere.id,
        space_id=stage.room(venue=elsewhere).id,
    )

    assert stage.told() == [
        (
            "resource_without_time",
            "warns",
            "Planétarium n’a que 1 h entre « Un » et « Deux » ; il lui faut 1 h 30 "
            "(démontage, transport, montage).",
        )
    ]


def test_what_is_set_up_stays_for_what_follows_and_is_not_carried_inside_a_venue(stage):
    kit = stage.resource(setup_minutes=30, dismantling_minutes=20, transport_minutes=600)
    show = stage.activity(resources=[kit])
    stage.session("10:00-11:00", show)
    stage.session("11:00-12:00", show)
    stage.session("12:00-13:00", stage.activity("Deux", resources=[kit]))
    stage.session("13:50-14:50", show, space_id=stage.room().id)

    assert stage.told() == []


def test_a_resource_is_looked_after_across_editions(stage):
    kit, other = stage.resource(), stage.other_edition()
    ours = stage.session("10:00-11:00", stage.activity(resources=[kit]))
    theirs = stage.session(
        "10:00-11:00",
        stage.activity(resources=[kit], edition_id=other.id),
        edition_id=other.id,
        space_id=None,
    )

    (here,), (there,) = stage.conflicts(), stage.conflicts(other)
    assert here == there
    assert set(here.sessions) == {ours.id, theirs.id}
    assert check_resource(stage.db, kit.id) == [here]


def test_a_resource_that_is_not_available(stage):
    kit = stage.resource()
    stage.away(at("08:00"), at("10:15"), "en réparation", resource_id=kit.id)
    stage.session("10:00-11:00", stage.activity(resources=[kit]))

    assert stage.told() == [
        (
            "resource_unavailable",
            "blocks",
            "Planétarium n’est pas disponible (en réparation) : « Voir un muon », "
            f"{FRIDAY}, 10 h 00 – 10 h 15.",
        )
    ]


def test_a_stop_holds_its_exhibition_and_is_told_with_its_session(stage):
    show = stage.resource("Fossiles", kind="exhibition")
    tour = stage.tour(show)
    opened = stage.session(
        "09:00-18:00", stage.activity("Fossiles"), kind="exhibition", ends_at=at("18:00", 5)
    )
    stop = stage.stop(tour, at("08:00"), at("18:00", 6), session_id=opened.id)
    visit = stage.session(
        "10:00-11:00",
        stage.activity("Visite", resources=[show]),
        day=6,
        space_id=stage.room().id,
    )

    (conflict,) = stage.conflicts()
    assert conflict.kind == "resource_overbooked"
    assert conflict.level == "blocks"
    assert conflict.sessions == (opened.id, visit.id)
    assert conflict.stops == (stop.id,)
    stop.state = "optioned"
    assert [(kind, level) for kind, level, _ in stage.told()] == [("resource_overbooked", "warns")]
    stop.state = "refused"
    assert stage.told() == []


def test_an_option_that_has_ended_holds_nothing(stage):
    show = stage.resource("Fossiles")
    until = at("12:00", 1)
    stage.stop(
        stage.tour(show), at("08:00"), at("18:00"), state="optioned", option_until=until.date()
    )
    stage.session("10:00-11:00", stage.activity(resources=[show]))
    stage.db.flush()

    assert [each.kind for each in check_resource(stage.db, show.id, now=until)] == [
        "resource_overbooked"
    ]
    assert check_resource(stage.db, show.id, now=until + timedelta(days=1)) == []


def test_stops_of_a_tour_that_overlap_or_have_no_time_for_the_road(stage):
    tour = stage.tour(stage.resource("Fossiles"))
    first = stage.stop(tour, at("08:00", 2), at("18:00", 5), transport_minutes=180)
    second = stage.stop(tour, at("20:00", 5), at("18:00", 8))

    assert stage.told() == [
        (
            "stops_overlap",
            "warns",
            "Tournée d’automne (Fossiles) aurait en même temps ces étapes, transport compris : "
            "Muséum et Muséum, lundi 5 octobre, 20 h 00 – 21 h 00.",
        )
    ]
    second.arrives_at = second.opens_at = at("17:00", 5)
    (conflict,) = stage.conflicts()
    assert (conflict.kind, conflict.level) == ("stops_overlap", "blocks")
    assert (conflict.sessions, conflict.stops) == ((), (first.id, second.id))


def test_stops_of_a_tour_in_as_many_copies_as_there_are_do_not_overlap(stage):
    tour = stage.tour(stage.resource("Fossiles", copies=2))
    stage.stop(tour, at("08:00", 2), at("18:00", 5))
    stage.stop(tour, at("08:00", 3), at("18:00", 6))

    assert stage.told() == []
