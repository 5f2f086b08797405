"""Somebody is let in for one organisation and let out again, by keyboard alone, told by mail."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from shared.testing.accessibility import faults_of
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE
from tests.system.organiser import Organiser
from tests.system.pages import CONSOLE, EDITION
from tests.system.test_the_whole_way import part

ADA = "Ada Martin"


@pytest.fixture
def organiser(installation):
    return Organiser(installation)


@pytest.fixture
def organisation(organiser):
    """Return an organisation that nobody acts for yet."""
    name = f"Atelier des vagues {uuid4().hex[:6]}"
    return organiser.create("/api/v1/draft/organisations", name=name)


@pytest.fixture
def activity(organiser, organisation):
    """Return the title of what the organisation offers."""
    editions = organiser.get("/api/v1/draft/editions").json()["items"]
    title = f"Creuser une vague {uuid4().hex[:6]}"
    organiser.create(
        "/api/v1/draft/activities",
        edition_id=next(one["id"] for one in editions if one["slug"] == EDITION),
        organisation_id=organisation["id"],
        title_fr=title,
    )
    return title


def mailed_path(installation, email, number):
    """Return where the first link to the console leads, in the mail of this number to somebody."""
    assert wait_until(lambda: len(installation.mails_to(email)) >= number, PATIENCE)
    text = part(installation.mails_to(email)[number - 1], "text/plain").decode()
    return re.search(r"https?://[^/\s]+(/console/\S*)", text)[1]


def sign_in(person, email, *, mail):
    """Sign in from the page that asks for an address, by the link in the mail of this number."""
    person.type("Votre adresse électronique", email)
    person.press("Recevoir le courriel")
    expect(person.page.get_by_role("heading", name="Consultez vos courriels")).to_be_visible()
    person.go(mailed_path(person.installation, email, mail))
    person.press("Se connecter")
    person.page.wait_for_url(re.compile(r"/console(?!/sign-in)"))


def test_somebody_is_invited_edits_what_is_theirs_and_is_removed(
    enter, installation, organisation, activity
):
    email = f"lison-{uuid4().hex[:6]}@example.org"
    ada = enter(ADA)
    ada.go("/console/accounts")
    ada.follow("Inviter quelqu’un", leading_to="**/console/accounts/new")
    ada.type("Nom", "Lison Marée")
    ada.type("Adresse électronique", email)
    ada.check(re.compile("^Porteur de projet"))
    ada.press("Inviter")
    summary = ada.page.get_by_role("alert")
    expect(summary).to_contain_text("Dites de quelle structure")
    expect(ada.page.get_by_label("Nom", exact=True)).to_have_value("Lison Marée")
    assert faults_of(ada.page) == []
    ada.pick("Structure", organisation["name"])
    ada.press("Inviter")
    expect(ada.page.get_by_text(f"L’invitation part à {email}.")).to_be_visible()

    lison = enter()
    lison.go(mailed_path(installation, email, 1))
    invitation = part(installation.mails_to(email)[0], "text/plain").decode()
    assert organisation["name"] in invitation
    sign_in(lison, email, mail=2)
    lison.go("/console/organisations")
    lison.follow(organisation["name"], leading_to=f"**/organisations/{organisation['id']}")
    theirs = lison.page.url
    lison.follow(activity, leading_to="**/activities/*")
    mine = lison.page.url
    lison.type("Titre – Français", f"{activity} ensemble")
    lison.page.keyboard.press("Enter")
    expect(lison.page.get_by_text("Enregistré").first).to_be_visible()
    expect(lison.page.get_by_role("heading", level=1)).to_have_text(f"{activity} ensemble")
    assert faults_of(lison.page) == []

    lison.go(f"{CONSOLE}/activities?state=released")
    lison.main.get_by_role("rowheader").get_by_role("link").first.press("Enter")
    lison.page.wait_for_url("**/activities/*-*")
    expect(lison.page.get_by_text("votre rôle ne permet pas de la modifier")).to_be_visible()
    expect(lison.main.get_by_role("button", name="Enregistrer")).to_have_count(0)
    token = lison.page.locator("[name=csrf_token]").first.input_value()
    tried = {"csrf_token": token, "title_fr": "Autre", "revision": "1", "seen": "{}"}
    assert lison.page.request.post(lison.page.url, form=tried).status == 403

    ada.page.goto(theirs)
    ada.follow("Ses membres", leading_to="**/members")
    assert faults_of(ada.page) == []
    ada.press("Retirer Lison Marée")
    expect(ada.page.get_by_text("cette personne n’agit plus pour la structure")).to_be_visible()
    expect(ada.main.get_by_role("row").filter(has_text=email)).to_have_count(0)

    lison.page.goto(mine)
    expect(lison.page.get_by_role("heading", name="Se connecter")).to_be_visible()
    sign_in(lison, email, mail=3)
    lison.page.goto(mine)
    expect(lison.page.get_by_text("votre rôle ne permet pas de la modifier")).to_be_visible()
    assert lison.page.request.get(f"{theirs}/members").status == 403
