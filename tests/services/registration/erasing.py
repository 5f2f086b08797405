"""A person with everything that registration may hold of somebody, and looking for what is left."""

import json
from uuid import UUID

import sqlalchemy as sa

from services.registration.domain.staff_notes import add_note
from services.registration.models import BOOKINGS, Base, Call
from shared.identifiers import new_id
from tests.services.registration.factories import register, request, wanted

EMAIL, NAME, TELEPHONE = "camille@example.org", "Camille Dupré", "+33 6 12 34 56 78"
ANSWER, NOTE, CALLED = "allergique aux noix", "vient avec son déambulateur", "préfère le matin"


def register_person(context, *sessions, email=EMAIL, key="a-key", **party):
    """Register the person for the sessions, with needs, answers, a note and a call; the answer."""
    [answer] = register(
        context,
        request(
            *(wanted(session, may_wait=True, **party) for session in sessions),
            email=email,
            name=NAME,
            telephone=TELEPHONE,
            key=key,
        ),
    )
    registration_id = UUID(answer.body["id"])
    with context.database.write() as db:
        db.execute(
            sa.update(BOOKINGS)
            .where(BOOKINGS.c.registration_id == registration_id)
            .values(sign_language=True, answers={str(new_id()): ANSWER})
        )
        add_note(
            db,
            registration_id,
            NOTE,
            account_id=new_id(),
            account_name="Ada Martin",
            now=context.clock(),
        )
        db.add(
            Call(
                registration_id=registration_id,
                session_id=sessions[0],
                reason="offer",
                details={"text": CALLED},
                noted_at=context.clock(),
            )
        )
    return answer


def everything(context):
    """Return every value of every column of every table, written out."""
    with context.database.read() as db:
        rows = [
            dict(row)
            for table in Base.metadata.sorted_tables
            for row in db.execute(sa.select(table)).mappings()
        ]
    return json.dumps(rows, default=str, ensure_ascii=False)


def traces(context, answer):
    """Return what is left of the person."""
    sought = {
        "email": EMAIL,
        "name": NAME,
        "telephone": TELEPHONE,
        "answer": ANSWER,
        "note": NOTE,
        "call": CALLED,
        "token": answer.body["token"],
        "code": answer.body["code"],
        "ticket": answer.body["ticket"],
    }
    text = everything(context)
    return {what for what, words in sought.items() if words in text}


ALL = {"email", "name", "telephone", "answer", "note", "call", "token", "code", "ticket"}
