"""The ticket on paper: one sheet, readable by everybody, in both languages, as page and as PDF."""

import io
import shutil
import subprocess
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from services.registration.domain import batches
from services.registration.domain.changing import cancel_booking
from services.registration.models import Booking, Registration
from services.registration.web import create_app
from shared.testing.contexts import make_context
from tests.services.registration.browsing import Visitor
from tests.services.registration.factories import (
    moved,
    publish,
    publish_again,
    register,
    request,
    wanted,
)

CONDITIONS = {"fr": "Prévoir **de bonnes chaussures**.", "en": "Bring *good shoes*."}
ACCESS = {
    "accessibility": ["mi"],
    "accessibility_note": "Entrée par la cour.",
    "directions": "Tram B, arrêt Notre-Dame.",
}


@pytest.fixture
def context(sqlite_url):
    made = make_context("registration", sqlite_url)
    yield made
    made.database.dispose()


@pytest.fixture
def visitor(context):
    return Visitor(create_app(context))


def registered(context, *bookings, **values):
    [answer] = register(context, request(*bookings, **values))
    return f"/registrations/{answer.body['token']}", answer.body


def paper(visitor, address, lang=""):
    """Return the PDF of a ticket."""
    printed = visitor.get(f"{address}/ticket.pdf{lang}")
    assert (printed.status, printed.headers["Content-Type"]) == (200, "application/pdf")
    return printed.response.data


def poppler(program, document, *arguments):
    found = shutil.which(program)
    assert found is not None, "poppler-utils reads the PDFs that are tested"
    done = subprocess.run([found, *arguments], input=document, capture_output=True, check=True)
    return done.stdout


def words_of(document):
    return " ".join(poppler("pdftotext", document, "-", "-").decode().split())


def pages_of(document):
    return int(poppler("pdfinfo", document, "-").split(b"Pages:")[1].split()[0])


def test_it_says_all_that_one_needs_on_the_way_and_at_the_door(context, visitor, monkeypatch):
    # poppler parts some pairs of letters, and takes a hyphen at the end of a line for hyphenation.
    monkeypatch.setattr(batches, "new_token", lambda: "AbCdEfGhIjKlMnOpQrStUv")
    monkeypatch.setattr(batches, "new_code", lambda: "K7NPH4XR")
    session = publish(context, conditions=CONDITIONS, access=ACCESS)
    address, body = registered(context, wanted(session, adults=2, children=1))
    code = body["code"]
    said = words_of(paper(visitor, address))
    page = " ".join(visitor.get(f"{address}/ticket").part("paper-sheet").split())
    assert "<title>Billet K7NP\u00a0H4XR – " in visitor.get(f"{address}/ticket").html
    for words in (
        "Fête de la science 2026",
        "Camille Dupré",
        f"{code[:4]} {code[4:]}",
        "jeudi 1er octobre 2026",
        "Voir un muon",
        "La Casemate",
        "2 place Saint-Laurent, 38000 Grenoble",
        "2 adultes, 1 enfant",
        "45.19850, 5.73170",
        "à partir de 6 ans",
        "Prévoir de bonnes chaussures.",
        "Tram B, arrêt Notre-Dame.",
        "handicap moteur",
        "Entrée par la cour.",
        "Un empêchement\u202f?",
        f"http://127.0.0.1:8000{address}",
        "contact@example.org",
        "la coordination de «\xa0Fête de la science 2026\xa0»",
    ):
        plain = " ".join(words.split())
        assert plain in said, plain
        assert plain in " ".join(page.replace("\u2060", "").split()), plain


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Zoë Łukasz O’Néill", "Zoë Łukasz O’Néill"),
        ("Ольга 李小龍", "Ольга □□□"),
        ("Camille 🎉 Dupré", "Camille □ Dupré"),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 60))), "□" * 20),
    ],
    ids=["latin", "ideograms", "emoji", "more than are looked for one by one"],
)
def test_a_character_that_no_font_has_costs_nobody_the_ticket(context, visitor, name, printed):
    session = publish(context, title={"fr": "Voir un muon 🔭", "en": None})
    address, body = registered(context, wanted(session), name=name)
    document = paper(visitor, address)
    said = words_of(document).replace("\u200b", "")
    for words in (printed, "Voir un muon □", f"{body['code'][:4]} {body['code'][4:]}"):
        assert words in said, words
    assert name in visitor.get(f"{address}/ticket").text
    assert pages_of(document) == 1


def test_it_speaks_the_language_of_the_registration_or_the_one_asked_for(context, visitor):
    session = publish(context, conditions=CONDITIONS)
    address, body = registered(context, wanted(session), locale="en")
    printed = visitor.get(f"{address}/ticket.pdf")
    assert printed.headers["Content-Disposition"] == f'inline; filename="ticket-{body["code"]}.pdf"'
    assert printed.headers["Content-Language"] == "en"
    english, french = words_of(printed.response.data), words_of(paper(visitor, address, "?lang=fr"))
    assert "See a muon" in english
    assert "Bring good shoes." in english
    assert "Cannot come?" in english
    assert "Voir un muon" in french
    assert "Votre billet" in french


def test_two_unrelated_readers_read_the_ticket_from_a_poor_print(context, visitor):
    address, body = registered(context, wanted(publish(context)))
    coarse = poppler("pdftoppm", paper(visitor, address), "-r", "100", "-gray", "-png", "-")
    image = Image.open(io.BytesIO(coarse)).convert("L").point(lambda grey: 255 * (grey > 110))
    assert [symbol.data.decode() for symbol in pyzbar.decode(image)] == [body["ticket"]]
    assert [symbol.text for symbol in zxingcpp.read_barcodes(image)] == [body["ticket"]]


def test_the_document_is_tagged_and_keeps_pdf_ua_1(context, visitor):
    """Typst refuses to set what breaks the standard; readers find its mark and the structure."""
    document = paper(visitor, registered(context, wanted(publish(context)))[0])
    assert b"<pdfuaid:part>1</pdfuaid:part>" in poppler("pdfinfo", document, "-meta", "-")
    assert b"Tagged:          yes" in poppler("pdfinfo", document, "-")
    structure = poppler("pdfinfo", document, "-struct-text", "-").decode(errors="replace")
    assert [line.split()[0] for line in structure.splitlines() if line.strip().startswith("H")] == [
        "H1",
        "H2",
        "H3",
        "H2",
    ]
    assert "Figure" in structure


@pytest.mark.parametrize("number", [1, 6, 20])
def test_it_stays_on_one_sheet(context, visitor, number):
    sessions = [
        publish(context, **moved(days=day), title={"fr": f"Atelier {day}", "en": None})
        for day in range(number)
    ]
    address, _ = registered(context, *map(wanted, sessions), name="Anne-Marie Vandenbroucke " * 4)
    document = paper(visitor, address)
    assert pages_of(document) == 1
    said = words_of(document)
    assert [f"Atelier {day}" in said for day in range(number)] == [True] * number


def test_what_is_too_much_for_a_sheet_goes_on_over_the_page(context, visitor):
    long = {"fr": "Un titre qui n’en finit pas de s’allonger, mot après mot. " * 5, "en": None}
    sessions = [publish(context, title=long, **moved(days=day)) for day in range(20)]
    document = paper(visitor, registered(context, *map(wanted, sessions))[0])
    assert pages_of(document) == 2
    assert "Un empêchement" in words_of(document)


def test_what_waits_is_no_place_yet_and_what_was_cancelled_is_left_out(context, visitor):
    here, full, gone, off = (
        publish(context, title={"fr": title, "en": None}, capacity=2)
        for title in ("Ici", "Complet", "Quitté", "Supprimé")
    )
    register(context, request(wanted(full)))
    address, body = registered(
        context, *(wanted(one, may_wait=True) for one in (here, full, gone, off))
    )
    with context.database.write() as db:
        left = db.query(Booking).filter_by(session_id=gone).one()
        cancel_booking(db, body["token"], left.id, now=context.clock())
    publish_again(context, off, status="cancelled")
    for said in (words_of(paper(visitor, address)), visitor.get(f"{address}/ticket").text):
        plain = " ".join(said.split())
        assert "Liste d’attente, rang 1" in plain
        assert "ce n’est pas encore une place" in plain
        assert [title in plain for title in ("Ici", "Complet", "Quitté", "Supprimé")] == [
            True,
            True,
            False,
            False,
        ]


def test_without_a_place_there_is_no_ticket_but_the_page_that_says_why(context, visitor):
    full = publish(context, capacity=2)
    register(context, request(wanted(full)))
    address, _ = registered(context, wanted(full, may_wait=True))
    for path in ("ticket", "ticket.pdf"):
        found = visitor.get(f"{address}/{path}")
        assert (found.status, found.location) == (303, address)
        assert visitor.get(f"/registrations/unknown/{path}").status == 404


def test_what_people_wrote_is_no_markup(context, visitor):
    evil = '#panic("x") $ *_ ]] <b> {{ 7 * 7 }} \\'
    session = publish(context, title={"fr": evil, "en": None}, conditions={"fr": evil, "en": None})
    address, _ = registered(context, wanted(session), name=evil)
    assert words_of(paper(visitor, address)).count('#panic("x") $ *_ ]] <b> {{ 7 * 7 }}') >= 2
    page = visitor.get(f"{address}/ticket").html
    assert ("]] &lt;b&gt; {{ 7 * 7 }}" in page, "<b>" in page) == (True, False)


def test_it_is_kept_secret_and_linked_from_the_registration(context, visitor):
    address, _ = registered(context, wanted(publish(context)))
    assert f'href="{address}/ticket"' in visitor.get(address).part("ticket")
    for path in ("ticket", "ticket.pdf"):
        headers = visitor.get(f"{address}/{path}").headers
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == (
            "no-store",
            "no-referrer",
        )
        assert "noindex" in headers["X-Robots-Tag"]
    with context.database.read() as db:
        assert db.query(Registration).one().version == 1


def test_what_is_offered_or_asked_says_until_when(context, visitor):
    here, offered, asked = (
        publish(context, title={"fr": title, "en": None}) for title in ("Ici", "Offre", "Question")
    )
    address, _ = registered(context, wanted(here), wanted(offered), wanted(asked))
    later = context.clock() + timedelta(days=1)
    with context.database.write() as db:
        booking = db.query(Booking).filter_by(session_id=offered).one()
        booking.status, booking.offer_expires_at = "offered", later
        booking = db.query(Booking).filter_by(session_id=asked).one()
        booking.answer_by, booking.wheelchairs, booking.sign_language = later, 1, True
    said = words_of(paper(visitor, address))
    assert "Places proposées jusqu’au vendredi 25 septembre 2026 à 10 h 00" in said
    assert "Dites sur votre page, d’ici au vendredi 25 septembre 2026 à 10 h 00, si vous" in said
    assert "2 adultes, dont 1 en fauteuil roulant, interprète en langue des signes" in said
    context.clock.advance(days=2)
    assert "Offre" not in words_of(paper(visitor, address))
