"""The console's page of a session's rules: who may, what is kept, what is told."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from services.registration.domain.overbooking import Reasoning
from services.registration.domain.rules import NO_RULES, Limit, Rules, rules_of
from services.registration.models import Allotment, Attendance
from services.registration.rule_words import reasoning_words
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from shared.web.sign_in import SignedInAccount
from tests.services.registration.browsing import Page
from tests.services.registration.factories import publish_again, register, request, seats, wanted
from tests.services.registration.staff_browsing import LIBRARY, MUSEUM, at_the_museum, enter, viewer

ORGANISER = viewer("organiser", organisations=(MUSEUM,))


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def session(context: ServiceContext) -> UUID:
    return at_the_museum(context)


def address(session: UUID, what: str = "rules") -> str:
    return f"/console/registration/sessions/{session}/{what}"


def opened(app: Flask, session: UUID, account: SignedInAccount = ORGANISER) -> Page:
    return enter(app, account).get(address(session))


def send(page: Page, action: str, **typed: str) -> Page:
    """Send a form of the page with what a browser would send of it: no box that is not ticked."""
    boxes = ("asks", "all", "q0-required", "q1-required", "q0-removed", "q1-removed")
    values = {name: text for name, text in page.forms[action][0].items() if name not in boxes}
    return page.visitor.post(action, {**values, "overbooking": "off", "q0-kind": "text", **typed})


def save(page: Page, **typed: str) -> Page:
    return send(page, page.address, **typed)


def plain(text: str) -> str:
    """Return a text with ordinary spaces."""
    return " ".join(text.split())


def kept(context: ServiceContext, session: UUID) -> Rules:
    with context.database.read() as db:
        return rules_of(db, [session])[session]


def test_its_organiser_and_the_coordination_set_the_rules_of_a_session(
    app: Flask, session: UUID
) -> None:
    statuses = {
        name: opened(app, session, account).status
        for name, account in {
            "organiser": ORGANISER,
            "coordinator": viewer("coordinator"),
            "another organiser": viewer("organiser", organisations=(new_id(),)),
            "venue": viewer("venue", venues=(LIBRARY,)),
            "reader": viewer("reader"),
        }.items()
    }
    assert statuses == {
        "organiser": 200,
        "coordinator": 200,
        "another organiser": 403,
        "venue": 403,
        "reader": 403,
    }
    assert opened(app, new_id()).status == 404


def test_the_page_of_a_session_leads_to_its_rules(app: Flask, session: UUID) -> None:
    link = f'href="{address(session)}"'
    listed = address(session).removesuffix("/rules")
    assert link in enter(app, ORGANISER).get(listed).html
    assert link not in enter(app, viewer("reader")).get(listed).html


def test_what_is_typed_is_kept_and_shown_again(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    typed = {
        "least-adults": "1",
        "most-children": "3",
        "largest_party": "5",
        "wheelchair_places": "2",
        "asks": "1",
        "asks_hours": "48",
        "answer_hours": "24",
        "overbooking": "learned",
        "overbooking_risk": "2,5",
        "q0-kind": "choice",
        "q0-label": "Votre langue",
        "q0-purpose": "Former les groupes",
        "q0-choices": "Français | French\nAnglais | English",
        "q0-required": "1",
        "q0-forgotten_on": (NOW + timedelta(days=20)).date().isoformat(),
    }
    saved = save(opened(app, session), **typed)
    assert saved.status == 303
    rules = kept(context, session)
    assert (rules.party_limits, rules.largest_party) == (
        {"adults": Limit(1, None), "children": Limit(None, 3)},
        5,
    )
    assert (rules.asks_hours, rules.answer_hours) == (48, 24)
    assert (rules.overbooking, rules.overbooking_risk) == ("learned", 0.025)
    [question] = rules.questions
    assert (question.kind, question.is_required, question.choices) == (
        "choice",
        True,
        ({"fr": "Français", "en": "French"}, {"fr": "Anglais", "en": "English"}),
    )
    assert seats(context, session).wheelchair_places == 2
    page = saved.visitor.get(saved.location)
    assert "C’est enregistré et vaut dès maintenant." in page.text
    shown = page.forms[address(session)][0]
    assert {name: shown[name] for name in ("least-adults", "overbooking_risk", "q0-label")} == {
        "least-adults": "1",
        "overbooking_risk": "2.5",
        "q0-label": "Votre langue",
    }


def test_all_that_is_wrong_is_told_at_once_at_its_field_and_stays_as_typed(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    typed = {
        "least-adults": "deux",
        "least-children": "3",
        "most-children": "2",
        "largest_party": "41",
        "asks": "1",
        "asks_hours": "12",
        "answer_hours": "500",
        "overbooking": "learned",
        "overbooking_risk": "50",
        "q0-label": "Un régime ?",
        "q0-forgotten_on": "demain",
    }
    page = save(opened(app, session), **typed)

    told = {
        "least-adults": "Écrivez un nombre, en chiffres.",
        "most-children": "Le maximum est plus petit que le minimum.",
        "largest_party": "Écrivez un nombre de 1 à 40.",
        "q0-purpose": "Ce champ est obligatoire.",
        "q0-forgotten_on": "Choisissez un jour.",
        "asks_hours": "Écrivez un nombre de 24 à 336.",
        "answer_hours": "Écrivez un nombre de 6 à 336.",
        "overbooking_risk": "Choisissez entre 0,1 et 25 %.",
    }
    assert page.status == 422
    assert {name: plain(page.error(name)) for name in told} == told
    summary = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', page.part("error-summary"))
    assert [(name, plain(words)) for name, words in summary] == list(told.items())
    labels = re.findall(r'<label for="(?:least|most|largest)[^>]*>([^<]+)</label>', page.html)
    assert [plain(words) for words in labels] == [
        f"{who} : au {end}"
        for who in ("Adultes", "Enfants", "Le groupe entier")
        for end in ("moins", "plus")
    ]
    shown = page.forms[address(session)][0]
    assert (shown["least-adults"], shown["q0-label"]) == ("deux", "Un régime ?")
    assert kept(context, session) == NO_RULES


def test_a_fault_does_not_hide_that_somebody_else_was_faster(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    late = opened(app, session)
    save(opened(app, session), largest_party="4")
    refused = save(late, largest_party="beaucoup")
    assert (refused.status, refused.error("largest_party")) == (
        422,
        "Écrivez un nombre, en chiffres.",
    )
    assert "rien n’a été remplacé" in refused.text
    assert kept(context, session).largest_party == 4


@pytest.mark.parametrize(
    ("seats", "sentence"),
    [
        ("0", "Gardez au moins une place, et 1 200 au plus."),
        ("100000", "Il ne reste que 1 200 places à garder."),
        ("plein", "Écrivez un nombre, en chiffres."),
    ],
)
def test_how_many_seats_may_be_kept_is_said_with_all_else_that_is_wrong(
    context: ServiceContext, app: Flask, seats: str, sentence: str
) -> None:
    make = address(at_the_museum(context, capacity=1200), "allotments")
    page = enter(app, ORGANISER).get(make.replace("allotments", "rules"))
    refused = send(page, make, name=" ", seats=seats, day="demain")

    assert refused.status == 422
    assert {name: plain(refused.error(f"a-new-{name}")) for name in ("name", "seats", "day")} == {
        "name": "Dites pour qui ces places sont gardées.",
        "seats": sentence,
        "day": "Choisissez un jour.",
    }


def test_what_no_database_keeps_is_a_bad_request_and_no_failure_of_ours(
    postgresql_context: ServiceContext,
) -> None:
    app, session = create_app(postgresql_context), at_the_museum(postgresql_context)
    page = opened(app, session)
    typed = {"q0-purpose": "Préparer", "q0-forgotten_on": "2026-12-01"}
    refused = save(page, **{"q0-label": "Votre\x00 école", **typed})
    assert refused.status == 400
    assert "Cette demande n’a pas pu être comprise" in refused.text
    assert kept(postgresql_context, session) == NO_RULES


def test_the_second_of_two_editors_is_told_and_may_save_again(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    late = opened(app, session)
    save(opened(app, session), largest_party="4")
    refused = save(late, largest_party="6")
    assert refused.status == 409
    assert "rien n’a été remplacé" in refused.text
    assert kept(context, session).largest_party == 4
    assert save(refused, largest_party="6").status == 303
    assert kept(context, session).largest_party == 6


def test_a_question_is_taken_away(context: ServiceContext, app: Flask, session: UUID) -> None:
    typed = {"q0-label": "Un régime ?", "q0-purpose": "Le goûter"}
    saved = save(opened(app, session), **typed)
    save(saved.visitor.get(address(session)), **{"q0-removed": "1", "q1-kind": "text"})
    assert kept(context, session).questions == ()


def test_the_other_sessions_of_the_activity_take_the_rules_when_asked_to(
    context: ServiceContext, app: Flask
) -> None:
    activity = str(new_id())
    one, other = (at_the_museum(context, activity_id=activity) for _ in range(2))
    page = opened(app, one)
    assert "Appliquer aussi à l’autre séance à venir de cette animation" in page.text
    save(page, largest_party="4")
    assert kept(context, other) == NO_RULES
    save(opened(app, one), largest_party="5", all="1")
    assert kept(context, other).largest_party == 5


def test_seats_are_kept_changed_and_given_back(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    make = address(session, "allotments")
    day = (NOW + timedelta(days=2)).date().isoformat()
    too_many = send(opened(app, session), make, name="École", seats="400", day=day, time="18:00")
    assert (too_many.status, too_many.error("a-new-seats")) == (
        422,
        "Il ne reste que 10 places à garder.",
    )
    assert send(too_many, make, name="École", seats="6").status == 303
    with context.database.read() as db:
        [kept_seats] = db.query(Allotment)
    assert (kept_seats.name, kept_seats.seats, kept_seats.releases_at) == (
        "École",
        6,
        (NOW + timedelta(days=2)).replace(hour=16, minute=0),
    )
    change = f"{make}/{kept_seats.id}"
    larger = send(opened(app, session), change, seats="11", do="save")
    assert larger.error(f"a-{kept_seats.id}-seats") == "Il ne reste que 10 places à garder."
    send(opened(app, session), change, seats="4", do="save")
    assert seats(context, session).held == 4
    nameless = send(opened(app, session), change, name=" ", do="save")
    assert nameless.error(f"a-{kept_seats.id}-name") == "Dites pour qui ces places sont gardées."
    send(opened(app, session), change, do="release")
    assert seats(context, session).held == 0
    other = address(at_the_museum(context), f"allotments/{kept_seats.id}")
    token = opened(app, session).forms[make][0]
    assert enter(app, ORGANISER).post(other, token).status in (400, 404)


def test_the_page_says_why_so_many_more_seats() -> None:
    def plain(found: Reasoning) -> list[str]:
        return [words.replace("\u00a0", " ") for words in reasoning_words(found)]

    assert plain(Reasoning(9, 140, 23, 3, 0.0412, party=3)) == [
        "Places restées vides : 23 sur 140, aux 9 séances passées de ce genre. "
        "On compte que 3 personnes viennent ensemble, ou pas.",
        "Avec 3 places de plus, le risque que quelqu’un reste debout est de 4 %.",
    ]
    assert plain(Reasoning(9, 140, 23, 0, 0.0)) == [
        "Places restées vides : 23 sur 140, aux 9 séances passées de ce genre.",
        "Avec une seule place de plus, le risque dépasserait déjà votre limite.",
    ]
    assert plain(Reasoning(1, 16, 3, 0, 0.0)) == [
        "Places restées vides : 3 sur 16, à la séance passée de ce genre.",
        "C’est trop peu pour en apprendre : il faut 3 séances, de 40 places en tout.",
    ]
    assert plain(Reasoning(0, 0, 0, 0, 0.0))[0] == (
        "Personne n’a encore noté combien sont venus aux séances passées de ce genre."
    )


def test_how_many_came_is_noted_once_it_has_begun(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    register(context, request(wanted(session)), request(wanted(session)))
    attend = address(session, "attendance")
    assert attend not in opened(app, session).forms
    begun = (NOW - timedelta(hours=1)).isoformat()
    publish_again(context, session, starts_at=begun, ends_at=NOW.isoformat())
    refused = send(opened(app, session), attend, came="beaucoup")
    assert (refused.status, refused.error("came")) == (422, "Écrivez un nombre, en chiffres.")
    assert send(refused, attend, came="3").status == 303
    with context.database.read() as db:
        noted = db.get_one(Attendance, session)
    assert (noted.expected, noted.came, noted.noted_by) == (4, 3, ORGANISER.name)
    assert f"3 sur 4 places, noté par {ORGANISER.name}." in opened(app, session).text
