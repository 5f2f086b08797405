"""A programme goes in and out of a running Parvis, by keyboard alone: sheets, releases, files."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from shared.testing.accessibility import faults_of
from tests.system.pages import CONSOLE

ADA = "Ada Martin"


def test_a_sheet_with_a_wrong_cell_is_looked_at_then_the_rest_of_it_is_applied(enter):
    ada = enter(ADA)
    title = f"Peser un nuage {uuid4().hex[:6]}"
    rows = ["Titre;Lieu;Commune;Date;Début;Fin", f"{title};Muséum;Grenoble;{{}};10:00;11:00"]
    ada.go(CONSOLE)
    day = ada.page.get_by_label("Premier jour").input_value()
    sheet = "\n".join([rows[0], rows[1].format(day), rows[1].format("32/13/2026")]) + "\n"
    ada.go("/console/imports")
    ada.page.get_by_label("Fichier").set_input_files(
        {"name": "nuages.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    )
    ada.press("Lire le fichier et montrer le plan")
    wrong = ada.page.get_by_role("table", name="Cellules à corriger").get_by_role("row")
    expect(wrong.filter(has_text="D3")).to_contain_text("32/13/2026")
    expect(ada.main.get_by_text(title).first).to_be_visible()
    assert faults_of(ada.page) == []
    ada.press("Appliquer en brouillons")
    expect(ada.page.get_by_text("C’est fait.")).to_be_visible()
    ada.go(f"{CONSOLE}/sessions?q={title}")
    expect(ada.main.get_by_role("row").filter(has_text=title)).to_have_count(1)


def test_a_change_is_released_compared_and_taken_back(enter, installation):
    ada = enter(ADA)
    session = installation.bookable_session()
    page = f"{CONSOLE}/sessions/{session['id']}"
    public = f"/api/v1/sessions/{session['id']}"
    ada.go(page)
    capacity = ada.page.get_by_label("Jauge", exact=True).input_value()
    ada.set("Jauge", "77")
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_text("Enregistré comme brouillon, à publier.")).to_be_visible()

    def publish(note):
        ada.go(f"{CONSOLE}/changes")
        expect(ada.main.get_by_text("Rien de choisi")).to_be_visible()
        mine = ada.main.get_by_role("checkbox", name=re.compile("^Choisir :"))
        mine.and_(ada.page.locator(f'[value~="{session["id"]}"]')).press("Space")
        expect(ada.main.get_by_text("1 ligne choisie")).to_be_visible()
        tick = ada.page.get_by_label(re.compile("^Publier malgré"))
        if tick.count():  # more places than the room has
            tick.press("Space")
        ada.type(re.compile("^Note pour l’équipe"), note)
        ada.page.keyboard.press("Enter")
        ada.page.wait_for_url(re.compile(r"/releases/\d+"))
        return int(re.search(r"/releases/(\d+)", ada.page.url)[1])

    number = publish("Plus de places")
    assert installation.get(public).json()["capacity"] == 77
    ada.follow("Comparer avec une autre", leading_to="**/releases/compare*")
    ada.page.get_by_label("De", exact=True).press("ArrowDown")
    ada.press("Comparer")
    ada.page.wait_for_url(f"**/compare?from={number - 1}&to={number}")
    expect(ada.main.get_by_text(session["title"]).first).to_be_visible()
    assert faults_of(ada.page) == []

    ada.go(f"{CONSOLE}/releases/{number}")
    ada.page.get_by_text("Revenir sur cette publication").press("Enter")
    ada.press("Défaire dans le brouillon")
    expect(ada.page.get_by_text(f"La publication {number} est défaite")).to_be_visible()
    assert faults_of(ada.page) == []
    ada.go(page)
    expect(ada.page.get_by_label("Jauge", exact=True)).to_have_value(capacity)
    publish("Comme avant")
    assert installation.get(public).json()["capacity"] == int(capacity)
    ada.go("/console/history")
    latest = ada.main.get_by_role("listitem").filter(has_text="Comme avant")
    expect(latest.first).to_contain_text(f"{ADA} a publié")


def test_the_programme_is_taken_away_in_every_format(enter):
    ada = enter(ADA)
    ada.go(f"{CONSOLE}/exports")
    links = ada.main.get_by_role("link", name=re.compile("^Télécharger .*brouillon$"))
    expect(links).not_to_have_count(0)
    sizes = {}
    for number in range(links.count()):
        with ada.page.expect_download() as started:
            links.nth(number).press("Enter")
        name = started.value.suggested_filename
        sizes[name.rpartition(".")[2]] = started.value.path().stat().st_size
    assert {"xlsx", "csv", "xml", "json", "ics", "odt"} <= {
        ending for ending, size in sizes.items() if size > 1000
    }
