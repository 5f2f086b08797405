"""The question on a registration's page, whether its party still comes."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registration.domain.still_coming import ask_some, release_unanswered
from services.registration.models import Booking, SessionRules
from services.registration.web import create_app
from shared.context import ServiceContext
from tests.services.registration.browsing import Visitor
from tests.services.registration.factories import publish, register, request, wanted
from tests.services.registration.test_still_coming import ASKED, LATER


@pytest.fixture
def visitor(context: ServiceContext) -> Visitor:
    return Visitor(create_app(context))


@pytest.fixture
def asked(context: ServiceContext) -> tuple[str, str]:
    """Return the address of a registration that was asked, and where the answer goes."""
    session = publish(context)
    with context.database.write() as db:
        db.add(SessionRules(session_id=session, asks_hours=48, answer_hours=24))
    [made] = register(context, request(wanted(session)))
    with context.database.write() as db:
        ask_some(db, now=ASKED)
    address = f"/registrations/{made.body['token']}"
    return address, f"{address}/bookings/{made.body['bookings'][0]['id']}/coming"


def answered(context: ServiceContext) -> bool:
    with context.database.read() as db:
        return db.scalars(sa.select(Booking.still_coming_at)).one() is not None


def test_looking_answers_nothing_the_button_does(
    context: ServiceContext, visitor: Visitor, asked: tuple[str, str]
) -> None:
    address, answer = asked
    page = visitor.get(address)
    question = page.part("still-coming")
    assert "Venez-vous toujours\u202f?" in question
    assert not answered(context)
    assert visitor.client.get(answer).status_code == 405
    after = visitor.get(page.send(action=answer).location)
    assert "Vos places restent à vous" in after.text
    assert "still-coming" not in after.html
    assert "Vous avez dit que vous venez, merci." in after.text
    assert answered(context)


def test_who_answers_when_the_seats_are_gone_is_told_so(
    context: ServiceContext, visitor: Visitor, asked: tuple[str, str]
) -> None:
    address, answer = asked
    page = visitor.get(address)
    with context.database.write() as db:
        release_unanswered(db, now=LATER)
    assert (
        "Trop tard, ces places sont déjà rendues"
        in visitor.get(page.send(action=answer).location).text
    )


def test_nobody_answers_for_somebody_else(visitor: Visitor, asked: tuple[str, str]) -> None:
    address, answer = asked
    typed = visitor.get(address).forms[answer][0]
    assert visitor.post(f"{address}/bookings/{UUID(int=1)}/coming", typed).status == 404
    assert visitor.post(f"/registrations/other{answer[-51:]}", typed).status == 404
