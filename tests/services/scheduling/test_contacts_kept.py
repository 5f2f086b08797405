"""What is for those concerned alone stays theirs: in conflicts, in the history, in absences."""

from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from services.scheduling.domain.contacts import contacts_in, without_fields
from services.scheduling.domain.editing.activities import save_activity
from services.scheduling.domain.editing.organisations import create_organisation, save_organisation
from services.scheduling.domain.editing.presenters import create_presenter
from services.scheduling.domain.editing.resources import create_resource
from services.scheduling.domain.editing.unavailabilities import create_unavailability
from services.scheduling.domain.editing.venues import save_venue
from services.scheduling.domain.history import step
from services.scheduling.models import Organisation, Presenter
from services.scheduling.pages.console.hiding import without_contacts
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

SECRET = "Zoé Secrète"
WHY = "Opération du genou"
WRITTEN = "Votre budget est trop haut"

BY: dict[str, Any] = {"account_id": None, "now": NOW}


class World:
    """What a museum has, with somebody to call for each, and a library that it does not know."""

    def __init__(self, context: ServiceContext) -> None:
        self.context = context
        self.app: Flask = create_app(context)
        contact = {"contact_name": SECRET}
        with context.database.write() as db:
            programme = DraftedProgramme(db)
            self.organisation = self.museum = programme.organisation.id
            activity = programme.add_activity()
            self.activity = activity.id
            save_organisation(db, self.museum, 1, contact, **BY)
            self.venue = programme.venue.id
            save_venue(db, self.venue, 1, contact, **BY).organisation_id = self.museum
            save_activity(db, activity.id, 1, contact, **BY)
            step(db, activity, "changes_asked", comment=WRITTEN, **BY)
            owned = {"organisation_id": self.museum}
            named = {"name": "Ada Martin", "email": "zoe@secrete.example", "note": SECRET}
            self.presenter = create_presenter(db, {**owned, **named}, **BY).id
            lent = {"kind": "kit", "name": "Chambre à brouillard"}
            self.resource = create_resource(db, {**owned, **lent, **contact}, **BY).id
            for column, row_id in (
                ("presenter_id", self.presenter),
                ("resource_id", self.resource),
            ):
                away = {"starts_at": OPENING, "ends_at": OPENING.replace(hour=20), "note": WHY}
                create_unavailability(db, {column: row_id, **away}, **BY)
            self.library = create_organisation(db, {"name": "Bibliothèque"}, **BY).id

    def page(self, noun: str) -> str:
        """Return the address of what the museum has."""
        if noun == "activities":
            return f"{EDITION}/activities/{self.activity}"
        return f"/console/{noun}/{getattr(self, noun.removesuffix('s'))}"

    def organiser(self, organisation_id: UUID) -> Staff:
        """Sign somebody in who acts for an organisation."""
        return Staff(
            self.context,
            "organiser",
            name=f"Lou {organisation_id}",
            app=self.app,
            organisations=[organisation_id],
            venues=(),
        )


@pytest.fixture
def world(context: ServiceContext) -> World:
    return World(context)


def text_of(staff: Staff, path: str) -> str:
    """Return a page that is shown."""
    answer = staff.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.text)


@pytest.mark.parametrize(
    "noun", ["organisations", "venues", "activities", "presenters", "resources"]
)
def test_a_conflict_shows_what_is_stored_to_no_stranger(world: World, noun: str) -> None:
    page, answers = world.page(noun), {}
    form = Staff(world.context, "coordinator", app=world.app).form_of(page)
    for whose in (world.library, world.museum):
        somebody = world.organiser(whose)
        sent = {name: "x" for name in form if name in contacts_in(Presenter())}
        sent["csrf_token"] = somebody.form_of("/console")["csrf_token"]
        answer = somebody.send(page, form, **sent, revision="0", seen="{}")
        answers[whose] = (answer.status_code, SECRET in unescape(answer.text))

    assert answers == {world.library: (403, False), world.museum: (409, True)}


def test_a_form_that_others_read_compares_no_contacts() -> None:
    told = [{"name": name, "theirs": name} for name in ("name", "contact_name", "email")]
    attempt = Attempt({"name": "", "contact_name": ""}, conflicts=told)

    assert without_contacts(attempt, Organisation()).conflicts == [told[0], told[2]]
    assert without_contacts(attempt, Presenter()).conflicts == [told[0]]


@pytest.mark.parametrize(("whose", "is_read"), [("museum", True), ("library", False)])
def test_what_is_written_about_a_proposal_is_read_by_its_people(
    world: World, whose: str, is_read: bool
) -> None:
    somebody = world.organiser(getattr(world, whose))
    history = f"/console/history?noun=activities&row={world.activity}"
    pages = [text_of(somebody, path) for path in (world.page("activities"), history)]

    assert [WRITTEN in page for page in pages] == [is_read, is_read]
    assert [SECRET in page for page in pages] == [is_read, is_read]


@pytest.mark.parametrize(("whose", "is_told"), [("museum", True), ("library", False)])
@pytest.mark.parametrize("noun", ["presenters", "resources"])
def test_why_somebody_is_away_is_for_their_people(
    world: World, noun: str, whose: str, is_told: bool
) -> None:
    somebody = world.organiser(getattr(world, whose))
    page = world.page(noun)
    row_id = page.rpartition("/")[2]
    paths = (
        f"/console/absences/{noun}/{row_id}",
        page,
        f"/console/history?noun={noun}&row={row_id}",
    )
    pages = [text_of(somebody, path) for path in paths]

    assert [WHY in shown for shown in pages] == [is_told] * 3
    assert "2 octobre" in pages[0]


def test_a_hidden_field_is_hidden_in_a_part_too() -> None:
    values = {"name": "Ada", "note": "a", "unavailability": {"note": "b", "starts_at": "2026"}}

    assert without_fields(values, contacts_in(Presenter())) == {
        "name": "Ada",
        "unavailability": {"starts_at": "2026"},
    }
