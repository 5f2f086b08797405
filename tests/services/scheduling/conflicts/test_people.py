"""Presenters and organisations: in two places, without the time to travel, not available."""

from datetime import timedelta

from services.scheduling.models import EditionRules
from tests.services.scheduling.conflicts.scenario import at

FRIDAY = "vendredi 2 octobre"
GRENOBLE, VOIRON = (45.1885, 5.7245), (45.3640, 5.5925)


def test_a_presenter_in_two_places_at_once(stage):
    ada = stage.presenter()
    stage.session("10:00-11:00", stage.activity("Voir un muon", presenters=[ada]))
    stage.session(
        "10:30-11:30",
        stage.activity("Peser un atome", presenters=[ada, stage.presenter("Léo Blanc")]),
        space_id=stage.room().id,
    )
    stage.session("11:30-12:00", stage.activity(presenters=[ada]))

    assert stage.told() == [
        (
            "presenter_twice",
            "blocks",
            "Ada Martin serait à plusieurs endroits en même temps : « Voir un muon » et "
            f"« Peser un atome », {FRIDAY}, 10 h 30 – 11 h 00.",
        )
    ]


def test_who_is_not_at_a_session_may_be_at_another(stage):
    ada, leo = stage.presenter(), stage.presenter("Léo Blanc")
    both = stage.activity(presenters=[ada, leo])
    stage.cast(stage.session("10:00-11:00", both), ada)
    stage.cast(stage.session("10:00-11:00", both, space_id=stage.room().id), leo)

    assert stage.told() == []


def test_somebody_may_take_over_at_what_lasts_for_hours_and_nobody_is_needed_at_panels(stage):
    ada = stage.presenter()
    yard, hall = stage.room("Cour", sessions_at_once=None), stage.room("Hall")
    who = {"presenters": [ada]}
    stage.session("09:00-18:00", stage.activity("Stand", **who), kind="drop_in", space_id=yard.id)
    stage.session("10:00-11:00", stage.activity("Visite", **who))
    stage.session(
        "09:00-18:00",
        stage.activity("Fossiles", **who),
        kind="exhibition",
        ends_at=at("18:00", 12),
        space_id=hall.id,
    )
    stage.session("16:00-17:00", stage.activity("Fusées", **who), space_id=yard.id)

    assert [(kind, level) for kind, level, _sentence in stage.told()] == [
        ("presenter_twice", "warns")
    ]


def test_a_presenter_of_two_editions(stage):
    ada, other = stage.presenter(), stage.other_edition()
    room = stage.room()
    ours = stage.session("10:00-11:00", stage.activity(presenters=[ada]))
    theirs = stage.session(
        "10:00-11:00",
        stage.activity("Un café", presenters=[ada], edition_id=other.id),
        edition_id=other.id,
        space_id=room.id,
    )

    (here,), (there,) = stage.conflicts(), stage.conflicts(other)
    assert here == there
    assert (here.kind, set(here.sessions)) == ("presenter_twice", {ours.id, theirs.id})


def test_no_time_to_travel_between_communes(stage):
    here, there = stage.place("Gières", "38179", GRENOBLE), stage.place("Voiron", "38563", VOIRON)
    ada = stage.presenter()
    talk = stage.activity("Voir un muon", presenters=[ada])
    stage.session("10:00-11:00", talk, venue_id=here.venue_id, space_id=here.id)
    stage.session("11:30-12:00", talk, venue_id=there.venue_id, space_id=there.id)
    stage.session("12:49-13:00", talk, venue_id=here.venue_id, space_id=here.id)
    stage.session("15:00-16:00", talk, venue_id=there.venue_id, space_id=there.id)

    # 22 km as the crow flies, at 40 km/h: 34 minutes, and 15 more.
    assert stage.told() == [
        (
            "presenter_travel",
            "warns",
            "Ada Martin n’a que 30 min de Salle de Gières (Gières) à Salle de Voiron (Voiron) "
            "(22 km) et il en faudrait 49 min ; il manque 19 min : « Voir un muon » puis "
            f"« Voir un muon », {FRIDAY}, 11 h 30 – 12 h 00.",
        )
    ]


def test_an_edition_says_how_fast_people_travel(stage):
    here, there = stage.place("Gières", "38179", GRENOBLE), stage.place("Voiron", "38563", VOIRON)
    talk = stage.activity(presenters=[stage.presenter()])
    stage.session("10:00-11:00", talk, venue_id=here.venue_id, space_id=here.id)
    stage.session("11:30-12:00", talk, venue_id=there.venue_id, space_id=there.id)
    rules = {"travel_kmh": 90, "travel_margin_minutes": 10}
    stage._add(EditionRules(edition_id=stage.edition.id, **rules))

    assert stage.told() == []


def test_where_a_venue_is_may_not_be_known_and_one_venue_is_one_place(stage):
    nowhere = stage.place("Ailleurs", None, None)
    talk = stage.activity(presenters=[stage.presenter()])
    stage.session("10:00-11:00", talk)
    stage.session("11:00-12:00", talk, space_id=stage.room().id)
    stage.session("12:00-13:00", talk, venue_id=nowhere.venue_id, space_id=nowhere.id)

    assert stage.told() == []


def test_a_presenter_who_said_that_they_cannot(stage):
    ada = stage.presenter()
    stage.away(at("09:00"), at("10:30"), "en mission", presenter_id=ada.id)
    stage.session("10:00-11:00", stage.activity(presenters=[ada]))
    stage.session("11:00-12:00", stage.activity(presenters=[ada]))
    stage.session(
        "09:00-10:00",
        stage.activity(presenters=[ada]),
        kind="exhibition",
        space_id=stage.room().id,
    )

    assert stage.told() == [
        (
            "presenter_unavailable",
            "blocks",
            "Ada Martin n’est pas disponible (en mission) : « Voir un muon », "
            f"{FRIDAY}, 10 h 00 – 11 h 00.",
        )
    ]


def test_an_organisation_that_said_that_it_cannot(stage):
    stage.away(at("00:00"), at("00:00") + timedelta(days=1), organisation_id=stage.organisation.id)
    stage.session("10:00-11:00")
    stage.session("10:00-11:00", day=3)
    stage.session("11:00-12:00", stage.activity(organisation_id=None))

    assert stage.told() == [
        (
            "organisation_unavailable",
            "warns",
            "Muséum de Grenoble n’est pas disponible : « Voir un muon », "
            f"{FRIDAY}, 10 h 00 – 11 h 00.",
        )
    ]
