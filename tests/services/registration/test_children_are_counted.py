"""Children are counted, and that is all: nothing could hold a child's name, age or birth date.

Whatever is there is walked through: every column and JSON document of the models, every field of
the API and of the events, every input of the pages and of the desk.
"""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa
from marshmallow import Schema, fields

from services.registration import schemas
from services.registration.models import Base, Booking
from services.registration.web import create_app
from shared.contracts.census import EVENTS
from tests.services.registration.browsing import Visitor
from tests.services.registration.factories import publish, register, request, wanted
from tests.services.registration.test_names import browser, viewer

#: What such a field would be called, in either language.
TELLING = re.compile(
    r"child|enfant|kid|minor|mineur|birth|naissance|born|née?_|(^|[_-])age($|[_s-])|(^|_)dob($|_)"
    r"|prenom|first_?name|surname|last_?name|participant|eleve|pupil|school|classe?($|[_-])",
    re.IGNORECASE,
)

#: Columns of registration that hold a person's own words, or the staff's: nobody adds one unseen.
WORDS = {
    "registrations": {"email", "name", "telephone"},
    "registration_notes": {"text"},
    # To the organiser's questions, each with its purpose; what the organiser says to a proposal.
    "bookings": {"answers", "offer_note"},
}

#: Fields that people write words into over the API.
WRITTEN = {"email", "name", "telephone", "answers"}


class _Inputs(HTMLParser):
    """The name and the type of every control of a page's forms."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        given = dict(attributes)
        if tag in ("input", "textarea", "select") and given.get("name"):
            self.found[given["name"]] = given.get("type") or tag


def inputs_of(markup: str) -> dict[str, str]:
    parser = _Inputs()
    parser.feed(markup)
    return parser.found


def fields_of(schema: Schema) -> dict[str, Any]:
    """Return every field of a schema by its name, those of nested schemas included."""
    found: dict[str, Any] = {}
    for name, field in schema.fields.items():
        found[name] = field
        inner = field
        while isinstance(inner, fields.List):
            inner = inner.inner
        if isinstance(inner, fields.Nested):
            found |= fields_of(inner.schema)
    return found


def test_no_column_of_any_table_is_called_so():
    columns = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
    ]

    assert [name for name in columns if TELLING.search(name.partition(".")[2])] == []
    assert "bookings.party" in columns


@pytest.mark.parametrize("table", WORDS)
def test_no_other_column_of_a_person_takes_words(table):
    """The others are ids, codes that we make, states, and names of the staff."""
    ours = {
        "registrations": {"token", "code", "ticket", "locale", "status"},
        "registration_notes": {"account_name", "kind"},
        "bookings": {"party", "status", "ended_for"},
    }
    wordy = {
        column.name
        for column in Base.metadata.tables[table].columns
        if isinstance(column.type, sa.String | sa.Text | sa.JSON)
    }

    assert wordy - ours[table] == WORDS[table]


def test_a_party_holds_numbers_alone(context):
    session = publish(context)
    register(context, request(wanted(session, adults=1, children=3)))

    with context.database.read() as db:
        [party] = db.scalars(sa.select(Booking.party))

    assert party == {"adults": 1, "children": 3}


def test_no_field_of_the_api_or_of_an_event_is_called_so():
    bodies = [schemas.RegistrationBody(), schemas.ChangeBody(), schemas.RegistrationAnswer()]
    told = [event.schema() for event in EVENTS.values() if event.service == "registration"]

    names = [name for schema in (*bodies, *told) for name in fields_of(schema)]

    assert [name for name in names if TELLING.search(name)] == []


def test_the_api_takes_words_in_no_other_field():
    taken = fields_of(schemas.RegistrationBody()) | fields_of(schemas.ChangeBody())
    chosen = {"locale", "if_full", "status", "offer"}  # one of a few codes

    wordy = {
        name
        for name, field in taken.items()
        if not isinstance(field, fields.Integer | fields.UUID | fields.Boolean | fields.List)
    }

    numbers = {"party", "wheelchairs", "sign_language", "session_id", "id"}
    assert wordy - numbers - chosen == WRITTEN
    assert isinstance(taken["party"].value_field, fields.Integer)


@pytest.mark.parametrize("number", ["Camille", "7 ans", "2019-04-03", True, [3], {"name": "Léo"}])
def test_a_party_that_says_more_than_numbers_is_refused(context, number):
    session = publish(context)
    visitor = Visitor(create_app(context))
    body = {
        "email": "camille@example.org",
        "name": "Camille",
        "bookings": [{"session_id": str(session), "party": {"children": number}}],
    }

    answer = visitor.client.post(
        "/api/v1/registrations", json=body, headers={"Idempotency-Key": "a-child"}
    )

    assert answer.status_code == 422


def test_no_page_asks_for_more_than_how_many(context):
    session = publish(context)
    app = create_app(context)
    [made] = register(context, request(wanted(session, adults=1, children=1)))
    manage = f"/registrations/{made.body['token']}"
    staff = browser(app, viewer("coordinator"))
    public = app.test_client()
    pages = [public.get(f"/register/{session}").text, public.get(manage).text]
    pages.append(staff.get(f"/console/registration/sessions/{session}/desk").text)

    for page in pages:
        inputs = inputs_of(page)
        telling = {name: kind for name, kind in inputs.items() if TELLING.search(name)}
        assert telling  # children are counted, the least age is ticked
        assert set(telling.values()) <= {"number", "checkbox"}
        assert "date" not in inputs.values()
