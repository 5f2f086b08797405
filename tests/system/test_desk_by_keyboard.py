"""An organiser at work on a running Parvis by keyboard alone: desk, list, note, message, cancel."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.sync_api import expect

from shared.testing.accessibility import faults_of
from shared.testing.looks import PHONE
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE

ADA = "Ada Martin"


def enter_at_desk(ada, name, **typed):
    """Type a line at the desk, whose first field has the focus, and send it with Enter."""
    expect(ada.page.get_by_label("Nom", exact=True)).to_be_focused()
    for word in (name, "2", "1"):
        ada.page.keyboard.type(word)
        ada.page.keyboard.press("Tab")
    for label, words in typed.items():
        ada.type(label, words)
    ada.page.keyboard.press("Enter")
    made = ada.main.get_by_role("status").filter(has_text=name)
    expect(made).to_contain_text(f"{name} est sur la liste")
    return "".join(made.locator(".desk-code [aria-hidden] span").all_inner_texts())


def test_who_telephones_is_entered_written_to_and_cancelled(enter, installation):
    ada = enter(ADA, "--sees-names")
    session = installation.bookable_session()["id"]
    mark = uuid4().hex[:6]
    email, odette, kenji = f"{mark}@example.org", f"Odette {mark}", f"Kenji {mark}"
    path = f"/console/registration/sessions/{session}"
    ada.go(f"{path}/desk")
    code = enter_at_desk(ada, odette)
    assert re.fullmatch("[0-9A-Z]{8}", code)
    enter_at_desk(ada, kenji, **{"Adresse électronique": email})
    assert faults_of(ada.page) == []
    installation.wait_for_mails(email)

    ada.go(path)
    ada.type("Nom, code ou adresse", code)
    ada.page.keyboard.press("Enter")
    expect(ada.main.get_by_role("rowheader")).to_have_text([odette])
    ada.follow(odette, leading_to="**/registrations/*")
    ada.type("Nouvelle note", f"Rappelle demain {mark}")
    ada.press("Ajouter la note")
    expect(ada.main.get_by_role("listitem").filter(has_text=f"demain {mark}")).to_contain_text(ADA)

    ada.go(f"{path}?q={mark}")
    ada.check("Tout choisir sur cette page")
    ada.press("Écrire un message")
    expect(ada.main.get_by_text("À 1 personne par courriel, et 1 à appeler")).to_be_visible()
    ada.type("Objet", f"Des bottes {mark}")
    ada.type("Message", "Il a plu : prenez des bottes.")
    assert faults_of(ada.page) == []
    ada.press("Relire avant d’envoyer")
    expect(ada.main.get_by_role("heading", name=f"Des bottes {mark}")).to_be_visible()
    assert faults_of(ada.page) == []
    ada.press("Envoyer à 1 personne")
    expect(ada.page.get_by_text("Le message part par courriel à 1 personne.")).to_be_visible()

    def message():
        mails = installation.mails_to(email)
        return next((one for one in mails if one["Subject"] == f"Des bottes {mark}"), None)

    assert wait_until(lambda: message() is not None, PATIENCE)
    assert "prenez des bottes" in message().get_body(("plain",)).get_content()

    ada.go("/console/registration/calls")
    call = ada.main.get_by_role("listitem").filter(has_text=odette)
    expect(call).to_contain_text("prenez des bottes")
    ada.press(re.compile(f"^Appelé·e.*{odette}"))
    expect(ada.main.get_by_role("listitem").filter(has_text=odette)).to_have_count(0)

    ada.go(f"{path}?q={mark}")
    ada.check("Tout choisir sur cette page")
    ada.press("Annuler ces inscriptions")
    expect(
        ada.page.get_by_role("heading", name=re.compile("^Annuler 2 inscriptions"))
    ).to_be_visible()
    assert faults_of(ada.page) == []
    ada.press("Oui, annuler les 2")
    expect(ada.page.get_by_text("2 inscriptions sont annulées.")).to_be_visible()

    def cancellation():
        told = [str(one["Subject"]) for one in installation.mails_to(email)]
        return any("annulée" in subject for subject in told)

    assert wait_until(cancellation, PATIENCE)


def test_occupancy_moves_while_it_is_looked_at_on_a_phone(enter, installation):
    ada = enter(ADA, "--sees-names", **{**PHONE, "locale": "fr"})
    session = installation.bookable_session()["id"]
    ada.go("/console/registration/occupancy")
    taken = ada.main.locator(".occupancy-figures dd").first
    before = taken.inner_text()
    answer = installation.register(session, f"{uuid4().hex[:6]}@example.org", adults=2)
    assert answer.status_code == 201
    expect(taken).not_to_have_text(before)
    region = ada.main.get_by_role("region", name="Par commune et par jour")
    region.get_by_role("link").first.press("Enter")
    ada.page.wait_for_url("**/console/registration?*")
    assert "day=" in urlsplit(ada.page.url).query
    expect(ada.main.get_by_role("table")).to_be_visible()
