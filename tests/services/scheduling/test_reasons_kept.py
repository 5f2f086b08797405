"""Why somebody is away, and what is noted of sessions and tours, is for those concerned alone."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask

from services.scheduling.domain.editing.needs import need_resource
from services.scheduling.domain.editing.organisations import create_organisation
from services.scheduling.domain.editing.presenters import create_presenter
from services.scheduling.domain.editing.resources import create_resource
from services.scheduling.domain.editing.unavailabilities import create_unavailability
from services.scheduling.domain.planning.unplaced import create_unplaced
from services.scheduling.domain.touring.holds import holds_of
from services.scheduling.domain.touring.room import sentence_of_rivals
from services.scheduling.domain.touring.tours import create_tour
from services.scheduling.models import Resource
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.programs import Program, organisers_token

BY: dict[str, Any] = {"account_id": None, "now": NOW}

#: Why each of those that a session needs is away; whose each reason is.
REASONS = {
    "presenter_id": "opération du genou",
    "organisation_id": "séminaire secret",
    "resource_id": "chez le réparateur",
    "space_id": "fuite d’eau",
}
NOTE, OF_TOUR = "La clef est chez Zoé", "Deux camions, code 4711"


class World:
    """A session that everybody it needs is away from, each for a reason, with notes about it."""

    def __init__(self, context: ServiceContext) -> None:
        self.context = context
        self.app: Flask = create_app(context)
        with context.database.write() as db:
            programme = DraftedProgramme(db)
            self.museum, self.venue = programme.organisation.id, programme.venue.id
            owned = {"organisation_id": self.museum}
            presenter = create_presenter(db, {**owned, "name": "Ada Martin"}, **BY)
            kit = create_resource(db, {**owned, "kind": "exhibition", "name": "Glaciers"}, **BY)
            self.resource = kit.id
            activity = programme.add_activity("Voir un muon", presenters=["Ada Martin"])
            need_resource(db, activity.id, kit.id, 1, **BY)
            session = programme.add_session(activity)
            session.note = NOTE
            create_unplaced(db, {"activity_id": activity.id, "note": NOTE}, **BY)
            self.session = session.id
            away = {"starts_at": OPENING, "ends_at": OPENING + timedelta(hours=1)}
            for column, row_id in (
                ("presenter_id", presenter.id),
                ("organisation_id", self.museum),
                ("resource_id", kit.id),
                ("space_id", programme.space.id),
            ):
                values = {column: row_id, "note": REASONS[column], **away}
                create_unavailability(db, values, **BY)
            tour = {"resource_id": kit.id, "name": "Tournée", "note": OF_TOUR}
            self.tour = create_tour(db, tour, **BY).id
            self.library = create_organisation(db, {"name": "Bibliothèque"}, **BY).id

    def people(self) -> dict[str, Staff]:
        """Sign in one of each who looks at conflicts and the planner."""
        none: dict[str, Any] = {"organisations": (), "venues": ()}
        given: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
            "coordinator": (("coordinator",), none),
            "museum": (("organiser",), none | {"organisations": [self.museum]}),
            "library": (("organiser",), none | {"organisations": [self.library]}),
            "library with the venue": (
                ("organiser", "venue"),
                {"organisations": [self.library], "venues": [self.venue]},
            ),
        }
        return {
            name: Staff(self.context, *roles, name=f"Lou {name}", app=self.app, **acts_for)
            for name, (roles, acts_for) in given.items()
        }


@pytest.fixture
def world(context: ServiceContext) -> World:
    return World(context)


def told(staff: Staff, path: str) -> set[str]:
    """Return which of the reasons and notes an answer tells."""
    answer = staff.get(path)
    assert answer.status_code == 200, path
    text = unescape(answer.get_data(as_text=True))
    text = text if not answer.is_json else str(answer.get_json())
    return {words for words in (*REASONS.values(), NOTE, OF_TOUR) if words in text}


def test_conflicts_say_why_to_those_who_may_know(world: World) -> None:
    everything, space = set(REASONS.values()), {REASONS["space_id"]}
    expected: dict[str, set[str]] = {
        "coordinator": everything,
        "museum": everything - space,
        "library": set(),
        "library with the venue": space,
    }
    page = f"{EDITION}/sessions/{world.session}"
    for name, staff in world.people().items():
        paths = (f"{EDITION}/conflicts", f"{EDITION}/planner/conflicts?day=2026-10-02", page)
        answers = [told(staff, path) - {NOTE} for path in paths]
        assert (name, answers) == (name, [expected[name]] * 3)


def test_programs_are_told_why_by_the_rights_of_their_maker(
    context: ServiceContext, world: World
) -> None:
    path = "/api/v1/editions/fete-de-la-science-2026/conflicts"
    found = {}
    for name, organisation in (("museum", world.museum), ("library", world.library)):
        token = organisers_token(context, f"{name}@parvis.example", organisation)
        items = Program(context, token=token)("GET", path).get_json()["items"]
        found[name] = (len(items), {why for why in REASONS.values() if why in str(items)})
    reasons = set(REASONS.values()) - {REASONS["space_id"]}
    assert found == {"museum": (4, reasons), "library": (4, set())}


def test_the_planner_shows_a_session_s_note_to_its_organisation_its_venue_and_the_coordination(
    world: World,
) -> None:
    people = world.people()
    board = f"{EDITION}/planner/board?day=2026-10-02"
    assert {name: told(staff, board) for name, staff in people.items()} == {
        "coordinator": {NOTE},
        "museum": {NOTE},
        "library": set(),
        "library with the venue": {NOTE},
    }
    # What waits in the tray has no venue yet.
    table = f"{EDITION}/planner/table?day=2026-10-02"
    assert {name: told(staff, table) for name, staff in people.items()} == {
        "coordinator": {NOTE},
        "museum": {NOTE},
        "library": set(),
        "library with the venue": set(),
    }


def test_a_tour_s_note_is_for_those_of_its_exhibition(world: World) -> None:
    page = f"/console/tours/{world.tour}"
    for name, staff in world.people().items():
        expected = {OF_TOUR} if name in ("coordinator", "museum") else set()
        assert (name, told(staff, page), told(staff, f"{page}/edit")) == (name, expected, expected)


def test_what_leaves_no_copy_is_named_without_why(context: ServiceContext, world: World) -> None:
    with context.database.read() as db:
        held = holds_of(db, db.get_one(Resource, world.resource), NOW)
        sentence = str(sentence_of_rivals(held))
    assert ("indisponible" in sentence, REASONS["resource_id"] in sentence) == (True, False)
