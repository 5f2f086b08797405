"""What somebody sees, takes away and erases of themself, with nothing but their link."""

import json

import pytest
import sqlalchemy as sa

from services.registration.models import Booking, Question
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.registration.browsing import Visitor
from tests.services.registration.erasing import (
    ANSWER,
    EMAIL,
    NAME,
    NOTE,
    TELEPHONE,
    register_person,
    traces,
)
from tests.services.registration.factories import publish, seats


@pytest.fixture
def visitor(context: ServiceContext) -> Visitor:
    return Visitor(create_app(context))


def ask_and_answer(context, session):
    """Let the person's answer be to a question of the session."""
    with context.database.write() as db:
        question = Question(
            session_id=session,
            position=0,
            kind="text",
            label={"fr": "Une allergie ?", "en": "Any allergy?"},
            purpose={"fr": "Le goûter", "en": "The snack"},
            forgotten_on=NOW.date().replace(month=10, day=20),
        )
        db.add(question)
        db.flush()
        db.execute(sa.update(Booking).values(answers={str(question.id): ANSWER}))


def test_the_page_and_the_file_show_everything_that_is_held(context, visitor):
    session = publish(context)
    answer = register_person(context, session, adults=2, children=1)
    ask_and_answer(context, session)
    address = f"/registrations/{answer.body['token']}/my-data"

    page = visitor.get(address)
    response = visitor.client.get(address + ".json")

    for shown in (EMAIL, NAME, TELEPHONE, ANSWER, NOTE, "2 adultes, 1 enfant", "20 octobre 2026"):
        assert shown in page.text
    assert "tout sera effacé le 1er janvier 2027" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"] == (
        f"attachment; filename=parvis-{answer.body['code']}.json"
    )
    assert answer.body["token"] not in response.text
    told = json.loads(response.text)
    [registration] = told.pop("registrations")
    assert told == {
        "format": "parvis-personal-data-1",
        "written_at": NOW.isoformat(),
        "held_by": "registration",
    }
    [booking], [note], [call] = (registration.pop(name) for name in ("bookings", "notes", "calls"))
    assert registration == {
        "id": answer.body["id"],
        "code": answer.body["code"],
        "name": NAME,
        "email": EMAIL,
        "telephone": TELEPHONE,
        "language": "fr",
        "status": "active",
        "registered_at": NOW.isoformat(),
        "cancelled_at": None,
        "entered_by_staff": False,
        "done_by_staff": [],
        "erased_on": "2027-01-01",
    }
    assert booking["answers"] == [
        {
            "question": "Une allergie ?",
            "purpose": "Le goûter",
            "answer": ANSWER,
            "erased_on": "2026-10-20",
        }
    ]
    assert (booking["sign_language"], booking["party"]) == (True, {"adults": 2, "children": 1})
    assert note == {"written_at": NOW.isoformat(), "text": NOTE}  # not who wrote it
    assert (call["reason"], call["done_at"]) == ("offer", None)


def test_asking_erases_nothing_and_the_button_erases_everything(context, visitor):
    session = publish(context)
    answer = register_person(context, session)
    address = f"/registrations/{answer.body['token']}"

    question = visitor.get(f"{address}/erase")
    assert "Voir un muon" in question.text
    assert seats(context, session).taken == 2

    after = question.send(action=f"{address}/erase")

    assert (after.status, after.location) == (303, "/registrations/erased")
    assert "Vos données sont effacées" in visitor.get(after.location).text
    assert traces(context, answer) == set()
    assert seats(context, session).taken == 0
    gone = (address, f"{address}/my-data", f"{address}/my-data.json", f"{address}/erase")
    assert [visitor.client.get(one).status_code for one in gone] == [404] * 4
    assert visitor.client.get(f"/feeds/registrations/{answer.body['token']}.ics").status_code == 404
    assert visitor.client.post(f"{address}/erase").status_code in (400, 404)


def test_the_registration_leads_there(context, visitor):
    answer = register_person(context, publish(context))
    address = f"/registrations/{answer.body['token']}"

    assert f'href="{address}/my-data"' in visitor.get(address).html
