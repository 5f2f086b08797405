"""Two people edit the programme, each in a browser: by keyboard, on a phone, without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.domain.editing.spaces import create_space
from services.scheduling.domain.releasing import release
from services.scheduling.models import Organisation, Session
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.accessibility import faults_of
from shared.testing.contexts import NOW, make_context
from shared.testing.looks import LOOKS, name_of
from shared.testing.serving import served
from tests.services.scheduling.console_programme import programme_on
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.windows import windows_at

EDITION = "/console/editions/fete-de-la-science-2026"

SignIn = Callable[..., Page]


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ServiceContext]:
    made = make_context("scheduling", f"sqlite:///{tmp_path / 'scheduling.sqlite'}", data=tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a programme of which a session is released, and moved since."""
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
        release(db, programme.edition.id, now=NOW)
        save_session(db, programme.session.id, 1, {"capacity": 40}, **programme.by)
        library = programme.add_venue("Bibliothèque")
        create_space(
            db, {"venue_id": library.id, "name": "Salle bleue", "capacity": 25}, **programme.by
        )
    return programme


@pytest.fixture
def base(context: ServiceContext) -> Iterator[str]:
    """Serve scheduling's pages, and return their address."""
    with served(create_app(context)) as address:
        yield address


@pytest.fixture
def sign_in(context: ServiceContext, base: str, browser: Browser) -> Iterator[SignIn]:
    """Return what gives somebody a browser of their own, signed in."""
    with context.database.read() as db:
        everybodys = db.scalars(sa.select(Organisation.id)).all()
    with windows_at(browser, context, base) as windows:

        def enter(name: str, *roles: str, **options: Any) -> Page:
            return windows.open(
                name, *(roles or ("organiser",)), organisations=everybodys, **options
            )

        yield enter


def stored(context: ServiceContext, programme: DraftedProgramme) -> Session:
    with context.database.read() as db:
        return db.get_one(Session, programme.session.id)


def test_two_editors_of_one_session_see_each_other_and_nothing_is_overwritten(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    ada, emmy = sign_in("Ada Martin"), sign_in("Emmy Noether")
    path = f"{EDITION}/sessions/{programme.session.id}"
    for page in (ada, emmy):
        page.goto(path)
    ada.get_by_label("Jauge", exact=True).fill("12")
    emmy.get_by_label("Jauge", exact=True).fill("20")
    emmy.get_by_role("button", name="Enregistrer").click()
    expect(emmy.get_by_text("Enregistré comme brouillon, à publier.")).to_be_visible()

    told = ada.get_by_text("Emmy Noether vient d’enregistrer ici")
    expect(told).to_be_visible()
    assert ada.get_by_label("Jauge", exact=True).input_value() == "12"

    ada.get_by_role("button", name="Enregistrer").click()
    expect(ada.get_by_role("heading", name="Emmy Noether a enregistré")).to_be_visible()
    assert stored(context, programme).capacity == 20

    ada.get_by_role("radio", name="Prendre le sien").check()
    ada.get_by_label("Début", exact=True).fill("10:30")
    ada.get_by_role("button", name="Enregistrer").click()
    expect(ada.get_by_text("Enregistré comme brouillon, à publier.")).to_be_visible()
    now = stored(context, programme)
    assert (now.capacity, now.starts_at.hour, now.starts_at.minute) == (20, 8, 30)


def test_choosing_a_venue_brings_its_spaces_and_what_each_holds(
    programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in("Ada Martin")
    page.goto(f"{EDITION}/sessions/{programme.session.id}")
    page.get_by_role("combobox", name="Lieu").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("biblio")
    page.keyboard.press("Enter")
    space = page.get_by_label("Salle ou espace")
    expect(space.locator("option")).to_have_count(2)
    space.select_option(label="Salle bleue – 25 personnes")
    expect(page.get_by_text("« Salle bleue » contient 25 personnes.")).to_be_visible()


def test_only_the_fields_of_the_chosen_way_in_are_shown(
    programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in("Ada Martin")
    page.goto(f"{EDITION}/sessions/{programme.session.id}")
    expect(page.get_by_label("Jauge", exact=True)).to_be_visible()
    expect(page.get_by_text("Horaires par semaine", exact=True)).to_be_hidden()
    page.get_by_role("radio", name="Inscription ailleurs").focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Jauge", exact=True)).to_be_hidden()
    expect(page.get_by_label("Adresse web pour s’inscrire")).to_be_visible()
    page.get_by_role("radio", name="Exposition").check()
    expect(page.get_by_text("Horaires par semaine", exact=True)).to_be_visible()


def test_a_session_is_made_without_javascript_and_enter_saves(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in("Ada Martin", java_script_enabled=False)
    page.goto(f"{EDITION}/sessions/new")
    page.get_by_label("Animation").select_option(label="Voir un muon – Muséum de Grenoble")
    page.get_by_label("Lieu").select_option(label="Bibliothèque – Grenoble")
    page.get_by_role("button", name="Montrer les salles de ce lieu").click()
    page.get_by_label("Salle ou espace").select_option(label="Salle bleue – 25 personnes")
    page.get_by_label("Jour", exact=True).fill("2026-10-05")
    page.get_by_label("Début", exact=True).fill("18:00")
    page.get_by_label("Fin", exact=True).fill("17:00")
    page.get_by_label("Fin", exact=True).press("Enter")
    fault = page.get_by_role("alert").get_by_text("La fin doit venir après le début.")
    expect(fault).to_be_visible()
    page.get_by_label("Fin", exact=True).fill("19:00")
    page.get_by_label("Fin", exact=True).press("Enter")
    expect(page.get_by_text("Enregistré comme brouillon, à publier.")).to_be_visible()
    with context.database.read() as db:
        made = db.scalars(sa.select(Session).where(Session.id != programme.session.id)).one()
        assert made.space is not None
        assert (made.starts_at.hour, made.ends_at.hour, made.space.name) == (16, 17, "Salle bleue")


@pytest.mark.parametrize("look", LOOKS, ids=name_of)
def test_no_page_has_a_fault_that_axe_finds_and_none_scrolls_sideways(
    programme: DraftedProgramme, sign_in: SignIn, look: dict[str, Any]
) -> None:
    session = f"{EDITION}/sessions/{programme.session.id}"
    paths = [
        "/console/editions",
        "/console/editions/new",
        EDITION,
        "/console/festivals/new",
        "/console/venues",
        f"/console/venues/{programme.venue.id}",
        f"/console/venues/{programme.venue.id}/spaces/{programme.space.id}",
        "/console/organisations",
        f"/console/organisations/{programme.organisation.id}",
        f"{EDITION}/activities",
        f"{EDITION}/activities/{programme.session.activity_id}",
        f"{EDITION}/sessions/new",
        session,
        f"{session}/cancel",
    ]
    page = sign_in("Ada Martin", **look)
    for path in paths:
        page.goto(path)
        assert (path, faults_of(page)) == (path, [])
    page.goto(session)
    page.get_by_label("Fin" if look["locale"] == "fr" else "End", exact=True).fill("01:00")
    page.locator(".save-bar button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_long_title_without_a_space_widens_no_page(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn, width: int
) -> None:
    long = "Supercalifragilistique" * 8
    with context.database.write() as db:
        made = programme_on(programme, db)
        activity = made.add_activity(long)
        for _ in range(2):  # at once in one room, which is a conflict
            made.add_session(activity)
        release(db, made.edition.id, now=NOW)
        made.add_session(activity)
    page = sign_in("Ada Martin", "coordinator", viewport={"width": width, "height": 800})
    shown = ("activities", "sessions", "planner/table?day=2026-10-02", "conflicts", "changes")
    for address in [*(f"{EDITION}/{path}" for path in shown), f"{EDITION}/releases/compare", "/"]:
        page.goto(address)
        expect(page.get_by_text(long).first).to_be_attached()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (address, wide) == (address, width)
