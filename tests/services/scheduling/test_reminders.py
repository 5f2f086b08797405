"""Reminders before a deadline: to each person once, about all that they lack, and never again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.editing.activities import create_activity
from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.proposals.reminding import is_a_deadline_near, send_reminders
from services.scheduling.domain.proposals.ruling import save_rules
from services.scheduling.models import Activity, EditionRules, Membership
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import DraftedProgramme

#: Noon of a day in Paris, a week before the day by which projects must be proposed, and the day
#: after the programme was made.
NOON = NOW.replace(hour=10, minute=0) + timedelta(days=1)
DUE = (NOON + timedelta(days=7)).date()


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return an edition with a deadline and two ideas of one organisation."""
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        rules = {
            "requirements": {"proposal": ["description"], "publication": ["theme"]},
            "lengths": {},
            "reminder_days": [7, 1],
            "takes_proposals": True,
            "proposals_due_on": DUE,
            "label_due_on": None,
            "publication_due_on": DUE + timedelta(days=60),
            "travel_kmh": 40,
            "travel_margin_minutes": 15,
        }
        save_rules(db, programme.edition.id, 0, rules, **programme.by)
        for title, values in (
            ("Un glacier", {}),
            ("Un muon", {"description_fr": "Des traces."}),
            ("Un public", {"description_fr": "Validé."}),
        ):
            programme.add_activity(title, **values).state = "idea"
        account = ensure_account(db, "lucie@museum.example", "Lucie", ["organiser"], NOW)
        db.flush()
        set_memberships(db, account.id, [programme.organisation.id], [])
        public = db.scalars(sa.select(Activity).where(Activity.title_fr == "Un public")).one()
        public.state = "accepted"
    return programme


def remind(context: ServiceContext, now: datetime) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Send what is due; return to whom, and of which proposals what was said to be missing."""
    with context.database.write() as db:
        before = {row.id for row in db.execute(sa.select(OUTBOX.c.id))}
        send_reminders(db, now=now, public_url="https://fds.example")
        rows = db.execute(sa.select(OUTBOX).order_by(OUTBOX.c.id)).all()
    return [
        (
            row.data["recipient"]["email"],
            [
                (one["title"]["fr"], one["stage"], [lack["fr"] for lack in one["lacks"]])
                for one in row.data["proposals"]
            ],
        )
        for row in rows
        if row.id not in before and row.type == "scheduling.proposals_reminded"
    ]


UNSENT = "Tout y est\u00a0: il reste à l’envoyer à la coordination."
FIRST = [
    (
        "lucie@museum.example",
        [
            ("Un glacier", "proposal", ["Décrivez l’animation."]),
            ("Un muon", "proposal", [UNSENT]),
        ],
    )
]


def test_one_person_gets_one_reminder_of_all_that_is_missing_and_never_twice(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    assert remind(context, NOON - timedelta(days=1)) == []
    assert remind(context, NOON) == FIRST
    assert remind(context, NOON + timedelta(minutes=5)) == []
    assert remind(context, NOON + timedelta(days=3)) == []
    assert remind(context, NOON + timedelta(days=6)) == FIRST  # the last reminder
    assert remind(context, NOON + timedelta(days=7)) == []
    assert remind(context, NOON + timedelta(days=8)) == []


def test_a_day_on_which_nothing_ran_is_made_up_for(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    assert remind(context, NOON + timedelta(days=2)) == FIRST


def test_nobody_is_written_to_at_night(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    night = NOON.replace(hour=4)
    with context.database.read() as db:
        assert not is_a_deadline_near(db, now=night)
        assert is_a_deadline_near(db, now=NOON)
    assert remind(context, night) == []
    assert remind(context, NOON) == FIRST


def test_who_lacks_nothing_or_has_ended_is_left_in_peace(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        for activity in db.scalars(sa.select(Activity)):
            activity.state = "submitted" if activity.description_fr else "withdrawn"

    assert remind(context, NOON) == []


def test_another_deadline_is_reminded_of_anew(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    assert remind(context, NOON) == FIRST
    with context.database.write() as db:
        row = db.get_one(EditionRules, programme.edition.id)
        row.proposals_due_on = DUE + timedelta(days=3)

    assert remind(context, NOON + timedelta(days=3)) == FIRST
    assert [
        title for _who, found in remind(context, NOON + timedelta(days=60)) for title in found
    ] == [("Un public", "publication", ["Choisissez une thématique."])]


def begin(context: ServiceContext, programme: DraftedProgramme, at: datetime, title: str) -> None:
    """Begin a proposal at this instant."""
    given = {
        "edition_id": programme.edition.id,
        "organisation_id": programme.organisation.id,
        "title_fr": title,
    }
    with context.database.write() as db:
        create_activity(db, given, account_id=None, now=at).state = "idea"


def test_a_proposal_is_reminded_of_from_the_first_reminder_after_it_was_begun(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    eight = NOON.replace(hour=6)  # in Paris
    begin(context, programme, eight, "Une aube")
    begin(context, programme, eight + timedelta(minutes=1), "Une brume")

    def titles(now: datetime) -> list[str]:
        return [title for _who, found in remind(context, now) for title, _stage, _lacks in found]

    assert titles(NOON) == ["Un glacier", "Un muon", "Une aube"]
    assert titles(NOON + timedelta(days=3)) == []
    assert titles(NOON + timedelta(days=6)) == ["Un glacier", "Un muon", "Une aube", "Une brume"]


def test_one_address_under_several_names_gets_one_reminder(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        db.execute(sa.delete(Membership))
        for activity in db.scalars(sa.select(Activity)):
            activity.contact_email = "Lucie@museum.example"
            activity.contact_name = f"Lucie, {activity.title_fr}"

    assert remind(context, NOON) == FIRST
