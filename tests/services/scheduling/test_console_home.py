"""The console's first page, and the ways from it into an edition."""

import re
from datetime import timedelta
from html import unescape

import pytest

from services.scheduling.domain.seats import keep_seats
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.stored_programme import StoredProgramme, edit


@pytest.fixture
def staff(context):
    """Return a coordinator at the console."""
    return Staff(context, "coordinator")


def test_an_empty_installation_says_how_to_begin(staff):
    page = staff.get("/console").text
    assert 'href="/console/festivals/new"' in page


@pytest.mark.parametrize("part", ["sessions", "activities", "changes"])
def test_without_an_edition_its_pages_lead_to_making_one(staff, part):
    response = staff.get(f"/console/{part}")
    assert (response.status_code, response.location) == (302, "/console/editions")


@pytest.mark.parametrize("part", ["sessions", "activities", "changes"])
def test_pages_without_an_edition_in_their_address_lead_to_the_current_one(context, staff, part):
    with context.database.write() as db:
        StoredProgramme(db)
    response = staff.get(f"/console/{part}")
    assert (response.status_code, response.location) == (302, f"/console/editions/fds-2026/{part}")


def test_the_first_page_leads_into_each_edition(context, staff):
    with context.database.write() as db:
        StoredProgramme(db)
    page = unescape(staff.get("/console").text)
    assert 'href="/console/editions/fds-2026/sessions"' in page
    assert 'href="/console/editions/fds-2026/changes"' in page


def test_door_staff_are_shown_no_pages_that_refuse_them(context):
    with context.database.write() as db:
        StoredProgramme(db)
    page = Staff(context, "door", name="Lou Porte").get("/console").text
    assert 'href="/console/editions/fds-2026/changes"' not in page.split("<main")[1]


def links_of(page):
    """Return the words and the address of every link of a page's main part."""
    main = unescape(page).split("<main")[1].split("</main")[0]
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', main, re.DOTALL)
    return {(" ".join(re.sub(r"<[^>]+>", " ", words).split()), href) for href, words in found}


def test_those_who_act_for_a_place_find_what_is_theirs(context):
    with context.database.write() as db:
        stored = StoredProgramme(db)
        organisation, venue = stored.organisation.id, stored.venue.id
    organiser = links_of(Staff(context, "organiser", name="Inès Ravel").get("/console").text)
    manager = links_of(Staff(context, "venue", name="Marc Roche").get("/console").text)
    of_organisation = {
        ("Muséum de Grenoble", f"/console/organisations/{organisation}"),
        ("Ses séances", f"/console/editions/fds-2026/sessions?organisation={organisation}"),
        ("Ses inscriptions", f"/console/registration?organisation={organisation}"),
        ("Vos projets", "/console/editions/fds-2026/proposals"),
        ("Ses membres", f"/console/organisations/{organisation}/members"),
        ("Agendas internes", f"/console/feeds/organisations/{organisation}"),
    }
    of_venue = {
        ("Muséum", f"/console/venues/{venue}"),
        ("Feuille du jour", f"/console/venues/{venue}/day"),
        ("Ses inscriptions", f"/console/registration?venue={venue}"),
        ("Agendas internes", f"/console/feeds/venues/{venue}"),
    }
    assert organiser & (of_organisation | of_venue) == of_organisation
    assert manager & (of_organisation | of_venue) == of_venue


def own(page):
    """Return what the first page says of each place that is one's own, without its links."""
    cards = re.findall(r'<li class="card">(.*?)</li>', unescape(page), re.DOTALL)
    bare = (re.sub(r'<p class="cluster">.*?</p>', "", card, flags=re.DOTALL) for card in cards)
    return [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in bare]


def test_it_says_how_full_ones_own_sessions_to_come_are(context):
    counted = {"seats_left": 5, "seats_taken": 1000, "bookings": 400, "waiting": 1}
    with context.database.write() as db:
        stored = StoredProgramme(db)
        here = {"registration": "here", "capacity": 1005}
        other = stored.add_venue("Bibliothèque")
        sessions = [
            stored.add_session(**here),
            stored.add_session(**here, venue_id=other.id, space_id=None),
            stored.add_session(**here, starts_at=NOW - timedelta(days=1)),
            stored.add_session(**here),
            stored.add_session(),
        ]
        stored.release()
        edit(sessions[3], status="cancelled")
        stored.release()
        for session in sessions:
            keep_seats(db, session.id, counted, seats_version=1)
        unlimited = counted | {"seats_left": None, "seats_taken": 1, "waiting": 0}
        keep_seats(db, sessions[1].id, unlimited, seats_version=2)
        museum, library = stored.venue.id, other.id
    organiser = Staff(context, "organiser", name="Inès Ravel")
    manager = Staff(context, "venue", name="Marc Roche", venues=[museum])
    of_library = Staff(context, "venue", name="Léa Roche", venues=[library])

    assert own(organiser.get("/console").text) == [
        "Muséum de Grenoble 1 001 places prises, 5 libres, 1 groupe en attente "
        "dans 2 séances à venir"
    ]
    assert own(manager.get("/console").text) == [
        "Muséum Grenoble 1 000 places prises, 5 libres, 1 groupe en attente dans 1 séance à venir"
    ]
    assert own(of_library.get("/console").text) == [
        "Bibliothèque Grenoble 1 place prise dans 1 séance à venir"
    ]
    nobody = Staff(context, "organiser", name="Zoé Petit", organisations=())
    assert own(nobody.get("/console").text) == []


def test_projects_wait_for_the_coordination_or_for_their_organisation(context, staff):
    with context.database.write() as db:
        stored = StoredProgramme(db)
        stored.add_activity("Étoiles", state="submitted")
        stored.add_activity("Volcans", state="changes_asked")
        stored.add_activity("Glaces", state="changes_asked")
    asked = {
        (
            "1 projet attend votre réponse",
            "/console/editions/fds-2026/proposals?state=submitted",
        ),
        ("2 de vos projets sont à compléter", "/console/editions/fds-2026/proposals"),
    }
    told = [
        {words for words, _href in asked & links_of(one.get("/console").text)}
        for one in (
            staff,
            Staff(context, "organiser", name="Inès Ravel"),
            Staff(context, "organiser", name="Zoé Petit", organisations=()),
            Staff(context, "reader", name="Lou Petit"),
        )
    ]
    assert told == [
        {"1 projet attend votre réponse"},
        {"2 de vos projets sont à compléter"},
        set(),
        set(),
    ]
