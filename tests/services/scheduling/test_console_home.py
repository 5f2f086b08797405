"""The console's first page, and the ways from it into an edition."""

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
