"""The pages of the history say in words who changed what, to those who may know."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from services.scheduling.domain.editing.activities import save_activity
from services.scheduling.domain.editing.organisations import save_organisation
from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.domain.releasing import release
from services.scheduling.models import Account
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION, session_path
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def staff(context: ServiceContext) -> Callable[..., Staff]:
    """Return what signs somebody in."""
    app = create_app(context)
    return lambda *roles, **named: Staff(context, *roles, app=app, **named)


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a programme with one session, brought by a command."""
    with context.database.write() as db:
        made = DraftedProgramme(db)
        made.session = made.add_session()
    return made


def words_of(html: str) -> str:
    """Return a page's text, a space for whatever stands between."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_a_change_reads_as_people_say_it(
    context: ServiceContext, programme: DraftedProgramme, staff: Callable[..., Staff]
) -> None:
    ada = staff("coordinator")
    with context.database.write() as db:
        values = {
            "starts_at": OPENING + timedelta(hours=2),
            "ends_at": OPENING + timedelta(hours=3),
            "registration": "none",
            "capacity": None,
        }
        save_session(db, programme.session.id, 1, values, account_id=ada.account_id, now=LATER)

    page = words_of(ada.get(session_path(programme)).text)

    _, _, history = page.partition("Historique 2")
    assert history.startswith(
        " Ada Martin a modifié jeudi 24 septembre 2026 à 12 h 00"
        " Jauge, Début, Fin, Comment venir"
        " Jauge avant 30 après rien"
        " Début avant vendredi 2 octobre 2026 à 10 h 00 après vendredi 2 octobre 2026 à 12 h 00"
        " Fin avant vendredi 2 octobre 2026 à 11 h 00 après vendredi 2 octobre 2026 à 13 h 00"
        " Comment venir avant Inscription ici après Entrée libre"
        " Une commande a créé"
    )


def test_a_reference_is_told_by_name_and_a_renamed_account_by_its_new_one(
    context: ServiceContext, programme: DraftedProgramme, staff: Callable[..., Staff]
) -> None:
    ada = staff("coordinator")
    with context.database.write() as db:
        other = programme_on(programme, db).add_venue("Bibliothèque")
        values = {"venue_id": other.id, "space_id": None}
        save_session(db, programme.session.id, 1, values, account_id=ada.account_id, now=LATER)
        db.get_one(Account, ada.account_id).name = "Ada Lovelace"

    page = words_of(ada.get(f"/console/history?noun=sessions&row={programme.session.id}").text)

    assert "Ada Lovelace a modifié" in page
    assert "Lieu avant Muséum après Bibliothèque" in page
    assert "Salle ou espace avant Auditorium après rien" in page


def test_a_release_is_in_the_history_of_its_sessions(
    context: ServiceContext, programme: DraftedProgramme, staff: Callable[..., Staff]
) -> None:
    ada = staff("coordinator")
    with context.database.write() as db:
        by: dict[str, Any] = {"account_id": ada.account_id, "now": LATER}
        release(db, programme.edition.id, note="Tout le programme", **by)

    assert "Ada Martin a publié (publication n° 1)" in words_of(
        ada.get(session_path(programme)).text
    ).replace("\xa0", " ")
    whole = ada.get("/console/history").text
    assert f'href="{EDITION}/releases/1"' in whole
    assert "Tout le programme" in whole


def test_everything_can_be_narrowed_and_paged(
    context: ServiceContext, programme: DraftedProgramme, staff: Callable[..., Staff]
) -> None:
    ada = staff("coordinator")
    with context.database.write() as db:
        for number in range(60):
            programme_on(programme, db).add_activity(f"Animation {number:02}")

    first = ada.get("/console/history?noun=activities").text
    [older] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = ada.get(unescape(older)).text

    assert [len(re.findall('class="history-line"', page)) for page in (first, second)] == [50, 11]
    assert ["Animation 59" in page for page in (first, second)] == [True, False]
    assert "Voir un muon" in second
    assert "Rien ne correspond" in ada.get("/console/history?noun=venues&day_from=2027-01-01").text


def test_others_see_the_history_of_what_they_read_but_no_contacts_of_others(
    context: ServiceContext, programme: DraftedProgramme, staff: Callable[..., Staff]
) -> None:
    with context.database.write() as db:
        values = {"contact_name": "Zoé Secrète", "email": "accueil@museum.example"}
        by: dict[str, Any] = {"account_id": None, "now": LATER}
        save_organisation(db, programme.organisation.id, 1, values, **by)
        save_activity(db, programme.session.activity_id, 1, {"age_min": 6}, **by)
    page = f"/console/history?noun=organisations&row={programme.organisation.id}"
    form = f"/console/organisations/{programme.organisation.id}"

    organiser = staff("organiser", name="Lou Petit", organisations=())
    reader = staff("reader", name="Rémi Roy")

    assert organiser.get("/console/history").status_code == 403
    for path in (page, form):
        seen = organiser.get(path).text
        assert "accueil@museum.example" in seen
        assert "Zoé Secrète" not in seen
        assert "Zoé Secrète" in reader.get(path).text


def programme_on(programme: DraftedProgramme, db: object) -> DraftedProgramme:
    programme._db = db  # type: ignore[assignment]
    return programme
