"""The record of processing says what this installation asks, holds and erases, and when."""

from datetime import date

import pytest
from flask import Flask

from services.registration.domain.erasing import erase, find_of_address
from services.registration.models import Question
from services.registration.processing_record import (
    RecordedEdition,
    RecordedQuestion,
    recorded_editions,
    recorded_questions,
)
from services.registration.web import create_app
from shared.context import ServiceContext
from tests.services.registration.browsing import text_of
from tests.services.registration.factories import publish, register, request, wanted
from tests.services.registration.test_names import browser, viewer
from tests.services.registration.test_purging import describe_site, of_edition

PAGE = "/console/registration/processing-record"
SNACK = ({"fr": "Une allergie ?", "en": "Any allergy?"}, {"fr": "Le goûter", "en": "The snack"})
PHOTO = ({"fr": "Photographier ?", "en": None}, {"fr": "Le journal", "en": None})


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


def ask(context, session, words, day):
    with context.database.write() as db:
        db.add(
            Question(
                session_id=session,
                position=0,
                kind="text",
                label=words[0],
                purpose=words[1],
                forgotten_on=day,
            )
        )


def test_it_names_every_question_once_with_its_purpose_and_when_answers_go(context):
    first, second = publish(context), publish(context)
    ask(context, first, SNACK, date(2026, 10, 20))
    ask(context, second, SNACK, date(2026, 10, 12))
    ask(context, second, PHOTO, date(2026, 11, 1))

    with context.database.read() as db:
        french, english = (recorded_questions(db, locale=each) for each in ("fr", "en"))

    assert french == [
        RecordedQuestion("Photographier ?", "Le journal", 1, date(2026, 11, 1), date(2026, 11, 1)),
        RecordedQuestion("Une allergie ?", "Le goûter", 2, date(2026, 10, 12), date(2026, 10, 20)),
    ]
    assert [one.label for one in english] == ["Any allergy?", "Photographier ?"]


def test_it_counts_what_is_held_of_each_edition_and_until_when(context):
    spring, autumn = of_edition(days=7), of_edition(days=60)
    one, other = publish(context, **spring), publish(context, **spring)
    later = publish(context, **autumn)
    describe_site(context, 12)
    register(context, request(wanted(one), wanted(other)), request(wanted(later), email="b@c.org"))
    register(context, request(wanted(one), email="gone@example.org"))
    with context.database.write() as db:
        ids = find_of_address(db, "gone@example.org")
        erase(db, ids, reason="asked", now=context.clock())

    with context.database.read() as db:
        held = recorded_editions(db, locale="fr")

    name = "Fête de la science 2026"
    assert held == [
        RecordedEdition(name, 1, date(2026, 10, 1), date(2027, 10, 1)),
        RecordedEdition(name, 1, date(2026, 11, 23), date(2027, 11, 23)),
    ]


def test_the_page_says_all_of_it_in_both_languages_to_the_coordination(context, app):
    session = publish(context)
    ask(context, session, SNACK, date(2026, 10, 20))
    register(context, request(wanted(session)))
    staff = browser(app, viewer("coordinator"))

    french = text_of(staff.get(PAGE).text)
    staff.set_cookie("parvis_locale", "en")
    english = text_of(staff.get(PAGE).text)

    for said in ("Une allergie ?", "20 octobre 2026", "3 mois après la dernière séance", "Ed25519"):
        assert said in french
    for said in ("Any allergy?", "20 October 2026", "3 months after the last session", "Ed25519"):
        assert said in english
    assert browser(app, viewer("organiser")).get(PAGE).status_code == 403


def test_an_installation_in_which_nothing_was_asked_yet_has_its_record(app):
    page = text_of(browser(app, viewer("coordinator")).get(PAGE).text)

    assert "à indiquer dans les textes légaux" in page
    assert "Aucune." in page
    assert "la fin de la dernière. Cette durée est celle de Parvis" in " ".join(page.split())
