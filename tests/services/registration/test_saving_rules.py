"""Saving an organiser's rules: who was first, and what they do to seats and other sessions."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registration.domain.changing import ChangeRefused, change_party
from services.registration.domain.questions import AskedQuestion
from services.registration.domain.rules import NO_RULES, Limit, PartyFault, Rules, rules_of
from services.registration.domain.saving_rules import (
    InvalidRules,
    RulesChanged,
    save_rules,
    sessions_beside,
    usual_forgetting,
)
from services.registration.domain.spare_seats import NotYetHeld, learn_again, note_attendance
from services.registration.models import Booking
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.registration.factories import (
    publish,
    publish_again,
    register,
    request,
    seats,
    session_data,
    wanted,
)

LAST_DAY = (NOW + timedelta(days=7)).date()
EDITION = session_data()["edition"]
LEARNED = Rules(overbooking="learned", overbooking_risk=0.05)


def question(**changes: Any) -> AskedQuestion:
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": "text",
        "label": {"fr": "Un régime alimentaire", "en": None},
        "purpose": {"fr": "Préparer le goûter", "en": None},
        "choices": (),
        "is_required": False,
        "forgotten_on": LAST_DAY + timedelta(days=30),
    }
    return AskedQuestion(**(values | changes))


def save(
    context: ServiceContext, session: UUID, rules: Rules, places: int | None = None, **also: Any
) -> Rules:
    with context.database.write() as db:
        return save_rules(db, session, rules, places, now=context.clock(), **also)


def kept(context: ServiceContext, session: UUID) -> Rules:
    with context.database.read() as db:
        return rules_of(db, [session])[session]


def test_rules_are_kept_as_they_were_given(context: ServiceContext) -> None:
    session = publish(context)
    rules = Rules(
        party_limits={"adults": Limit(1, 2), "children": Limit(None, 3)},
        least_party=2,
        largest_party=5,
        questions=(question(), question(kind="consent", label={"fr": "Photos", "en": "Pictures"})),
        asks_hours=48,
        answer_hours=24,
        overbooking="fixed",
        overbooking_seats=2,
    )
    saved = save(context, session, rules, 3)
    ids = [one.id for one in saved.questions]
    asked = tuple(replace(one, id=key) for one, key in zip(rules.questions, ids, strict=True))
    assert saved == kept(context, session) == replace(rules, questions=asked, revision=1)
    row = seats(context, session)
    assert (row.wheelchair_places, row.extra, row.ceiling, row.has_rules) == (3, 2, 12, True)


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(context: ServiceContext) -> None:
    session = publish(context)
    first = save(context, session, Rules(largest_party=4))
    with pytest.raises(RulesChanged):
        save(context, session, Rules(largest_party=6))
    assert kept(context, session) == first
    assert save(context, session, replace(first, largest_party=6)).revision == 2


def test_other_sessions_of_the_activity_take_the_same_rules(context: ServiceContext) -> None:
    activity = str(new_id())
    one, other = publish(context, activity_id=activity), publish(context, activity_id=activity)
    alien = publish(context)
    with context.database.read() as db:
        assert sessions_beside(db, one, now=NOW) == [other]
    save(context, other, Rules(largest_party=9, questions=(question(),)))
    before = kept(context, other).questions[0].id
    saved = save(
        context,
        one,
        Rules(largest_party=4, questions=(question(is_required=True), question(kind="consent"))),
        also=[other],
    )
    after = kept(context, other)
    assert (after.largest_party, after.revision, after.questions[0].id) == (4, 2, before)
    assert [one.kind for one in after.questions] == ["text", "consent"]
    assert not {one.id for one in saved.questions} & {one.id for one in after.questions}
    assert kept(context, alien) == NO_RULES


def test_answers_to_what_is_no_longer_asked_are_forgotten(context: ServiceContext) -> None:
    session = publish(context)
    saved = save(context, session, Rules(questions=(question(), question(kind="consent"))))
    text, consent = (one.key for one in saved.questions)
    register(context, request(wanted(session)))
    with context.database.write() as db:
        db.scalars(sa.select(Booking)).one().answers = {text: "Sans gluten", consent: True}
    save(context, session, replace(saved, questions=saved.questions[1:]))
    with context.database.read() as db:
        assert db.scalars(sa.select(Booking.answers)).one() == {consent: True}


def test_more_seats_serve_whoever_waits_and_fewer_drop_nobody(context: ServiceContext) -> None:
    session = publish(context, capacity=2)
    register(context, request(wanted(session)), request(wanted(session, may_wait=True)))
    saved = save(context, session, Rules(overbooking="fixed", overbooking_seats=2))
    assert (seats(context, session).taken, seats(context, session).waiting) == (4, 0)
    save(context, session, replace(saved, overbooking="off"))
    row = seats(context, session)
    assert (row.taken, row.extra, row.ceiling) == (4, 0, 4)


def test_a_party_does_not_grow_beyond_the_rules_that_came_later(context: ServiceContext) -> None:
    session = publish(context)
    [made] = register(context, request(wanted(session, adults=5)))
    save(context, session, Rules(party_limits={"adults": Limit(1, 3)}))
    token, booking = made.body["token"], UUID(made.body["bookings"][0]["id"])
    with pytest.raises(ChangeRefused) as refused, context.database.write() as db:
        change_party(db, token, booking, {"adults": 6}, now=NOW)
    assert refused.value.fault == PartyFault("adults", "too_many", 3)
    with context.database.write() as db:
        change_party(db, token, booking, {"adults": 4}, now=NOW)
    assert seats(context, session).taken == 4


def held(context: ServiceContext, came: int, **changes: Any) -> UUID:
    """Return a session of the edition that is over, to which so many of ten came."""
    session = publish(context, edition=EDITION, capacity=10, **changes)
    for _ in range(5):
        register(context, request(wanted(session)))
    begins: dict[str, Any] = {
        "starts_at": (NOW - timedelta(days=1)).isoformat(),
        "ends_at": (NOW - timedelta(hours=23)).isoformat(),
    }
    publish_again(context, session, **begins)
    with context.database.write() as db:
        note_attendance(db, session, came, by="Nour Belkacem", now=context.clock())
    return session


def test_seats_are_learned_from_sessions_of_the_same_kind_alone(context: ServiceContext) -> None:
    kind: dict[str, Any] = {"format": "workshop", "theme": "physics"}
    session = publish(context, edition=EDITION, capacity=60, **kind)
    other = publish(context, edition=EDITION, capacity=60, format="talk", theme="physics")
    for each in (session, other):
        save(context, each, LEARNED)
    for _ in range(4):
        assert seats(context, session).extra == 0
        held(context, 5, **kind)
    assert [seats(context, each).extra for each in (session, other)] == [3, 0]


def test_what_a_session_learned_follows_its_capacity(context: ServiceContext) -> None:
    session = publish(context, edition=EDITION, capacity=60)
    for _ in range(4):
        held(context, 5)
    save(context, session, LEARNED)
    assert seats(context, session).extra == 3
    publish_again(context, session, capacity=90)
    assert (seats(context, session).extra, seats(context, session).ceiling) == (9, 99)
    with context.database.write() as db:
        assert learn_again(db, now=NOW) == []


def test_large_parties_leave_fewer_seats_to_give(context: ServiceContext) -> None:
    alone, together = (publish(context, edition=EDITION, capacity=60) for _ in range(2))
    for _ in range(4):
        held(context, 5)
    for _ in range(6):
        register(context, request(wanted(alone, adults=1)), request(wanted(together, adults=6)))
    for each in (alone, together):
        save(context, each, LEARNED)
    assert [seats(context, each).extra for each in (alone, together)] == [17, 0]


def test_nobody_came_to_what_has_not_begun(context: ServiceContext) -> None:
    session = publish(context)
    with pytest.raises(NotYetHeld), context.database.write() as db:
        note_attendance(db, session, 3, by="Nour Belkacem", now=NOW)


def test_answers_are_forgotten_a_month_after_the_edition(context: ServiceContext) -> None:
    session = publish(context, edition=EDITION)
    late = NOW + timedelta(days=20)
    publish(context, edition=EDITION, starts_at=late.isoformat(), ends_at=late.isoformat())
    with context.database.read() as db:
        assert usual_forgetting(db, session) == (late + timedelta(days=30)).date()


@pytest.mark.parametrize(
    ("rules", "faults"),
    [
        (Rules(party_limits={"adults": Limit(3, 2)}), {"party_limits/adults/most": "crossed"}),
        (Rules(largest_party=41), {"largest_party": "out_of_range"}),
        (
            Rules(party_limits={"adults": Limit(2), "children": Limit(3)}, largest_party=4),
            {"largest_party": "impossible"},
        ),
        (Rules(asks_hours=12, answer_hours=6), {"asks_hours": "out_of_range"}),
        (Rules(asks_hours=48), {"answer_hours": "missing"}),
        (Rules(asks_hours=12), {"asks_hours": "out_of_range", "answer_hours": "missing"}),
        (Rules(asks_hours=48, answer_hours=500), {"answer_hours": "out_of_range"}),
        (Rules(asks_hours=48, answer_hours=43), {"answer_hours": "too_close"}),
        (Rules(overbooking="fixed"), {"overbooking_seats": "missing"}),
        (
            Rules(overbooking="learned", overbooking_risk=0.5),
            {"overbooking_risk": "out_of_range"},
        ),
        (
            Rules(
                questions=(question(kind="choice", label={"fr": None}, purpose={"fr": "x" * 201}),)
            ),
            {
                "questions/0/label": "missing",
                "questions/0/purpose": "too_long",
                "questions/0/choices": "too_few",
            },
        ),
        (
            Rules(questions=(question(forgotten_on=date(2020, 1, 1)),)),
            {"questions/0/forgotten_on": "too_early"},
        ),
    ],
)
def test_rules_that_cannot_hold_are_refused_at_their_fields(
    context: ServiceContext, rules: Rules, faults: dict[str, str]
) -> None:
    session = publish(context)
    with pytest.raises(InvalidRules) as refused:
        save(context, session, rules)
    assert refused.value.faults == faults
    assert kept(context, session) == NO_RULES
