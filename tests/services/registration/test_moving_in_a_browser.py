"""A move by keyboard alone, from the organiser's list to the family's answer: no page has a fault.

The pages between are answers to forms, which have no address that one could open.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from services.registration.models import Booking
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.accessibility import faults_of
from shared.testing.browser import PATIENCE
from shared.testing.contexts import make_context
from shared.testing.looks import DARK_DESK, PHONE, name_of
from shared.testing.serving import served
from tests.services.registration.factories import moved, register, request, session_data, wanted
from tests.services.registration.staff_browsing import MUSEUM, at_the_museum, cookie_of, viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NOTE = "La salle du matin est trop petite pour tout le monde."


@pytest.fixture
def context(sqlite_url: str) -> Iterator[ServiceContext]:
    made = make_context("registration", sqlite_url)
    yield made
    made.database.dispose()


@pytest.mark.parametrize("look", [PHONE, DARK_DESK], ids=name_of)
def test_a_session_is_proposed_and_accepted_by_keyboard(
    browser: "Browser", context: ServiceContext, look: dict[str, Any]
) -> None:
    same = {"activity_id": str(new_id()), "edition": session_data()["edition"]}
    first = at_the_museum(context, **same)
    second = at_the_museum(context, capacity=4, **same, **moved(days=1))
    ana, _zoe = register(
        context,
        request(wanted(first, adults=2), name="Ana Roux"),
        request(wanted(first, adults=5), name="Zoé Élan"),
    )
    app = create_app(context)
    name, value = cookie_of(app, viewer("organiser", organisations=(MUSEUM,)))
    with served(app) as root:
        window = browser.new_context(**look)
        window.add_cookies([{"name": name, "value": value, "url": root}])
        window.set_default_timeout(PATIENCE)
        page = window.new_page()
        page.goto(f"{root}/console/registration/sessions/{first}")
        for box in page.locator("input[name=id]").all():
            box.press("Space")
        page.locator("button[value=move]").press("Enter")
        page.wait_for_selector("textarea[name=note]")
        page.wait_for_load_state()
        assert faults_of(page) == []
        page.locator("textarea[name=note]").press_sequentially(NOTE)
        page.locator("button[value=preview]").press("Enter")
        page.wait_for_selector("button[value=send]")
        page.wait_for_load_state()
        assert faults_of(page) == []
        page.locator("button[value=send]").press("Enter")
        page.wait_for_url(f"**/sessions/{first}")
        page.goto(f"{root}/console/registration/registrations/{ana.body['id']}")
        assert faults_of(page) == []
        page.goto(f"{root}/registrations/{ana.body['token']}")
        assert faults_of(page) == []
        page.locator("form[action$='/move'] button").first.press("Enter")
        page.wait_for_selector(".flashes")
        page.wait_for_load_state()
        assert faults_of(page) == []
        window.close()
    with context.database.read() as db:
        states = [(one.session_id, one.status) for one in db.query(Booking).order_by(Booking.id)]
    assert states == [
        (first, "cancelled"),
        (first, "confirmed"),
        (second, "confirmed"),
    ]
