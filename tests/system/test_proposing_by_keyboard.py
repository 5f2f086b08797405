"""A project ripens between two people on a running Parvis, by keyboard alone, told by mail."""

import re
from collections import Counter
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from shared.testing.accessibility import faults_of
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE
from tests.system.organiser import Organiser
from tests.system.pages import CONSOLE, PROJECT
from tests.system.test_the_whole_way import part


@pytest.fixture
def organisation(installation):
    """Return the name of the organisation that proposes something."""
    listed = Organiser(installation).get("/api/v1/draft/organisations?limit=1").json()["items"]
    return listed[0]["name"]


def test_a_project_is_typed_sent_back_completed_and_accepted(enter, installation, organisation):
    contact = f"plume-{uuid4().hex[:6]}@example.org"
    lou = enter("Lou Plume", "--role", "organiser", "--organisation", organisation)
    claire = enter("Claire Essai")
    lou.go(f"{CONSOLE}/proposals/new")
    lou.type("Titre", "Écouter pousser les plantes")
    lou.press("Commencer")
    lou.page.wait_for_url(re.compile(r"/proposals/[0-9a-f-]{36}"))
    address = re.sub(r"^https?://[^/]+", "", lou.page.url)

    saved = lou.page.locator(".autosave-state")
    lou.type("Description – Français", "Un capteur, une tige, et du temps.")
    lou.type("Souhaits de dates et de lieux", "Plutôt le samedi, à Voiron.")
    lou.type("Adresse électronique", contact)
    lou.page.keyboard.press("Tab")
    expect(saved).to_contain_text("Enregistré")
    lou.page.reload()
    expect(lou.page.get_by_label("Adresse électronique")).to_have_value(contact)
    lou.press("Envoyer à la coordination")
    expect(lou.page.get_by_text("La coordination l’étudie.")).to_be_visible()

    def answer(step, words):
        claire.go(address)
        claire.type("Votre message", words)
        claire.press(step, inside=claire.page.locator(".proposal-talk"))
        expect(claire.page.locator(".proposal-talk .talk")).to_contain_text(words)

    answer("Demander des compléments", "Dès quel âge ?")
    lou.go(address)
    expect(lou.page.locator(".proposal-talk .talk")).to_contain_text("Dès quel âge ?")
    lou.set("Âge minimum", "6")
    lou.page.keyboard.press("Tab")
    expect(saved).to_contain_text("Enregistré")
    lou.press("Envoyer à la coordination")
    expect(lou.page.get_by_text("La coordination l’étudie.")).to_be_visible()
    assert faults_of(lou.page) == []
    answer("Valider", "Bienvenue !")
    assert faults_of(claire.page) == []

    assert wait_until(lambda: len(installation.mails_to(contact)) == 4, PATIENCE)
    mails = installation.mails_to(contact)
    subjects = [str(mail["Subject"]).partition("\u00a0:")[0] for mail in mails]
    assert Counter(subjects) == {
        "Projet bien reçu": 2,
        "Projet à compléter": 1,
        "Projet validé": 1,
    }
    texts = dict(zip(subjects, (part(mail, "text/plain").decode() for mail in mails), strict=True))
    assert "Dès quel âge ?" in texts["Projet à compléter"]
    assert "Bienvenue !" in texts["Projet validé"]
    assert all(address in text for text in texts.values())


def test_a_labelled_project_is_copied_to_the_national_site_field_by_field(enter):
    claire = enter("Claire Essai")
    claire.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    claire.go(f"{CONSOLE}/proposals/{PROJECT}/copy")
    with claire.page.expect_response(lambda answer: answer.request.method == "POST"):
        claire.press("Copier Titre")
    expect(claire.page.get_by_role("status").filter(has_text="Copié")).to_contain_text("Titre")
    assert claire.page.evaluate("navigator.clipboard.readText()") == "La nuit des chauves-souris"
    claire.type("Adresse de la page sur le site national", "fetedelascience.fr/chauves-souris")
    claire.page.keyboard.press("Enter")
    expect(claire.page.get_by_text("Enregistré.")).to_be_visible()
    claire.page.reload()
    expect(claire.page.get_by_role("checkbox", name="Fait – Titre")).to_be_checked()
