"""Venues, tours and calendars looked after on a running Parvis, by keyboard alone."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from shared.testing.accessibility import faults_of
from shared.testing.calendars import assert_valid_calendar
from tests.system.installation import Installation

ADA = "Ada Martin"
PHONE = {"viewport": {"width": 360, "height": 740}}


def test_a_venue_that_is_there_twice_is_shown_before_saving_and_merged(enter):
    ada = enter(ADA)
    number = uuid4().hex[:6]
    name, same = f"Théâtre du Sablier {number}", f"Le theatre du sablier {number}"

    def describe(called):
        ada.go("/console/venues/new")
        ada.type("Nom", called)
        ada.type("Adresse", "3 rue des Heures")
        ada.pick("Commune", "Voiron")
        ada.press("Enregistrer")

    describe(name)
    expect(ada.page.get_by_text("Enregistré.").first).to_be_visible()
    describe(same)
    asked = ada.page.get_by_role("alert").filter(has_text="Est-ce l’une de ces fiches ?")
    expect(asked.get_by_role("link", name=name)).to_be_visible()
    assert faults_of(ada.page) == []
    ada.press("Non, c’est un autre lieu : créer", inside=asked)
    expect(ada.page.get_by_text("Enregistré.").first).to_be_visible()

    ada.go("/console/duplicates")
    ada.follow(re.compile(f"Comparer.*{number}"), leading_to="**/duplicates/venues/**")
    ada.page.get_by_role("radio").first.press("ArrowDown")
    ada.press("Fusionner")
    ada.page.wait_for_url(re.compile(r"/console/venues/[0-9a-f-]{36}"))
    ada.go("/console/duplicates")
    expect(ada.main.get_by_role("link", name=re.compile(number))).to_have_count(0)


def test_a_private_feed_is_read_until_it_is_revoked(enter, installation: Installation):
    ada = enter(ADA)
    ada.go("/console/venues")
    ada.follow(re.compile("^Muséum"), leading_to=re.compile(r"/console/venues/[0-9a-f-]{36}$"))
    ada.follow("Agendas internes", leading_to="**/console/feeds/venues/*")
    feeds = ada.page.url
    ada.type("Pour qui", "Le gardien du soir")
    ada.page.keyboard.press("Enter")
    shown = ada.page.get_by_label("L’adresse à suivre")
    expect(shown).to_be_visible()
    assert faults_of(ada.page) == []
    address = shown.input_value()
    feed = installation.get(address)
    assert feed.status_code == 200
    assert_valid_calendar(feed.content)

    ada.page.goto(feeds)
    row = ada.main.get_by_role("row").filter(has_text="Le gardien du soir")
    row.get_by_role("link", name="Révoquer").press("Enter")
    ada.press("Révoquer l’agenda", inside=ada.page)
    expect(ada.page.get_by_text("« Le gardien du soir » est révoqué")).to_be_visible()
    assert installation.get(address).status_code in (404, 410)


def test_the_sheet_of_a_day_is_read_and_printed(enter):
    ada = enter(ADA)
    ada.go("/console/venues")
    ada.follow(re.compile("^Muséum"), leading_to=re.compile(r"/console/venues/[0-9a-f-]{36}$"))
    ada.follow("Feuille du jour", leading_to=re.compile(r"/day/\d{4}-\d\d-\d\d$"))
    day = ada.page.url
    expect(ada.main.get_by_role("heading", level=3).first).to_be_visible()
    ada.page.get_by_role("link", name=re.compile("→$")).press("Enter")
    expect(ada.page).not_to_have_url(day)
    ada.page.go_back()
    expect(ada.page).to_have_url(day)
    printed = ada.main.get_by_role("link", name="PDF à afficher").get_attribute("href")
    answer = ada.page.request.get(ada.installation.url(printed))
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")


def test_a_tour_is_read_and_a_stop_answered(enter):
    ada = enter(ADA, **PHONE)
    ada.go("/console/tours")
    ada.follow(re.compile("^Isère, "), leading_to=re.compile(r"/console/tours/[0-9a-f-]+$"))
    stops = ada.page.get_by_role("list").filter(has=ada.page.locator(".stop"))
    expect(stops.get_by_role("heading", level=3)).to_have_count(6)
    assert faults_of(ada.page) == []
    ada.follow("Ferme des Trois-Semis", leading_to="**/stops/*")
    assert faults_of(ada.page) == []
    ada.press("Confirmer l’étape")
    expect(ada.page.get_by_text("L’étape est confirmée.")).to_be_visible()
    assert faults_of(ada.page) == []
    ada.follow("Convention de prêt", leading_to="**/agreement")
    assert faults_of(ada.page) == []
    printed = ada.page.request.get(f"{ada.page.url}.pdf")
    assert (printed.status, printed.body()[:5]) == (200, b"%PDF-")
