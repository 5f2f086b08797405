"""The public pages in a browser: near me, the map by keyboard, and the same without JavaScript."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Geolocation, Page, expect

from services.scheduling.models import Commune
from services.scheduling.web import create_app
from shared.testing.browser import PATIENCE
from shared.testing.contexts import make_context
from shared.testing.serving import served
from tests.services.scheduling.stored_programme import OPENING, released_programme

#: Where somebody stands: in Vif.
HERE: Geolocation = {"latitude": 45.0512, "longitude": 5.6699}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a programme in two communes, and return its address."""
    folder: Path = tmp_path_factory.mktemp("public")
    context = make_context("scheduling", f"sqlite:///{folder / 'scheduling.sqlite'}", data=folder)
    with released_programme(context) as programme:
        vif = Commune(insee_code="38545", name="Vif", latitude=45.05, longitude=5.67)
        far = programme.add_venue("Le Belvédère", commune=vif, latitude=45.05, longitude=5.67)
        programme.add_session()
        programme.add_session(
            programme.add_activity("Étoiles", title_en=None),
            venue_id=far.id,
            space_id=None,
            starts_at=OPENING + timedelta(days=1),
        )
    with served(create_app(context)) as address:
        yield address
    context.database.dispose()


@pytest.fixture
def page(base: str, browser: Browser) -> Iterator[Page]:
    """Return a page in French, whose position may be asked for."""
    context = browser.new_context(locale="fr", geolocation=HERE, permissions=["geolocation"])
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def _lists(page: Page, *titles: str) -> None:
    expect(page.locator(".session :is(h3, h4)")).to_have_text(titles)


def test_near_me_asks_on_that_click_alone_and_lists_by_distance(base: str, page: Page) -> None:
    page.goto(base)
    _lists(page, "Voir un muon", "Étoiles")
    page.get_by_role("link", name="Près de moi").click()
    page.wait_for_url("**/?near=45.051%2C5.670#choose")
    _lists(page, "Étoiles", "Voir un muon")
    expect(page.locator(".session-distance").first).to_have_text("100 m")


def test_without_a_position_the_field_for_a_commune_is_there(base: str, browser: Browser) -> None:
    context = browser.new_context(locale="fr")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(base)
    page.get_by_role("link", name="Près de moi").click()
    expect(page.get_by_label("Près de", exact=True)).to_be_focused()
    page.keyboard.type("grenobel")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?near=grenobel#choose")
    _lists(page, "Voir un muon", "Étoiles")
    context.close()


def test_the_map_is_used_by_keyboard_and_asks_no_other_site(base: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{base}/map")
    pin = page.get_by_role("button", name=re.compile("^Le Belvédère, 1 séance"))
    pin.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Voir les séances (1)")
    expect(link).to_be_visible()
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/\?venue="))
    _lists(page, "Étoiles")
    assert [url for url in asked if not url.startswith((base, "data:"))] == []


def test_a_group_on_the_map_is_opened_and_left_by_keyboard(base: str, browser: Browser) -> None:
    context = browser.new_context(locale="fr", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{base}/map")
    smaller = page.get_by_role("button", name="Réduire")
    group = page.get_by_role("button", name="2 séances, 2 lieux, agrandir")
    expect(page.get_by_role("button", name=re.compile("^Muséum, 1 séance"))).to_be_visible()
    for _step in range(4):
        smaller.click()
    group.focus()
    page.keyboard.press("Enter")
    pin = page.get_by_role("button", name=re.compile("^Muséum, 1 séance"))
    expect(pin).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Voir les séances (1)")).to_be_focused()
    page.keyboard.press("Escape")
    expect(pin).to_be_focused()
    context.close()


def test_on_a_phone_what_answers_is_in_sight(base: str, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(base)
    page.get_by_label("Âge", exact=True).fill("40")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?age=40#choose")
    expect(page.get_by_role("heading", name="2 séances")).to_be_in_viewport()
    expect(page.locator(".session").first).to_be_in_viewport()
    page.keyboard.press("Tab")  # from where the answer begins, not from the top of the page
    expect(page.get_by_role("link", name=re.compile("^Le week-end|^Ce week-end"))).to_be_focused()


def test_without_javascript_the_map_is_a_list_by_commune(base: str, browser: Browser) -> None:
    context = browser.new_context(locale="fr", java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{base}/map")
    expect(page.locator(".map-commune h2")).to_have_text(["Grenoble", "Vif"])
    expect(page.locator("[data-map]")).to_be_hidden()
    page.get_by_role("link", name="Le Belvédère").click()
    _lists(page, "Étoiles")
    context.close()
