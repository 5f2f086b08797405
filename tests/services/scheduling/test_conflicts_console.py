"""The conflicts of an edition in the console: listed, filtered, led to, and accepted."""

import re
from datetime import timedelta
from html import unescape

import pytest

from services.scheduling.models import AcceptedConflict
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION, only, session_path
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

CONFLICTS = f"{EDITION}/conflicts"


@pytest.fixture
def programme(context):
    """Return a programme in which two sessions are in the auditorium at once."""
    with context.database.write() as db:
        made = DraftedProgramme(db)
        made.session = made.add_session(made.add_activity("Voir un muon"))
        made.other = made.add_session(
            made.add_activity("Peser un atome"), starts_at=OPENING + timedelta(minutes=30)
        )
    return made


@pytest.fixture
def coordinator(context, programme):
    return Staff(context, "coordinator")


def key_on(staff, page):
    return re.search(r'name="key" value="([^"]+)"', staff.get(page).text)[1]


def act(staff, action, **fields):
    return staff.send(f"{CONFLICTS}/{action}", staff.form_of(CONFLICTS), **fields)


def read(response):
    text = re.sub(r"<[^>]+>", " ", unescape(response.text).split("<main")[1])
    return re.sub(r"[\s\u202f]+", " ", text)


def test_each_conflict_is_told_with_the_ways_to_its_sessions(coordinator, programme):
    page = coordinator.get(CONFLICTS)

    assert (
        "Auditorium, Muséum ne reçoit qu’une séance à la fois : « Voir un muon » et "
        "« Peser un atome », vendredi 2 octobre, 10 h 30 – 11 h 00." in read(page)
    )
    for session in (programme.session, programme.other):
        assert f'href="{EDITION}/sessions/{session.id}"' in page.text
        assert f'href="{EDITION}/planner?session={session.id}"' in page.text


def test_they_are_counted_by_level_and_filtered(coordinator, programme):
    page = coordinator.get(CONFLICTS)
    assert "Tous 1 Bloquants 1 À vérifier 0 Pour information 0 Voulus 0" in read(page)

    commune, organisation = programme.commune.id, programme.organisation.id
    here = f"?level=blocks&kind=space_taken&commune={commune}&organisation={organisation}"
    assert "1 conflit" in read(coordinator.get(CONFLICTS + here))
    for nothing in ("?level=warns", "?kind=venue_closed", "?commune=x", "?organisation=x"):
        assert "Aucun conflit de ce genre." in read(coordinator.get(CONFLICTS + nothing))


def test_an_accepted_one_stands_in_no_way_and_says_who_wants_it_so(coordinator, context):
    key = key_on(coordinator, CONFLICTS)
    answer = act(coordinator, "accept", key=key, note="Un  duo")

    page = coordinator.follow(answer)
    assert "C’est noté : ce conflit est voulu." in page.replace("\u202f", " ").replace("\xa0", " ")
    kept = only(context, AcceptedConflict)
    assert (kept.key, kept.note, kept.account_id) == (key, "Un duo", coordinator.account_id)
    assert "Tous 0 Bloquants 0 À vérifier 0 Pour information 0 Voulus 1" in read(
        coordinator.get(CONFLICTS)
    )
    accepted = coordinator.get(f"{CONFLICTS}?level=accepted")
    assert "Voulu, d’après Ada Martin, le 24 septembre 2026." in read(accepted)
    assert "Un duo" in read(accepted)

    act(coordinator, "take-back", key=key)
    assert "Tous 1 Bloquants 1" in read(coordinator.get(CONFLICTS))


def test_a_session_s_form_tells_of_its_conflicts_and_comes_back_to_them(coordinator, programme):
    page = read(coordinator.get(session_path(programme)))
    assert "1 conflit Tous les conflits Bloquant Auditorium, Muséum ne reçoit" in page

    key = key_on(coordinator, session_path(programme))
    answer = act(coordinator, "accept", key=key, session=str(programme.session.id))
    assert answer.location == f"{session_path(programme)}#conflicts"
    assert "Conflits voulus" in read(coordinator.get(session_path(programme)))


def test_without_conflicts_the_page_leads_to_the_planner(coordinator, programme, context):
    with context.database.write() as db:
        db.delete(db.get_one(type(programme.other), programme.other.id))

    assert "Rien ne se contredit" in read(coordinator.get(CONFLICTS))
    assert "conflit" not in read(coordinator.get(session_path(programme)))


def test_the_coordinator_alone_accepts(context, programme, coordinator):
    reader = Staff(context, "reader", name="Léa Petit")

    assert reader.get(CONFLICTS).status_code == 200
    assert "C’est voulu" not in reader.get(CONFLICTS).text
    assert act(reader, "accept", key=key_on(coordinator, CONFLICTS)).status_code == 403
    assert act(coordinator, "accept", key="whatever").status_code == 400
    with context.database.read() as db:
        assert db.query(AcceptedConflict).all() == []


def test_it_is_all_said_in_english_too(coordinator):
    page = read(coordinator.get(f"{CONFLICTS}?lang=en"))

    assert "All 1 Blocking 1 To check 0 For information 0 Intended 0" in page
    assert (
        "Auditorium, Muséum takes one session at a time: “Voir un muon” and “Peser un atome”, "
        "Friday 2 October, 10:30 – 11:00." in page
    )
