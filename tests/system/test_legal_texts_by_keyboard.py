"""The coordination writes what the law asks for, by keyboard alone, and everybody reads it."""

import re

from playwright.sync_api import expect

from shared.testing.accessibility import faults_of

ADA = "Ada Martin"
FRENCH, ENGLISH = "Texte français", "Texte anglais"


def open_the_notice(person):
    person.go("/console/texts")
    person.follow("Mentions légales", leading_to="**/console/texts/legal_notice")


def read_the_notice(person, link, language="FR"):
    """Follow the link at the foot of the programme, in a language; return the text."""
    person.go("/")
    languages = person.page.get_by_role("navigation", name=re.compile("^Lang"))
    with person.page.expect_navigation():
        languages.get_by_role("link", name=re.compile(f"^{language}")).press("Enter")
    expect(person.page.locator("html")).to_have_attribute("lang", language.lower())
    person.page.get_by_role("contentinfo").get_by_role("link", name=link).press("Enter")
    person.page.wait_for_url("**/mentions-legales*")
    return person.page.get_by_role("article")


def test_the_legal_notice_is_written_looked_at_saved_and_read_in_both_languages(enter):
    ada, somebody = enter(ADA), enter()
    before = read_the_notice(somebody, "Mentions légales").inner_text()
    open_the_notice(ada)
    ada.type("Nom et forme juridique de l’éditeur", "Association des Sources")
    ada.type(FRENCH, "# Qui publie\n\n**{publisher}** publie ce programme.")
    ada.type(ENGLISH, "## Who publishes\n\n- {publisher}, of Grenoble")
    ada.press("Voir ce que cela donne")
    shown = ada.main.get_by_role("region", name="Aperçu, pas encore enregistré")
    expect(shown.get_by_role("heading", name="Qui publie")).to_be_visible()
    expect(shown.get_by_role("strong")).to_have_text("Association des Sources")
    expect(shown.get_by_role("listitem")).to_have_text("Association des Sources, of Grenoble")
    assert faults_of(ada.page) == []
    assert read_the_notice(somebody, "Mentions légales").inner_text() == before

    ada.type("Courriel de l’éditeur", "sources arobase example.org")
    ada.page.keyboard.press("Enter")
    email = ada.page.get_by_label("Courriel de l’éditeur")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_value("sources arobase example.org")
    expect(ada.page.get_by_label(ENGLISH)).to_have_value(re.compile("^## Who publishes"))
    assert faults_of(ada.page) == []
    ada.type("Courriel de l’éditeur", "sources@example.org")
    ada.set(FRENCH, "Trop. " * 7000)
    ada.press("Enregistrer")
    french = ada.page.get_by_label(FRENCH)
    expect(french).to_have_attribute("aria-invalid", "true")
    expect(french).to_have_value("Trop. " * 7000)
    ada.type(FRENCH, "# Qui publie\n\n**{publisher}** publie ce programme : {publisher_email}")
    ada.press("Enregistrer")
    expect(ada.page.get_by_text("C’est enregistré, et visible dès maintenant.")).to_be_visible()
    assert faults_of(ada.page) == []

    notice = read_the_notice(somebody, "Mentions légales")
    expect(notice.get_by_role("heading", name="Qui publie", level=2)).to_be_visible()
    expect(notice.get_by_role("strong")).to_have_text("Association des Sources")
    expect(notice.get_by_role("link", name="sources@example.org")).to_be_visible()
    assert faults_of(somebody.page) == []
    notice = read_the_notice(somebody, "Legal notice", "EN")
    expect(notice.get_by_role("listitem")).to_have_text("Association des Sources, of Grenoble")
    assert faults_of(somebody.page) == []

    open_the_notice(ada)
    ada.set("Nom et forme juridique de l’éditeur", "")
    ada.set("Courriel de l’éditeur", "")
    ada.press("Remettre le texte d’origine")
    expect(ada.page.get_by_label(FRENCH)).to_have_value(re.compile("{publisher_status}"))
    ada.set(ENGLISH, "")
    ada.press("Enregistrer")
    expect(ada.page.get_by_text("C’est enregistré, et visible dès maintenant.")).to_be_visible()
    assert read_the_notice(somebody, "Mentions légales").inner_text() == before
