"""The public finds something and registers on a running Parvis, by keyboard alone."""

import re

from playwright.sync_api import expect

VOIRON = {"latitude": 45.3642, "longitude": 5.5917}


def test_somebody_searches_sees_what_is_near_and_looks_at_the_map(enter):
    somebody = enter(geolocation=VOIRON, permissions=["geolocation"])
    titles = somebody.page.locator(".session :is(h3, h4)")
    somebody.go("/")
    somebody.page.get_by_role("searchbox").first.focus()
    somebody.page.keyboard.type("glacie")
    somebody.page.keyboard.press("Enter")
    somebody.page.wait_for_url("**q=glacie*")
    expect(titles.filter(has_text=re.compile("glacier", re.IGNORECASE)).first).to_be_visible()

    somebody.go("/")
    somebody.follow("Près de moi", leading_to="**near=45.36*")
    expect(somebody.page.locator(".session-distance").first).to_have_text(re.compile("k?m$"))

    somebody.go("/map?commune=38563")
    pin = somebody.page.get_by_role("button", name=re.compile(r", \d+ séance")).first
    pin.press("Enter")
    somebody.page.get_by_role("link", name=re.compile("^Voir les séances")).press("Enter")
    somebody.page.wait_for_url("**venue=*")
    expect(titles.first).to_be_visible()


def test_somebody_registers_without_javascript(enter, installation):
    session = installation.bookable_session()
    somebody = enter(java_script_enabled=False)
    somebody.go(f"/register/{session['id']}")
    somebody.page.get_by_label(re.compile("Adresse électronique")).focus()
    somebody.page.keyboard.type("clavier@example.org")
    somebody.page.keyboard.press("Tab")
    somebody.page.keyboard.type("Dominique Clavier")
    somebody.page.keyboard.press("Tab")  # the telephone is left empty
    somebody.page.keyboard.press("Tab")
    somebody.page.keyboard.press("Control+A")
    somebody.page.keyboard.type("1")
    for age in somebody.page.get_by_role("checkbox", name=re.compile("au moins")).all():
        age.press("Space")
    somebody.page.get_by_role("button", name="M’inscrire").press("Enter")
    somebody.page.wait_for_url("**/registrations/**")

    expect(somebody.main).to_contain_text("clavier@example.org")
    expect(somebody.page.get_by_role("img", name=re.compile("QR"))).to_have_count(1)
    installation.wait_for_mails("clavier@example.org")
