"""Organisers plan on a running Parvis, by keyboard alone: one session, many, two people at once."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from shared.testing.accessibility import faults_of
from tests.system.organiser import Organiser
from tests.system.pages import CONSOLE, EDITION

ADA, EMMY = "Ada Martin", "Emmy Noether"


@pytest.fixture
def activity(installation):
    """Return the title of an activity that is accepted, and has no session."""
    organiser = Organiser(installation)
    editions = organiser.get("/api/v1/draft/editions").json()["items"]
    somebody = organiser.get("/api/v1/draft/organisations?limit=1").json()["items"][0]
    title = f"Marées {uuid4().hex[:6]}"
    organiser.create(
        "/api/v1/draft/activities",
        edition_id=next(one["id"] for one in editions if one["slug"] == EDITION),
        organisation_id=somebody["id"],
        title_fr=title,
    )
    return title


@pytest.fixture
def day(installation):
    """Return the first day of the edition."""
    timed = [one["starts_at"] for one in installation.sessions() if one["kind"] == "timed"]
    return min(timed)[:10]


def block(person, title):
    return person.page.get_by_role("gridcell").get_by_role("button", name=title)


def card(person, title):
    return person.page.get_by_role("complementary").get_by_role("button", name=title)


def test_a_session_is_placed_undone_redone_and_a_change_of_somebody_else_is_kept(
    enter, activity, day
):
    ada, emmy = enter(ADA), enter(EMMY)
    ada.go(f"{CONSOLE}/planner?day={day}")
    ada.press("Nouvelle séance à placer")
    new = ada.page.get_by_role("dialog", name="Nouvelle séance à placer")
    ada.pick("Animation", activity, inside=new)
    ada.set("Durée", "45", inside=new)
    ada.press("Ajouter", inside=new)
    expect(card(ada, activity)).to_contain_text("45 min")

    card(ada, activity).press("Enter")
    dialog = ada.page.get_by_role("dialog", name=activity)
    ada.set("Jour", day, inside=dialog)
    ada.set("Début", "18:00", inside=dialog)
    ada.pick("Lieu", "Muséum", inside=dialog)
    ada.press("Placer", inside=dialog)
    expect(block(ada, activity)).to_contain_text("18 h 00 – 18 h 45")
    assert faults_of(ada.page) == []

    ada.page.keyboard.press("Control+Z")
    expect(card(ada, activity)).to_be_visible()
    expect(block(ada, activity)).to_have_count(0)
    ada.page.keyboard.press("Control+Shift+Z")
    expect(block(ada, activity)).to_be_visible()

    emmy.go(f"{CONSOLE}/planner?day={day}&q={activity}")
    block(emmy, activity).press("Enter")
    other = emmy.page.get_by_role("dialog", name=activity)
    emmy.set("Début", "19:00", inside=other)
    emmy.set("Fin", "20:00", inside=other)
    block(ada, activity).press("Enter")
    ada.set("Début", "16:00", inside=dialog)
    ada.set("Fin", "17:00", inside=dialog)
    ada.press("Enregistrer", inside=dialog)
    expect(block(ada, activity)).to_contain_text("16 h 00")
    expect(other.get_by_text("Quelqu’un vient de changer cette séance")).to_be_visible()
    emmy.press("Enregistrer", inside=other)
    whose = emmy.page.get_by_role("dialog", name=f"{ADA} a changé cette séance entre-temps")
    expect(whose).to_contain_text("16 h 00 – 17 h 00")
    expect(whose).to_contain_text("19:00 – 20:00")
    assert faults_of(emmy.page) == []
    emmy.press("Garder le sien", inside=whose)
    expect(block(emmy, activity)).to_contain_text("16 h 00 – 17 h 00")


def test_a_series_is_foreseen_made_and_changed_together(enter, activity, day):
    ada = enter(ADA)
    ada.go(f"{CONSOLE}/sessions/series")
    ada.pick("Animation", activity)
    ada.check(re.compile(r"\d"))
    ada.set("Première à", "10:00")
    ada.set("Finies à", "17:00")
    ada.set("Chacune dure", "30")
    ada.set("Une toutes les", "45")
    ada.press("Ajouter une pause")
    ada.set("De", "12:00")
    ada.set("À", "14:00")
    ada.pick("Lieu", "Muséum")
    ada.press("Voir les horaires")
    expect(ada.page.get_by_role("heading", name="7 séances seraient créées")).to_be_visible()
    assert faults_of(ada.page) == []
    ada.press("Créer ces séances")
    expect(ada.page.get_by_text("7 séances sont créées.")).to_be_visible()

    ada.go(f"{CONSOLE}/sessions?q={activity}")
    ada.check("Tout choisir sur cette page")
    ada.press("Modifier ensemble…")
    expect(ada.page.get_by_role("heading", name="Modifier 7 séances ensemble")).to_be_visible()
    assert faults_of(ada.page) == []
    ada.set("Et de minutes", "15")
    ada.press("Enregistrer")
    expect(ada.page.get_by_text("7 séances sont modifiées.")).to_be_visible()
    expect(ada.main.get_by_role("table")).to_contain_text("10 h 15")


def test_a_conflict_is_met_on_the_list_and_meant(enter):
    ada = enter(ADA)
    ada.go(f"{CONSOLE}/conflicts")
    ada.main.get_by_text("C’est voulu…").first.press("Enter")
    ada.page.keyboard.press("Tab")
    ada.page.keyboard.type("Un duo")
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_text("ce conflit est voulu.")).to_be_visible()
    ada.follow(re.compile("^Voulus"), leading_to="**level=accepted*")
    expect(ada.page.get_by_text(f"Voulu, d’après {ADA}").first).to_be_visible()


def test_the_next_edition_begins_with_this_one_on_the_same_weekdays(enter, installation):
    ada = enter(ADA)
    ada.go(f"{CONSOLE}/next")
    slug = f"suivante-{uuid4().hex[:6]}"
    ada.type("Adresse web", slug)
    ada.press("Enregistrer")
    ada.page.wait_for_url(f"**/console/editions/{slug}/activities")
    expect(ada.page.get_by_text("L’édition est prête")).to_be_visible()
    assert faults_of(ada.page) == []
    ada.go(f"/console/editions/{slug}/sessions")
    expect(ada.main.get_by_role("table").get_by_role("row")).not_to_have_count(0)
    assert installation.sessions(edition=slug) == []
