"""A family gathers a weekend and books it in one go, on a phone, by keyboard alone."""

import re
from datetime import datetime
from itertools import combinations

from playwright.sync_api import expect

from shared.testing.looks import DESK
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE
from tests.system.person import Person

PHONE = {"viewport": {"width": 360, "height": 740}}
COUNT = "[data-selection-count]"


def weekend(installation):
    """Return two sessions that overlap, and one that is soon full; no other test uses them."""
    found = []

    def is_counted() -> bool:
        sessions = [one for one in bookable(installation) if one["id"] not in installation.given]
        pair = clashing(sessions)
        rest = [each for each in sessions if each not in pair and each["seats_left"] < 40]
        found[:] = [*pair, *rest[:1]]
        return len(found) == 3

    assert wait_until(is_counted, PATIENCE)
    installation.given.update(session["id"] for session in found)
    return found


def bookable(installation):
    """Return sessions for families that take registrations here, the last ones first."""
    found = [
        session
        for session in installation.sessions()
        if session["registration"] == "here"
        and (session["kind"], session["status"]) == ("timed", "confirmed")
        and session["audience"] not in ("schools", "adults")
        and (session["seats_left"] or 0) >= 2
    ]
    return sorted(found, key=lambda session: session["starts_at"], reverse=True)


def clashing(sessions):
    """Return two sessions that overlap, if there are any."""
    when = {
        session["id"]: [datetime.fromisoformat(session[end]) for end in ("starts_at", "ends_at")]
        for session in sessions
    }
    for one, other in combinations(sessions, 2):
        (begins, ends), (other_begins, other_ends) = when[one["id"]], when[other["id"]]
        if begins < other_ends and other_begins < ends:
            return [one, other]
    return []


def fill(installation, session):
    """Take every seat of a session, as the programme then says."""
    left = session["seats_left"]
    for heads in [40] * (left // 40) + [left % 40] * bool(left % 40):
        made = installation.register(session["id"], f"{session['id']}@example.org", children=heads)
        assert made.status_code == 201, made.text

    def is_full() -> bool:
        page = installation.get(f"/register/{session['id']}").text
        return "Cette séance est complète." in page

    assert wait_until(is_full, PATIENCE)


def test_a_family_books_its_weekend_waits_for_one_session_and_cancels_another(enter, installation):
    one, other, full = weekend(installation)
    fill(installation, full)
    family = enter(**PHONE)
    for session in (one, other, full):
        family.go(f"/selection/sessions/{session['id']}")
        family.press("Ajouter à ma sélection")
        family.page.wait_for_url(re.compile("/selection(\\?.*)?$"))
    expect(family.main).to_contain_text("ont lieu en même temps")
    expect(family.main).to_contain_text("Complet, liste d’attente ouverte")
    family.follow("M’inscrire à ces 3 séances", leading_to="**/register")

    family.type("Adresse électronique", "weekend@example.org")
    family.type("Nom", "Famille Ostrowski")
    family.type("Enfants", "1", inside=family.page.locator(".party").first)
    family.press("M’inscrire aux 3 séances")
    summary = family.page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(
        sum(1 for session in (one, other, full) if session["age_min"])
    )
    for age in family.main.get_by_role("checkbox", name=re.compile("au moins")).all():
        age.press("Space")
    family.check("D’accord pour la liste d’attente")
    family.press("M’inscrire aux 3 séances")
    family.page.wait_for_url("**/registrations/**")

    cards = family.page.locator(".booking")
    expect(cards).to_have_count(3)
    expect(family.main).to_contain_text("weekend@example.org")
    (mail,) = installation.wait_for_mails("weekend@example.org")
    assert "Famille Ostrowski" in str(mail.get_body(("plain",)))
    waiting = cards.filter(has_text="Liste d’attente")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("rang 1")

    first = cards.filter(has_text="Confirmée").first
    first.get_by_role("link", name="Annuler cette séance").press("Enter")
    family.page.wait_for_url("**/cancel")
    family.press("Oui, annuler")
    family.page.wait_for_url("**/registrations/*")
    expect(cards.filter(has_text="Annulée")).to_have_count(1)
    expect(cards.filter(has_text="Confirmée")).to_have_count(1)


def test_sessions_are_chosen_without_leaving_the_programme(embedded, browser):
    opened = browser.new_context(**{**DESK, **PHONE})
    somebody = Person(embedded, opened)
    somebody.go("/")
    buttons = somebody.page.locator(".session .choose-button")
    for number in (1, 2, 3):
        buttons.nth(number - 1).press("Enter")
        expect(somebody.page.locator(COUNT)).to_have_text(str(number))
    expect(buttons.first).to_contain_text("Ajoutée")
    expect(somebody.page.locator("[data-selection-said]")).to_have_text("Ajoutée à votre sélection")
    buttons.first.press("Enter")
    expect(somebody.page.locator(COUNT)).to_have_text("2")
    somebody.page.get_by_role("link", name="Ma sélection").press("Enter")
    expect(somebody.page.locator(".selection-row")).to_have_count(2)
    opened.close()


def test_sessions_chosen_faster_than_they_are_answered_are_all_kept(embedded, browser):
    opened = browser.new_context(**{**DESK, **PHONE})
    somebody = Person(embedded, opened)
    somebody.go("/")
    expect(somebody.page.locator(".session .choose-button").nth(5)).to_be_visible()
    somebody.page.evaluate(
        "[...document.querySelectorAll('.session .choose-button')].slice(0, 6)"
        ".forEach(button => button.click())"
    )
    expect(somebody.page.locator(COUNT)).to_have_text("6")
    somebody.page.get_by_role("link", name="Ma sélection").press("Enter")
    expect(somebody.page.locator(".selection-row")).to_have_count(6)
    opened.close()


def test_without_javascript_choosing_leads_to_the_selection_and_back(embedded, browser):
    opened = browser.new_context(**{**DESK, **PHONE}, java_script_enabled=False)
    somebody = Person(embedded, opened)
    somebody.go("/?when=weekend")
    somebody.page.locator(".session .choose-button").first.press("Enter")
    somebody.page.wait_for_url(re.compile("/selection\\?from="))
    expect(somebody.page.locator(".selection-row")).to_have_count(1)
    somebody.follow("Continuer à choisir", leading_to=re.compile("/\\?when=weekend$"))
    opened.close()
