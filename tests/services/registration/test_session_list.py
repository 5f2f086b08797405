"""A session's list for its staff: found, opened, noted, written to, cancelled, called."""

import csv
import io
import re
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from services.registration.domain.calls import note_calls
from services.registration.domain.changing import cancel_registration
from services.registration.domain.messages import Message, write_message
from services.registration.domain.organising import cancel_bookings
from services.registration.list_queries import booked_parties
from services.registration.models import (
    Booking,
    Call,
    Question,
    Registration,
    RegistrationNote,
    SessionCopy,
    SessionRules,
)
from services.registration.name_lists import as_csv
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.tables import OUTBOX
from shared.web.sign_in import SignedInAccount
from tests.services.registration.browsing import Page, Visitor, text_of
from tests.services.registration.factories import (
    publish_again,
    recorded,
    register,
    request,
    seats,
    wanted,
)
from tests.services.registration.staff_browsing import (
    LIBRARY,
    MUSEUM,
    at_the_museum,
    elsewhere,
    enter,
    looks,
    send,
    viewer,
)

ORGANISER = viewer("organiser", organisations=(MUSEUM,))
OUTSIDERS = [
    viewer("organiser", organisations=(LIBRARY,)),
    viewer("coordinator"),
    viewer("door"),
]
NAMES = ["outsider", "coordination without names", "door"]


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def session(context: ServiceContext) -> UUID:
    """Return a session of the museum: eight of ten seats taken by two parties, one waits."""
    published = at_the_museum(context)
    register(
        context,
        request(wanted(published, adults=5), name="Zoé Élan", email="zoe@example.org"),
        request(
            wanted(published, adults=3), name="Étienne Duc", email=None, telephone="0476001122"
        ),
        request(
            wanted(published, adults=4, may_wait=True), name="Ana Roux", email="ana@example.org"
        ),
    )
    return published


def path(session: UUID) -> str:
    return f"/console/registration/sessions/{session}"


def names_on(page: Page) -> list[str]:
    found = ["Zoé Élan", "Étienne Duc", "Ana Roux"]
    return sorted((name for name in found if name in page.html), key=page.html.index)


def bookings(context: ServiceContext) -> dict[str, Booking]:
    """Return the bookings by their contacts' first names."""
    with context.database.read() as db:
        rows = db.execute(sa.select(Registration.name, Booking).join(Booking.registration))
        return {name.split()[0]: booking for name, booking in rows}


def registration_path(context: ServiceContext, first_name: str) -> str:
    booking = bookings(context)[first_name]
    return f"/console/registration/registrations/{booking.registration_id}"


def plain(text: str) -> str:
    """Return a text with ordinary spaces, one between words."""
    return " ".join(text.replace("\u2060", "").split())


def choose(page: Page, action: str, *ids: UUID, **more: str) -> Page:
    """Tick rows of the list and press a button."""
    address = f"{page.address.partition('?')[0]}/chosen"
    values = {**page.forms[address][0], "id": [str(one) for one in ids], "action": action, **more}
    return page.visitor.post(address, values)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Étienne Duc", "Zoé Élan", "Ana Roux"]),
        ("?q=ETIENNE", ["Étienne Duc"]),
        ("?q=zoe+elan", ["Zoé Élan"]),
        ("?q=ana@example", ["Ana Roux"]),
        ("?state=waiting", ["Ana Roux"]),
        ("?state=coming&sort=-seats", ["Zoé Élan", "Étienne Duc"]),
        ("?sort=name", ["Ana Roux", "Étienne Duc", "Zoé Élan"]),
        ("?q=nobody", []),
        ("?state=cancelled", []),
    ],
)
def test_whom_the_list_shows_is_what_its_log_counts(
    context: ServiceContext, app: Flask, session: UUID, query: str, expected: list[str]
) -> None:
    page = enter(app, ORGANISER).get(path(session) + query)

    assert names_on(page) == expected
    assert looks(context) == ([("page", len(expected), None)] if expected else [])


@pytest.mark.parametrize("between", ["", "+", "%C2%A0", "-"])
def test_a_code_is_found_as_it_is_read_out(
    context: ServiceContext, app: Flask, session: UUID, between: str
) -> None:
    with context.database.read() as db:
        code = db.scalars(sa.select(Registration.code).where(Registration.name == "Ana Roux")).one()
    page = enter(app, ORGANISER).get(f"{path(session)}?q={code[:4].lower()}{between}{code[4:]}")

    assert names_on(page) == ["Ana Roux"]


def test_the_door_list_has_needs_and_who_waits_but_no_address(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    with context.database.write() as db:
        of_zoe = bookings(context)["Zoé"].id
        db.execute(sa.update(Booking).where(Booking.id == of_zoe).values(wheelchairs=1))
    page = enter(app, ORGANISER).get(f"{path(session)}/door")

    assert names_on(page) == ["Étienne Duc", "Zoé Élan", "Ana Roux"]
    assert page.html.index("En attente, dans l’ordre") < page.html.index("Ana Roux")
    assert "1 fauteuil" in page.text
    assert "zoe@example.org" not in page.html
    assert "0476001122" not in page.html
    assert looks(context) == [("page", 3, "liste pour l’entrée")]


def test_the_door_list_says_for_whom_a_place_is_kept(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    with context.database.write() as db:
        cancel_bookings(db, session, [bookings(context)["Zoé"].id], now=context.clock())
    page = enter(app, ORGANISER).get(f"{path(session)}/door")

    assert names_on(page) == ["Étienne Duc", "Ana Roux"]
    assert page.html.index("Ana Roux") < page.html.index("Places proposées")


def test_whoever_has_no_address_is_listed_with_a_number_to_call(app: Flask, session: UUID) -> None:
    page = enter(app, ORGANISER).get(path(session))

    assert 'href="tel:0476001122"' in page.html
    assert "sans adresse, 0476001122" in page.text


def test_a_session_with_more_people_than_places_says_so(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    staff = enter(app, ORGANISER)
    assert "Jauge dépassée" not in staff.get(path(session)).text
    publish_again(context, session, capacity=7)

    assert "Jauge dépassée" in staff.get(path(session)).text


@pytest.mark.parametrize("who", OUTSIDERS, ids=NAMES)
def test_others_read_no_name_and_nothing_is_logged(
    context: ServiceContext, app: Flask, session: UUID, who: SignedInAccount
) -> None:
    visitor = enter(app, who)
    one = registration_path(context, "Zoé")
    of_zoe = bookings(context)["Zoé"].id
    for address in (
        f"{path(session)}/door",
        one,
        f"{one}/slip",
        f"{one}/bookings/{of_zoe}/cancel",
    ):
        assert visitor.get(address).status == 403
    assert "Zoé" not in visitor.get("/console/registration/calls").html
    token = visitor.get("/console/registration").html.partition('name="csrf_token" value="')[2]
    values = {"csrf_token": token.partition('"')[0], "ids": str(of_zoe), "id": str(of_zoe)}
    for action in ("chosen", "cancel", "message"):
        assert visitor.post(f"{path(session)}/{action}", values).status in (400, 403)
    for address in (f"{one}/notes", f"{one}/bookings/{of_zoe}/cancel"):
        assert visitor.post(address, {**values, "text": "Bonjour"}).status in (400, 403)

    assert looks(context) == []
    assert bookings(context)["Zoé"].status == "confirmed"


def test_a_registration_shows_only_the_sessions_that_are_the_viewers(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    other = elsewhere(context, title={"fr": "Lire un glacier", "en": None})
    both = request(wanted(session, adults=1), wanted(other, adults=1), name="Léa Blanc")
    register(context, both)
    address = f"/console/registration/registrations/{both.id}"
    page = enter(app, ORGANISER).get(address)

    assert "Voir un muon" in page.text
    assert "Lire un glacier" not in page.text
    assert "Une autre séance de cette inscription n’est pas de vos séances." in page.text
    assert looks(context) == [("page", 1, None)]
    theirs = enter(app, viewer("organiser", organisations=(LIBRARY,))).get(address)
    assert "Voir un muon" not in theirs.text


def test_a_note_is_kept_once_with_its_author(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    page = enter(app, ORGANISER).get(registration_path(context, "Zoé"))
    for _ in range(2):
        sent = send(page, f"{page.address}/notes", text="  Vient à vélo.\x00 ")
    with context.database.read() as db:
        kept = [(one.text, one.account_name) for one in db.query(RegistrationNote)]

    assert kept == [("Vient à vélo.", "Nour")]
    again = page.visitor.get(sent.location)
    assert "Vient à vélo." in again.part("staff-notes")
    assert send(page, f"{page.address}/notes", text=" ").status == 422


def test_cancelling_one_tells_that_the_organiser_did(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    of_zoe = bookings(context)["Zoé"].id
    address = f"{registration_path(context, 'Zoé')}/bookings/{of_zoe}/cancel"
    page = enter(app, ORGANISER).get(address)
    assert bookings(context)["Zoé"].status == "confirmed"
    before = len(recorded(context))
    assert send(page, address).status == 303
    assert send(page, address).status == 303

    assert (bookings(context)["Zoé"].status, bookings(context)["Zoé"].ended_for) == (
        "cancelled",
        "organiser",
    )
    told = recorded(context)[before:]
    assert [(name, data["email"]) for name, _, data in told] == [
        ("registration_cancelled", "zoe@example.org"),
        ("registration_changed", "ana@example.org"),
    ]
    assert [one["ended_for"] for one in told[0][2]["bookings"]] == ["organiser"]


def test_several_are_cancelled_together_and_the_waitlist_is_served_once(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    found = bookings(context)
    page = enter(app, ORGANISER).get(path(session))
    asked = choose(page, "cancel", found["Zoé"].id, found["Étienne"].id)
    assert "Annuler 2 inscriptions" in asked.text
    assert (names_on(asked), seats(context, session).taken) == (["Étienne Duc", "Zoé Élan"], 8)
    send(asked, f"{path(session)}/cancel")
    after = bookings(context)

    assert [after[name].status for name in ("Zoé", "Étienne", "Ana")] == [
        "cancelled",
        "cancelled",
        "offered",
    ]
    counted = seats(context, session)
    assert (counted.taken, counted.bookings, counted.waiting) == (4, 1, 0)
    with context.database.read() as db:
        [call] = db.query(Call)
    assert (call.reason, call.registration_id) == (
        "cancelled_by_organiser",
        found["Étienne"].registration_id,
    )


def test_ids_of_another_session_are_left_alone(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    other = elsewhere(context)
    register(context, request(wanted(other, adults=1), name="Léa Blanc"))
    page = enter(app, ORGANISER).get(path(session))
    asked = choose(page, "cancel", bookings(context)["Zoé"].id)
    ids = f"{bookings(context)['Léa'].id} {bookings(context)['Zoé'].id} no-id"
    send(asked, f"{path(session)}/cancel", ids=ids)

    assert (bookings(context)["Léa"].status, bookings(context)["Zoé"].status) == (
        "confirmed",
        "cancelled",
    )


def test_nothing_ticked_is_asked_for(context: ServiceContext, app: Flask, session: UUID) -> None:
    page = enter(app, ORGANISER).get(path(session))

    assert choose(page, "cancel").status == 303
    assert "Cochez d’abord" in page.visitor.get(path(session)).text


def test_those_who_cancelled_are_left_in_peace_and_the_page_says_so(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    cancel_bookings_of_everybody(context, session)
    page = enter(app, ORGANISER).get(f"{path(session)}?state=cancelled")
    said = "Ces inscriptions sont annulées\u00a0: on ne peut plus ni les annuler ni leur écrire"
    assert (said in page.html, len(names_on(page))) == (True, 3)
    before = recorded(context)

    for action in ("message", "cancel"):
        refused = choose(page, action, everything="1")
        assert refused.status == 303
        assert said in page.visitor.get(refused.location).html
    assert recorded(context) == before


def cancel_bookings_of_everybody(context: ServiceContext, session: UUID) -> None:
    ids = [booking.id for booking in bookings(context).values()]
    with context.database.write() as db:
        cancel_bookings(db, session, ids, now=context.clock())


def written(context: ServiceContext) -> list[dict[str, object]]:
    return [data for name, _, data in recorded(context) if name == "message_written"]


def test_a_message_is_read_again_then_goes_out_once(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    visitor: Visitor = enter(app, ORGANISER)
    form = choose(visitor.get(path(session)), "message", everything="1")
    assert "À 2 personnes par courriel, et 1 à appeler" in form.text
    action = f"{path(session)}/message"
    empty = send(form, action, step="preview")
    assert (empty.status, empty.error("text")) == (422, "Écrivez le message.")
    typed = {"subject": " Des  bottes ", "text": "Bonjour,\r\n\r\nIl a plu."}
    preview = send(form, action, step="preview", **typed)
    assert "Il a plu." in preview.part("message-preview")
    assert "réponses à museum@example.org" in preview.text
    assert written(context) == []
    # What a browser sends back of the hidden text.
    again = {"subject": "Des bottes", "text": typed["text"], "step": "send"}
    first, second = send(preview, action, **again), send(preview, action, **again)

    assert (first.status, second.status) == (303, 303)
    told = written(context)
    assert [(one["email"], one["subject"], one["text"]) for one in told] == [
        ("ana@example.org", "Des bottes", "Bonjour,\n\nIl a plu."),
        ("zoe@example.org", "Des bottes", "Bonjour,\n\nIl a plu."),
    ]
    assert {one["reply_to"] for one in told} == {"museum@example.org"}
    assert len({one["message_id"] for one in told}) == 1
    with context.database.read() as db:
        [call] = db.query(Call)
    assert (call.reason, call.details["subject"]) == ("message", "Des bottes")
    listed = plain(visitor.get(path(session)).text)
    assert "Le message part par courriel à 2 personnes. 1 personne sans adresse" in listed


def history(page: Page) -> list[str]:
    """Return the lines of what happened to a registration, without their times."""
    lines = re.findall(r"<li>.*?</li>", page.part("happened"), re.DOTALL)
    return [re.sub(r"^.*? à \d+ h \d+ ", "", plain(text_of(line)).strip()) for line in lines]


def test_a_message_is_history_that_says_who_was_mailed_and_who_is_to_be_called(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    organiser = enter(app, ORGANISER)
    noted = organiser.get(registration_path(context, "Ana"))
    send(noted, f"{noted.address}/notes", text="Vient à vélo.")
    form = choose(organiser.get(path(session)), "message", everything="1")
    send(form, f"{path(session)}/message", step="send", subject="Bottes", text="Il a plu.")

    names = re.findall(r'<th scope="row".*?</th>', organiser.get(path(session)).html, re.DOTALL)
    assert [plain(text_of(name)) for name in names] == [
        "Étienne Duc À appeler",
        "Zoé Élan",
        "Ana Roux Note",
    ]
    by_telephone, by_mail, with_note = (
        organiser.get(registration_path(context, name)) for name in ("Étienne", "Zoé", "Ana")
    )
    said = "Lire ce qui est dit Il a plu."
    mailed = f"Message envoyé par courriel : Bottes, Nour {said}"
    assert history(by_mail) == [mailed, "Inscription"]
    assert "Aucune note." in by_mail.text
    assert history(by_telephone) == [
        f"Message mis sur la liste d’appels : Bottes, Nour {said}",
        "Inscription",
    ]
    assert "1 appel à faire" in by_telephone.text
    assert history(with_note) == [mailed, "Inscription"]
    assert "Vient à vélo." in with_note.part("staff-notes")

    calls = organiser.get("/console/registration/calls")
    [action] = [one for one in calls.forms if one.startswith("/console/registration/calls/")]
    send(calls, action)
    called = organiser.get(by_telephone.address)
    assert history(called)[:1] == ["Appelé·e, Nour Lire ce qui est dit Lui dire : Il a plu."]
    assert "appel à faire" not in called.text
    assert "À appeler" not in organiser.get(path(session)).text


def test_a_message_to_those_without_an_address_says_that_nothing_is_mailed(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    of_etienne = bookings(context)["Étienne"].id
    form = choose(enter(app, ORGANISER).get(path(session)), "message", of_etienne)
    assert "1 personne sans adresse, à appeler" in form.text
    sent = send(form, f"{path(session)}/message", step="send", subject="Bottes", text="Il a plu.")

    told = plain(form.visitor.get(sent.location).text)
    assert "1 personne sans adresse est sur la liste d’appels." in told
    assert "Le message part" not in told
    assert written(context) == []


def test_whoever_is_called_is_ticked_off_with_who_and_when(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    with context.database.write() as db:
        message = Message("k", "Bottes", "Il a plu.", ORGANISER.id, "Nour")
        of_etienne = [bookings(context)["Étienne"].id]
        copy = db.get_one(SessionCopy, session)
        write_message(db, copy, of_etienne, message, now=context.clock())
    page = enter(app, ORGANISER).get("/console/registration/calls")
    assert "0476001122" in page.text
    assert "Lui dire\u00a0: Il a plu." in page.html
    [action] = [one for one in page.forms if one.startswith("/console/registration/calls/")]
    send(page, action)
    with context.database.read() as db:
        [call] = db.query(Call)

    assert (call.done_at, call.done_by) == (context.clock(), "Nour")
    assert "Personne à appeler" in page.visitor.get(page.address).text
    done = page.visitor.get(f"{page.address}?state=done")
    assert "Étienne Duc" in done.text
    send(done, action)
    with context.database.read() as db:
        assert db.query(Call).one().done_at is None
    stranger = enter(app, viewer("organiser", organisations=(LIBRARY,)))
    assert "Étienne" not in stranger.get("/console/registration/calls").html


def test_who_sees_no_name_is_told_who_calls_and_counts_no_calls(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    cancelled = [bookings(context)["Étienne"].id]
    with context.database.write() as db:
        cancel_bookings(db, session, cancelled, now=context.clock())
    page = enter(app, viewer("coordinator")).get("/console/registration/calls")

    assert "Les appels sont faits par la structure et le lieu de la séance" in page.text
    assert "À faire" not in page.text


@pytest.mark.parametrize(
    ("details", "asked"),
    [
        (
            {"offer_expires_at": "2026-09-25T08:00:00+00:00"},
            "lui proposer d’accepter d’ici au vendredi 25 septembre à 10 h 00.",
        ),
        ({}, "lui proposer d’accepter."),
    ],
)
def test_whose_turn_has_come_is_called_in_words_that_fit_any_number_of_places(
    context: ServiceContext, app: Flask, session: UUID, details: dict[str, str], asked: str
) -> None:
    etienne = bookings(context)["Étienne"]
    with context.database.write() as db:
        owner = db.get_one(Registration, etienne.registration_id)
        note_calls(db, owner, "offer", [session], now=context.clock(), details=details)
    said = enter(app, ORGANISER).get("/console/registration/calls").text.replace("\u00a0", " ")
    assert f"Son tour est venu sur la liste d’attente : {asked}" in said


@pytest.mark.parametrize("reason", ["offer", "session_changed", "still_coming"])
def test_nobody_is_called_about_coming_who_cancelled(
    context: ServiceContext, app: Flask, session: UUID, reason: str
) -> None:
    etienne = bookings(context)["Étienne"]
    with context.database.write() as db:
        owner = db.get_one(Registration, etienne.registration_id)
        note_calls(db, owner, reason, [session], now=context.clock())  # type: ignore[arg-type]
    visitor = enter(app, ORGANISER)
    assert "Étienne" in visitor.get("/console/registration/calls").html
    with context.database.write() as db:
        cancel_registration(db, owner.token, now=context.clock())

    assert "Étienne" not in visitor.get("/console/registration/calls").html


def ask(context: ServiceContext, session: UUID) -> UUID:
    """Let the session ask a question; return its id."""
    question = new_id()
    with context.database.write() as db:
        db.add(SessionRules(session_id=session))
        db.flush()
        db.add(
            Question(
                id=question,
                session_id=session,
                position=0,
                kind="text",
                label={"fr": "Allergies", "en": None},
                purpose={"fr": "pour le goûter", "en": None},
                forgotten_on=date(2026, 11, 1),
            )
        )
    return question


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_a_file_is_a_formula(
    context: ServiceContext, app: Flask, session: UUID, start: str
) -> None:
    question = ask(context, session)
    evil = f"{start}HYPERLINK(1)"
    with context.database.write() as db:
        db.execute(sa.update(Registration).values(name=evil, telephone=evil))
        db.execute(sa.update(Booking).values(answers={str(question): evil}))
    page = enter(app, ORGANISER).get(path(session))
    file = send(page, f"{path(session)}/names", kind="csv", purpose="Goûter")
    text = file.response.data.decode("utf-8-sig")
    [head, *rows] = csv.reader(io.StringIO(text, newline=""), delimiter=";")

    assert "Allergies (pour le goûter)" in head
    assert [row[0] for row in rows] == [f"'{evil}"] * 3
    assert [cell for row in rows for cell in row if cell.startswith(start)] == []
    assert sum(cell == f"'{evil}" for row in rows for cell in row) == 9


def test_a_list_without_questions_has_no_column_for_answers(context: ServiceContext) -> None:
    session = at_the_museum(context)
    register(context, request(wanted(session, adults=1)))
    with context.database.read() as db:
        parties = booked_parties(db, session)
    [head, _row] = csv.reader(
        io.StringIO(as_csv(parties, "Europe/Paris").decode("utf-8-sig")), delimiter=";"
    )

    assert head[-5:] == [
        "Places",
        "Places en fauteuil",
        "Langue des signes",
        "Téléphone",
        "Inscription le",
    ]


def test_what_is_cancelled_for_an_erased_person_calls_nobody(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    etienne = bookings(context)["Étienne"].registration_id
    with context.database.write() as db:
        db.execute(
            sa.update(Registration)
            .where(Registration.id == etienne)
            .values(erased_at=context.clock(), name="", telephone=None)
        )
    address = f"/console/registration/registrations/{etienne}"

    assert enter(app, ORGANISER).get(address).status == 404
    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(OUTBOX)) == 3
