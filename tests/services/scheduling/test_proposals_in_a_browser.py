"""A proposal in a browser: saved as it is typed, offline too, by two people, and copied."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from services.scheduling.domain.proposals.beginning import begin
from services.scheduling.domain.proposals.ruling import save_rules
from services.scheduling.models import Activity
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.accessibility import faults_of
from shared.testing.contexts import make_context
from shared.testing.looks import DARK_DESK, PHONE, name_of
from shared.testing.serving import served
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.windows import windows_at

EDITION = "/console/editions/fete-de-la-science-2026"

SignIn = Callable[..., Page]


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ServiceContext]:
    made = make_context("scheduling", f"sqlite:///{tmp_path / 'scheduling.sqlite'}", data=tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a programme whose edition takes proposals, and asks for a description."""
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        rules = {
            "requirements": {"proposal": ["description"]},
            "lengths": {"title": 20},
            "reminder_days": [],
            "takes_proposals": True,
            "proposals_due_on": None,
            "label_due_on": None,
            "publication_due_on": None,
            "travel_kmh": 40,
            "travel_margin_minutes": 15,
        }
        save_rules(db, programme.edition.id, 0, rules, **programme.by)
    return programme


@pytest.fixture
def proposal(context: ServiceContext, programme: DraftedProgramme) -> UUID:
    with context.database.write() as db:
        values = {
            "edition_id": programme.edition.id,
            "organisation_id": programme.organisation.id,
            "title_fr": "Voir un muon",
        }
        return begin(db, values, **programme.by).id


@pytest.fixture
def base(context: ServiceContext) -> Iterator[str]:
    with served(create_app(context)) as address:
        yield address


@pytest.fixture
def sign_in(
    context: ServiceContext, programme: DraftedProgramme, base: str, browser: Browser
) -> Iterator[SignIn]:
    """Return what gives somebody a browser of their own, signed in."""
    with windows_at(browser, context, base) as windows:

        def enter(name: str, *roles: str, **options: Any) -> Page:
            theirs = () if roles else (programme.organisation.id,)
            return windows.open(name, *(roles or ("organiser",)), organisations=theirs, **options)

        yield enter


def stored(context: ServiceContext, activity_id: UUID) -> Activity:
    with context.database.read() as db:
        return db.get_one(Activity, activity_id)


def state(page: Page) -> Any:
    return page.locator(".autosave-state")


def says(page: Page, words: str) -> None:
    expect(state(page)).to_contain_text(words)


def test_what_is_typed_is_saved_counted_and_checked_off_without_a_button(
    context: ServiceContext, proposal: UUID, sign_in: SignIn
) -> None:
    page = sign_in("Lucie Ampère")
    page.goto(f"{EDITION}/proposals/{proposal}")
    expect(page.get_by_role("button", name="Enregistrer")).to_have_count(0)

    title = page.get_by_label("Titre – Français")
    title.fill("Voir un muon traverser la pièce")
    expect(page.locator("#title_fr-count")).to_have_text("11 caractères de trop")
    title.fill("Voir des muons")
    expect(page.get_by_role("heading", level=1)).to_have_text("Voir des muons")
    missing = page.get_by_role("link", name="Décrivez l’animation.")
    missing.first.click()
    expect(page.locator("#description_fr")).to_be_focused()
    page.keyboard.type("Une chambre à brouillard.")
    says(page, "Enregistré")
    expect(missing).to_have_count(0)

    activity = stored(context, proposal)
    assert (activity.title_fr, activity.description_fr) == (
        "Voir des muons",
        "Une chambre à brouillard.",
    )
    page.get_by_label("Âge minimum").fill("500")
    says(page, "sauf ce qui est à corriger")
    expect(page.get_by_label("Âge minimum")).to_have_attribute("aria-invalid", "true")

    page.get_by_role("button", name="Envoyer à la coordination").first.click()
    expect(page.get_by_text("sauf ce qui est à corriger")).to_be_visible()
    page.get_by_label("Âge minimum").fill("8")
    says(page, "Enregistré")
    page.get_by_role("button", name="Envoyer à la coordination").first.click()
    expect(page.get_by_text("La coordination l’étudie.")).to_be_visible()
    assert stored(context, proposal).state == "submitted"


def test_offline_it_is_kept_in_the_browser_and_sent_later(
    context: ServiceContext, proposal: UUID, sign_in: SignIn
) -> None:
    page = sign_in("Lucie Ampère")
    address = f"{EDITION}/proposals/{proposal}"
    page.goto(address)
    page.route(f"**{address}", lambda route: route.abort() if _writes(route) else route.fallback())
    page.get_by_label("Souhaits de dates et de lieux").fill("Plutôt le samedi, à Voiron")
    says(page, "Hors ligne : gardé ici, sera envoyé".replace(" :", "\u00a0:"))
    assert stored(context, proposal).wishes is None

    page.reload()  # the browser is closed and opened again, still without a network
    expect(page.get_by_label("Souhaits de dates et de lieux")).to_have_value(
        "Plutôt le samedi, à Voiron"
    )
    page.unroute(f"**{address}")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    says(page, "Enregistré")

    assert stored(context, proposal).wishes == "Plutôt le samedi, à Voiron"
    assert page.evaluate("localStorage.length") == 0


def _writes(route: Any) -> bool:
    return bool(route.request.method == "PATCH")


def test_two_people_write_at_once_one_field_merges_the_same_one_is_shown_twice(
    context: ServiceContext, proposal: UUID, sign_in: SignIn
) -> None:
    lucie, ada = sign_in("Lucie Ampère"), sign_in("Ada Martin", "coordinator")
    for page in (lucie, ada):
        page.goto(f"{EDITION}/proposals/{proposal}")

    ada.get_by_label("Thématique").fill("Physique")
    says(ada, "Enregistré")
    expect(lucie.get_by_label("Thématique")).to_have_value("Physique")

    # Lucie writes on while she does not hear of what Ada writes.
    lucie.route("**/state", lambda route: route.abort())
    ada.get_by_label("Titre – Français").fill("Muons")
    says(ada, "Enregistré")
    lucie.get_by_label("Titre – Français").fill("Attraper un muon")
    dispute = lucie.get_by_role("alert").filter(has_text="Ada Martin a écrit autre chose ici")
    expect(dispute).to_contain_text("Muons")
    assert stored(context, proposal).title_fr == "Muons"

    dispute.get_by_role("button", name="Garder le mien").press("Enter")
    says(lucie, "Enregistré")
    expect(dispute).to_have_count(0)
    activity = stored(context, proposal)
    assert (activity.title_fr, activity.theme) == ("Attraper un muon", "Physique")


def test_the_copy_sheet_is_worked_through_by_keyboard_and_remembers(
    context: ServiceContext, proposal: UUID, sign_in: SignIn
) -> None:
    page = sign_in("Ada Martin", "coordinator")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{EDITION}/proposals/{proposal}/copy")

    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Copier Titre").press("Enter")
        expect(page.get_by_role("status").filter(has_text="Copié")).to_contain_text("Titre")
    assert page.evaluate("navigator.clipboard.readText()") == "Voir un muon"

    page.reload()
    expect(page.get_by_role("checkbox", name="Fait – Titre")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Fait – Structure")).not_to_be_checked()
    page.get_by_label("Adresse de la page sur le site national").fill("fetedelascience.fr/muon")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    assert stored(context, proposal).national_link == "https://fetedelascience.fr/muon"


@pytest.mark.parametrize("look", [PHONE, DARK_DESK], ids=name_of)
def test_the_pages_are_accessible(proposal: UUID, sign_in: SignIn, look: dict[str, Any]) -> None:
    ada, lucie = sign_in("Ada Martin", "coordinator", **look), sign_in("Lucie Ampère", **look)
    page_of = f"{EDITION}/proposals/{proposal}"
    seen = [
        (ada, f"{EDITION}/proposals"),
        (ada, f"{EDITION}/rules"),
        (ada, page_of),
        (ada, f"{page_of}/copy"),
        (lucie, f"{EDITION}/proposals"),
        (lucie, f"{EDITION}/proposals/new"),
        (lucie, page_of),
        (lucie, f"{page_of}/preview"),
    ]
    for page, path in seen:
        page.goto(path)
        assert (path, faults_of(page)) == (path, [])
