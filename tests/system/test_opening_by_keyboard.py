"""Registration opens while somebody waits for it, and a lost link comes back, by keyboard alone."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from shared.testing.accessibility import faults_of
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE
from tests.system.organiser import Organiser
from tests.system.pages import EDITION
from tests.system.test_the_whole_way import manage_path

#: How long ahead a session is made to open, in seconds: further where that was over before anybody
#: could look at it.
LEADS = (20, 60, 180, 600)

_COPIED = ("activity_id", "venue_id", "space_id", "kind", "starts_at", "ends_at", "capacity")


@pytest.fixture
def organiser(installation):
    return Organiser(installation)


def new_session(organiser, installation):
    """Make a session beside one of the demo's, for this test alone; return its draft's address."""
    like = organiser.get(f"/api/v1/draft/sessions/{installation.bookable_session()['id']}").json()
    copied = {name: like[name] for name in _COPIED}
    made = organiser.create("/api/v1/draft/sessions", **copied, registration="here")
    return made["id"]


def open_in(organiser, installation, session_id, seconds):
    """Publish that the session opens so soon; wait until registration knows it."""
    opens_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
    path = f"/api/v1/draft/sessions/{session_id}"
    organiser.edit(path, registration_opens_at=opens_at.isoformat())
    organiser.release(EDITION, alone=session_id)
    said = opens_at.isoformat()

    def is_known():
        if datetime.now(UTC) > opens_at:
            return True
        return said in installation.get(f"/register/{session_id}").text

    assert wait_until(is_known, PATIENCE)


def test_a_page_that_waits_for_the_opening_goes_on_to_the_form(enter, installation, organiser):
    session_id = new_session(organiser, installation)
    somebody = enter()
    timer = somebody.page.get_by_role("timer")
    heading = somebody.page.get_by_role("heading", name=re.compile("ouvrent le"))
    for seconds in LEADS:
        open_in(organiser, installation, session_id, seconds)
        somebody.go(f"/register/{session_id}")
        if timer.is_visible() and heading.is_visible():
            break
    else:
        raise AssertionError("nobody waits for the opening")

    email = somebody.page.get_by_label(re.compile("Adresse électronique"))
    expect(email).to_be_visible(timeout=(LEADS[-1] + PATIENCE) * 1000)

    answer = installation.register(session_id, f"{uuid4().hex[:8]}@example.org")
    assert answer.status_code == 201, answer.text


def test_before_the_opening_everybody_is_told_when_it_is(enter, installation, organiser):
    session_id = new_session(organiser, installation)
    open_in(organiser, installation, session_id, 24 * 3600)
    for somebody in (enter(), enter(java_script_enabled=False)):
        somebody.go(f"/register/{session_id}")
        expect(somebody.main).to_contain_text("Les inscriptions ouvrent le")
    with_script = enter()
    with_script.go(f"/sessions/{session_id}")
    expect(with_script.main).to_contain_text("Inscriptions à partir du")
    with_script.follow("Attendre l’ouverture", leading_to=f"**/register/{session_id}")
    assert faults_of(with_script.page) == []

    early = installation.register(session_id, "early@example.org")
    assert (early.status_code, early.json()["code"]) == (409, "not_open_yet")


def test_somebody_who_lost_the_link_is_sent_it_again(enter, installation):
    session = installation.bookable_session()
    email = f"{uuid4().hex[:8]}@example.org"
    assert installation.register(session["id"], email).status_code == 201
    [confirmation] = installation.wait_for_mails(email)
    somebody = enter()
    somebody.go(f"/register/{session['id']}")
    somebody.follow("Retrouver mon inscription", leading_to="**/registrations/lost")
    somebody.page.get_by_label(re.compile("Adresse électronique")).focus()
    somebody.page.keyboard.type(email.upper())
    somebody.page.keyboard.press("Enter")

    expect(somebody.main).to_contain_text("Si des inscriptions à venir existent pour")
    assert faults_of(somebody.page) == []
    assert wait_until(lambda: len(installation.mails_to(email)) == 2, PATIENCE)
    again = installation.mails_to(email)[-1]
    assert again["Subject"] == "Vos inscriptions, et le lien de chacune"
    assert manage_path(again) == manage_path(confirmation)
    somebody.go(manage_path(again))
    expect(somebody.main).to_contain_text(session["title"])
