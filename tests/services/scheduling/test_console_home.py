"""The console's first page, and the ways from it into an edition."""

import re
from html import unescape

import pytest

from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.stored_programme import StoredProgramme


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
        ("Vos projets", "/console/editions/fds-2026/proposals"),
        ("Ses membres", f"/console/organisations/{organisation}/members"),
        ("Agendas internes", f"/console/feeds/organisations/{organisation}"),
    }
    of_venue = {
        ("Muséum", f"/console/venues/{venue}"),
        ("Feuille du jour", f"/console/venues/{venue}/day"),
        ("Agendas internes", f"/console/feeds/venues/{venue}"),
    }
    assert organiser & (of_organisation | of_venue) == of_organisation
    assert manager & (of_organisation | of_venue) == of_venue


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
