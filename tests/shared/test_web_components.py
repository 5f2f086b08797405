"""The console's components before a person's eyes and hands: axe, the keyboard, no JavaScript."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from shared.testing.accessibility import faults_of
from shared.testing.serving import served
from shared.web.sign_in import SignedInAccount
from tests.shared.web_application import account_cookie, small_context
from tests.shared.web_gallery import gallery

#: Phone, desk, a desk enlarged twice; light and dark; both languages.
LOOKS: list[dict[str, Any]] = [
    {"width": 360, "height": 740, "scheme": "light", "locale": "fr"},
    {"width": 1280, "height": 900, "scheme": "dark", "locale": "fr"},
    {"width": 640, "height": 450, "scheme": "light", "locale": "en"},
    {"width": 360, "height": 740, "scheme": "dark", "locale": "en"},
    {"width": 1280, "height": 900, "scheme": "light", "locale": "en"},
]

PAGES = {
    "table": "sessions?state=changed",
    "nothing found": "sessions?q=rien",
    "form": "activities?fault=1&conflict=1",
    "release": "changes",
    "confirm": "changes/confirm",
}

OpenPage = Callable[..., Page]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return gallery(small_context(tmp_path))


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    """Serve the gallery, and return the address of its edition."""
    with served(app) as address:
        yield f"{address}/console/editions/fete-de-la-science-2026/"


@pytest.fixture
def open_page(app: Flask, base: str, browser: Browser) -> Iterator[OpenPage]:
    """Return what opens a page of the gallery as a coordinator, in a look."""
    account = SignedInAccount(uuid4(), "Camille Delaunay", ("coordinator",), uuid4())
    cookie = account_cookie(app, account)
    contexts: list[BrowserContext] = []

    def open_one(path: str, look: dict[str, Any] | None = None, **options: Any) -> Page:
        look = look or LOOKS[1]
        context = browser.new_context(
            viewport={"width": look["width"], "height": look["height"]},
            color_scheme=look["scheme"],
            locale=look["locale"],
            **options,
        )
        context.add_cookies([{"name": "parvis_account", "value": cookie, "url": base}])
        contexts.append(context)
        page = context.new_page()
        page.goto(base + path)
        return page

    yield open_one
    for context in contexts:
        context.close()


def _name(look: dict[str, Any]) -> str:
    return f"{look['width']}-{look['scheme']}-{look['locale']}"


@pytest.mark.parametrize("look", LOOKS, ids=_name)
def test_no_component_has_a_fault_that_axe_finds_and_none_scrolls_sideways(
    open_page: OpenPage, base: str, look: dict[str, Any]
) -> None:
    page = open_page("sessions", look, reduced_motion="reduce")
    faults = {}
    for name, path in PAGES.items():
        page.goto(base + path)
        faults[name] = faults_of(page)

    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_a_phone_the_navigation_is_one_row_and_a_menu(open_page: OpenPage, script: bool) -> None:
    page = open_page("sessions", LOOKS[0], java_script_enabled=script)
    header = page.locator(".site-header")
    box = header.bounding_box()
    assert box is not None
    assert box["height"] < 70
    entry = header.get_by_role("link", name="Structures")
    expect(entry).to_be_hidden()
    header.locator("summary", has_text="Menu").focus()
    page.keyboard.press("Enter")
    expect(entry).to_be_visible()
    expect(header.get_by_role("link", name="Séances")).to_have_attribute("aria-current", "page")
    if script:
        page.keyboard.press("Escape")
        expect(entry).to_be_hidden()


def test_a_column_is_sorted_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("sessions?state=changed&page=3")
    page.get_by_role("columnheader", name="Places").get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions?state=changed&sort=seats")
    header = page.get_by_role("columnheader", name="Places")
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.get_by_role("link").click()
    page.wait_for_url("**sort=-seats")
    expect(header).to_have_attribute("aria-sort", "descending")


def test_rows_are_chosen_together_and_counted(open_page: OpenPage) -> None:
    page = open_page("sessions")
    boxes = page.locator("tbody .select input")
    expect(page.locator(".bulk-count")).to_have_text("Rien de choisi")
    boxes.nth(1).check()
    expect(page.locator(".bulk-count")).to_have_text("1 ligne choisie")
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator(".bulk-count")).to_have_text("4 lignes choisies")
    page.get_by_role("button", name="Mettre de côté").click()
    expect(page.locator(".notice.success")).to_have_text("hold: s1 s2 s3 s4")
    page.get_by_label("Tout choisir sur cette page").check()
    expect(page.locator(".bulk-count")).to_have_text("50 lignes choisies")


def test_rows_are_chosen_without_javascript(open_page: OpenPage) -> None:
    page = open_page("sessions", LOOKS[0], java_script_enabled=False)
    page.get_by_label(re.compile("^Choisir")).nth(2).check()
    page.get_by_role("button", name="Mettre de côté").click()
    expect(page.locator(".notice.success")).to_have_text("hold: s2")


def test_a_long_list_is_searched_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("activities")
    box = page.get_by_role("combobox", name="Lieu")
    expect(box).to_have_value("Médiathèque de Échirolles")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("ecole voir")
    options = page.locator(".combobox").get_by_role("option")
    expect(options).to_have_count(13)
    expect(box).to_have_attribute("aria-expanded", "true")
    active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(active).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("École élémentaire de Voiron")
    expect(page.locator("select[name=venue]")).to_have_value("183")
    expect(page.get_by_role("listbox")).to_be_hidden()

    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type("nowhere")
    expect(page.get_by_text("Rien ne correspond").last).to_be_visible()
    page.keyboard.press("Tab")
    expect(box).to_have_value("École élémentaire de Voiron")
    expect(box).not_to_be_focused()


def test_a_long_list_is_a_plain_one_without_javascript(open_page: OpenPage) -> None:
    page = open_page("activities", java_script_enabled=False)
    chosen = page.get_by_label("Lieu", exact=True)
    chosen.select_option("183")
    expect(chosen).to_have_value("183")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_rows_are_added_and_removed(open_page: OpenPage, script: bool) -> None:
    page = open_page("activities", java_script_enabled=script)
    rows = page.locator(".rows-row")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Ajouter un jour").click()
    expect(rows).to_have_count(2)
    rows.nth(1).get_by_label("De").fill("14:00")
    rows.nth(0).get_by_role("button", name="Retirer").click()
    expect(rows).to_have_count(1)
    expect(rows.first.get_by_label("De")).to_have_value("14:00")


def test_the_length_of_a_text_is_counted_as_it_is_typed(open_page: OpenPage) -> None:
    page = open_page("activities")
    place = page.locator("#title_en-count")
    field = page.get_by_label("Titre – Anglais")
    field.fill("Shake it")
    expect(place).to_have_text("8 caractères sur 120")
    field.fill("x" * 121)
    expect(place).to_have_text("1 caractère de trop")
    field.fill("")
    expect(place).to_have_text("0 caractère sur 120")
    field.fill("x" * 123)
    expect(place).to_have_text("3 caractères de trop")
    expect(place).to_have_attribute("role", "status")


def test_leaving_with_unsaved_changes_is_asked_about(open_page: OpenPage) -> None:
    page = open_page("activities")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    state = page.locator(".save-state")
    field = page.get_by_label("Titre – Français")
    field.press("End")
    field.press_sequentially("!")
    expect(state).to_have_text("Modifications non enregistrées")
    page.get_by_role("link", name="Annuler").click()
    expect(field).to_have_value("Fabrique ton séisme!")
    assert asked == ["beforeunload"]
    field.fill("Fabrique ton séisme")
    expect(state).to_be_empty()
    page.get_by_role("link", name="Annuler").click()
    page.wait_for_url("**/sessions")


def test_news_is_told_and_what_is_being_typed_is_left_alone(
    app: Flask, open_page: OpenPage
) -> None:
    page = open_page("activities")
    field = page.get_by_label("Titre – Français")
    field.press("End")
    field.press_sequentially(" et plus")
    app.extensions["gallery"]["news"] = "Claire vient de modifier cette séance."
    place = page.locator("[data-live]")
    expect(place).to_have_text("Claire vient de modifier cette séance.")
    expect(place).to_have_attribute("role", "status")
    expect(field).to_be_focused()
    expect(field).to_have_value("Fabrique ton séisme et plus")
    with page.expect_response(lambda answer: answer.status == 304):
        pass
    app.extensions["gallery"]["news"] = ""
    expect(place).to_be_empty()


def test_who_signed_out_elsewhere_is_told_and_asked_about_no_more(
    open_page: OpenPage, base: str
) -> None:
    page = open_page("activities")
    page.context.clear_cookies()
    expect(page.locator("[data-live]")).to_contain_text("Vous n’êtes plus connecté·e")


def test_a_confirmation_opens_over_the_page_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_page("changes")
    opener = page.get_by_role("link", name="Publier 12 changements")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Publier 12 changements")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Publier").click()
    expect(page.locator(".notice.success")).to_have_text("C’est publié.")


def test_a_confirmation_is_a_page_without_javascript(open_page: OpenPage) -> None:
    page = open_page("changes", java_script_enabled=False)
    page.get_by_role("link", name="Publier 12 changements").click()
    page.get_by_role("main").get_by_role("button", name="Publier").click()
    expect(page.locator(".notice.success")).to_have_text("C’est publié.")


def test_whoever_asks_for_no_motion_has_none(open_page: OpenPage) -> None:
    page = open_page("changes", reduced_motion="reduce")
    moving = page.evaluate(
        "document.getAnimations().length"
        " + (getComputedStyle(document.documentElement).scrollBehavior === 'smooth')"
    )
    assert moving == 0
