"""An organiser decides how a session is registered for, by keyboard alone; the public sees it."""

import re

from playwright.sync_api import expect

from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE


def quiet_session(installation):
    """Return a session that takes registrations, but none that other tests use."""
    found = []

    def is_counted():
        found[:] = [
            session
            for session in installation.sessions()
            if session["registration"] == "here"
            and (session["kind"], session["status"]) == ("timed", "confirmed")
            and session["audience"] != "schools"
            and (session["seats_left"] or 0) >= 4
            and session["id"] not in installation.given
        ]
        return bool(found)

    assert wait_until(is_counted, PATIENCE)
    chosen = sorted(found, key=lambda session: session["starts_at"])[len(found) // 2]
    installation.given.add(chosen["id"])
    return chosen


def test_an_organiser_sets_rules_that_the_form_shows_at_once(enter, installation):
    session = quiet_session(installation)
    nour = enter("Nour Règles")
    nour.go(f"/console/registration/sessions/{session['id']}")
    nour.follow("Règles d’inscription", leading_to="**/rules")

    nour.set("Le groupe entier\u00a0: au plus", "0")
    nour.page.get_by_text("Ajouter une question").press("Enter")
    asked = nour.page.get_by_role("group", name="Question 1")
    nour.type("Question, en français", "Un régime alimentaire particulier")
    nour.type("À quoi servira la réponse", "Préparer le goûter")
    nour.check("Le demander à ceux qui sont inscrits")
    expect(asked.get_by_role("checkbox", name="Réponse obligatoire")).not_to_be_checked()
    nour.press("Enregistrer les règles")
    fault = nour.page.get_by_role("alert").get_by_role("link")
    expect(fault).to_have_text(re.compile("Écrivez un nombre de 1 à 40"))
    fault.press("Enter")
    nour.page.keyboard.press("Control+A")
    nour.page.keyboard.type("4")
    nour.page.keyboard.press("Enter")
    expect(nour.page.get_by_text("C’est enregistré et vaut dès maintenant.")).to_be_visible()

    nour.type("Pour qui", "L’école du quartier")
    nour.type("Nombre de places", "2")
    nour.press("Garder ces places")
    expect(nour.main).to_contain_text("0 prises sur 2")
    nour.press(re.compile("^Rendre au public"))
    expect(nour.main).to_contain_text("Rendues")

    somebody = enter()
    somebody.go(f"/register/{session['id']}")
    question = somebody.main.get_by_label(re.compile("Un régime alimentaire particulier"))
    expect(question).to_be_visible()
    expect(somebody.main).to_contain_text(re.compile(r"Pour\s: Préparer le goûter"))
