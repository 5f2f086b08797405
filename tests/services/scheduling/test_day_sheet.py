"""A venue's day sheet: what takes place on one day, who to call, what is brought, how many come."""

import re
import shutil
import subprocess
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from services.scheduling.domain.editing.sessions import cancel_session
from services.scheduling.domain.logistics.day import day_sheet
from services.scheduling.domain.releasing import release
from services.scheduling.models import PublishedSession
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.drafted_programme import OPENING
from tests.services.scheduling.lent import BY, Touring

DAY = date(2026, 10, 2)


@pytest.fixture
def programme(context: ServiceContext) -> Any:
    """A day with a session, a cancelled one, an exhibition with a pause at noon, and a delivery."""
    with context.database.write() as db:
        touring = Touring(db)
        programme = touring.programme
        venue = db.get_one(type(programme.venue), programme.venue.id)
        venue.contact_name, venue.contact_telephone = "Gil Gardien", "04 76 11 22 33"
        activity = programme.add_activity("Voir un muon", presenters=["Ada Martin"])
        session = programme.add_session(activity)
        gone = programme.add_session(starts_at=OPENING + timedelta(hours=3))
        cancel_session(db, gone.id, None, **BY)
        programme.add_session(activity, starts_at=OPENING + timedelta(days=1))
        pauses = [("10:00", "12:00"), ("14:00", "18:00")]
        programme.add_session(
            programme.add_activity("Une exposition"),
            kind="exhibition",
            starts_at=OPENING - timedelta(days=1),
            ends_at=OPENING + timedelta(days=8),
            registration="none",
            capacity=None,
            weekly_hours=[{"weekday": 5, "opens": a, "closes": b} for a, b in pauses],
            closures=["2026-10-09"],
        )
        db.flush()
        release(db, programme.edition.id, now=NOW)
        published = db.get_one(PublishedSession, session.id)
        published.seats_taken, published.bookings, published.waiting = 24, 11, 2
        touring.request()  # nothing is promised: nothing is on the sheet
        papers: dict[str, Any] = {
            "transporter": "Transports du Drac",
            "contact_telephone": "04 76 44 55 66",
        }
        stop = touring.request(start=1, arrives_at=OPENING + timedelta(hours=6), **papers)
        touring.step(stop, "confirm")
    return programme


def on(context: ServiceContext, programme: Any, day: date) -> list[tuple[str, Any]]:
    """Return the titles of a day with their hours."""
    with context.database.read() as db:
        sheet = day_sheet(db, programme.venue.id, day, NOW)
        assert sheet is not None
        return [(one.session.title_fr, one.hours) for one in sheet.sessions]


def test_a_day_has_its_sessions_in_order_and_exhibitions_by_their_hours(
    context: ServiceContext, programme: Any
) -> None:
    exhibition = ("Une exposition", (("10:00", "12:00"), ("14:00", "18:00")))
    muon = (("10:00", "11:00"),)
    assert on(context, programme, DAY) == [
        ("Voir un muon", muon),
        exhibition,
        ("Voir un muon", (("13:00", "14:00"),)),
    ]
    assert on(context, programme, DAY + timedelta(days=1)) == [("Voir un muon", muon)]
    assert on(context, programme, DAY + timedelta(days=7)) == []
    assert on(context, programme, DAY + timedelta(days=14)) == []


def test_a_day_is_that_of_the_edition_where_its_venue_has_no_clocks_of_its_own(
    context: ServiceContext,
) -> None:
    eight = OPENING.replace(hour=0) + timedelta(days=1)  # in the evening of the first day there
    with context.database.write() as db:
        touring = Touring(db)
        programme = touring.programme
        programme.edition.time_zone = "America/Martinique"
        activity = programme.add_activity()
        programme.add_session(activity, starts_at=eight)
        release(db, programme.edition.id, now=NOW)
        stop = touring.request(
            activity_id=activity.id, arrives_at=eight, opens_at=eight + timedelta(days=1)
        )
        touring.step(stop, "confirm")

    assert on(context, programme, DAY) == [("Voir un muon", (("20:00", "21:00"),))]
    assert on(context, programme, DAY + timedelta(days=1)) == []
    path = f"/console/venues/{programme.venue.id}/day"
    staff = Staff(context)
    assert staff.get(path).location == f"{path}/{DAY}"
    page = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", staff.get(f"{path}/{DAY}").text)))
    assert "20 h 00 Livraison et montage : Glaciers d’ici" in page
    assert "20 h 00 → 21 h 00 Voir un muon" in page


def test_the_page_says_who_what_when_who_to_call_and_how_many_come(
    context: ServiceContext, programme: Any
) -> None:
    staff = Staff(context)
    path = f"/console/venues/{programme.venue.id}/day"
    assert staff.get(path).location == f"{path}/2026-10-02"
    page = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", staff.get(f"{path}/{DAY}").text)))
    for words in (
        "Vendredi 2 octobre 2026",
        "2 séances 24 personnes attendues 11 inscriptions",
        "16 h 00 Livraison et montage : Glaciers d’ici",
        "10 h 00 → 11 h 00 Voir un muon Auditorium Ada Martin – Muséum de Grenoble",
        "24 attendus sur 30 places 11 inscriptions 2 en attente",
        "ANNULÉE",
        "Une exposition",
        "puis de 14 h 00 à 18 h 00",
        "Le lieu Gil Gardien 04 76 11 22 33",
    ):
        assert words in page, (words, page)
    empty = staff.get(f"{path}/2026-10-20")
    assert "Rien n’est publié ici ce jour-là." in empty.text
    assert [staff.get(f"{path}/{wrong}").status_code for wrong in ("hier", "1999-01-01")] == [
        404,
        404,
    ]


def test_the_paper_says_the_same_in_both_languages(context: ServiceContext, programme: Any) -> None:
    staff = Staff(context)
    path = f"/console/venues/{programme.venue.id}/day/{DAY}.pdf"
    french, english = staff.get(path), staff.get(f"{path}?lang=en")
    for printed in (french, english):
        assert (printed.status_code, printed.content_type) == (200, "application/pdf")
        assert printed.data[:5] == b"%PDF-"
    assert french.headers["Content-Disposition"] == (
        'inline; filename="feuille-du-jour-2026-10-02.pdf"'
    )
    assert "Vendredi 2 octobre 2026" in words_of(french.data)
    assert "Voir un muon" in words_of(french.data)
    assert "Friday 2 October 2026 2 sessions 24 people expected" in words_of(english.data)


def words_of(document: bytes) -> str:
    """Return what a PDF says, read by poppler."""
    program = shutil.which("pdftotext")
    assert program is not None, "poppler-utils reads the PDFs that are tested"
    done = subprocess.run(
        [program, "-layout", "-", "-"], input=document, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


def test_a_venues_day_is_for_its_own_people_and_those_of_the_programme(
    context: ServiceContext, programme: Any
) -> None:
    app = create_app(context)
    path = f"/console/venues/{programme.venue.id}/day/{DAY}"
    own = [programme.venue.id]
    keeper = Staff(context, "venue", name="Gil Gardien", app=app, venues=own)
    stranger = Staff(context, "venue", name="Autre Lieu", app=app, venues=())
    door = Staff(context, "door", name="Dora Porte", app=app)
    organiser = Staff(context, "organiser", name="Oz Autre", app=app, organisations=(), venues=())
    assert "04 76 11 22 33" in keeper.get(path).text
    assert [each.get(path).status_code for each in (stranger, door)] == [403, 403]
    assert [each.get(f"{path}.pdf").status_code for each in (stranger, door)] == [403, 403]
    seen = organiser.get(path)
    assert seen.status_code == 200
    assert "04 76 11 22 33" not in seen.text


def test_the_papers_of_a_delivery_are_for_its_parties_alone(
    context: ServiceContext, programme: Any
) -> None:
    app = create_app(context)
    path = f"/console/venues/{programme.venue.id}/day/{DAY}"
    nothing: dict[str, Any] = {"organisations": (), "venues": ()}
    people = {
        "coordination": Staff(context, name="Coco Ordi", app=app, **nothing),
        "lender": Staff(context, "organiser", name="Luce Prêt", app=app, venues=()),
        "host": Staff(context, "venue", name="Gil Gardien", app=app, venues=[programme.venue.id]),
        "another organiser": Staff(context, "organiser", name="Oz Autre", app=app, **nothing),
        "reader": Staff(context, "reader", name="Lou Lit", app=app),
    }
    pages = {name: person.get(path).text for name, person in people.items()}
    assert {name: "Livraison et montage" in page for name, page in pages.items()} == dict.fromkeys(
        people, True
    )
    for secret in ("Transports du Drac", "04 76 44 55 66"):
        assert [name for name, page in pages.items() if secret in page] == [
            "coordination",
            "lender",
            "host",
        ]
