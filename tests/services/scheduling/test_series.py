"""Recurring sessions: a rhythm becomes times, and the times become sessions, all or none."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.editing import series
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.series import (
    MOST,
    Rhythm,
    clocks,
    create_series,
    occurrences,
)
from services.scheduling.models import Session
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import DraftedProgramme

SATURDAY, NEXT_SATURDAY = date(2026, 10, 3), date(2026, 10, 10)
PARIS = "Europe/Paris"

CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0, tzinfo=None))
RHYTHMS = st.builds(
    Rhythm,
    days=st.just((SATURDAY,)),
    first=CLOCKS,
    until=CLOCKS,
    every=st.integers(1, 300),
    lasts=st.integers(1, 300),
    pauses=st.lists(st.tuples(CLOCKS, CLOCKS).filter(lambda p: p[0] < p[1]), max_size=3).map(tuple),
)


def test_every_45_minutes_from_10_to_17_with_a_pause_at_noon():
    rhythm = Rhythm(
        (SATURDAY,), time(10), time(17), every=45, lasts=40, pauses=((time(12), time(13)),)
    )

    assert [f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in clocks(rhythm)] == [
        *("10:00-10:40", "10:45-11:25"),
        *("13:00-13:40", "13:45-14:25", "14:30-15:10", "15:15-15:55", "16:00-16:40"),
    ]


@given(RHYTHMS)
def test_no_session_leaves_the_hours_or_touches_a_pause_and_all_keep_the_rhythm(rhythm):
    found = clocks(rhythm)

    for begins, ends in found:
        assert rhythm.first <= begins < ends <= rhythm.until
        assert _minutes(ends) - _minutes(begins) == rhythm.lasts
        assert not any(
            pause_begins < ends and begins < pause_ends
            for pause_begins, pause_ends in rhythm.pauses
        )
    for (one, _), (other, _) in pairwise(found):
        resumed = other in {ends for _begins, ends in rhythm.pauses}
        assert _minutes(other) - _minutes(one) == rhythm.every or resumed


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def test_days_are_told_once_each_in_order_and_by_their_own_clocks():
    rhythm = Rhythm(
        (date(2026, 10, 25), date(2026, 10, 24), date(2026, 10, 24)), time(10), time(11), 60, 60
    )

    assert [(one.day, one.starts_at) for one in occurrences(rhythm, PARIS)] == [
        (date(2026, 10, 24), datetime(2026, 10, 24, 8, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 9, tzinfo=UTC)),  # the clocks went back
    ]


@pytest.mark.parametrize(
    ("rhythm", "fault"),
    [
        (Rhythm((), time(10), time(12), 30, 30), {"days": "Choisissez au moins un jour."}),
        (
            Rhythm((SATURDAY,), time(12), time(10), 30, 30),
            {"until": "La dernière fin doit venir après le premier début."},
        ),
        (
            Rhythm((SATURDAY,), time(10), time(11), 30, 90),
            {"until": "Aucune séance ne tient entre ces heures."},
        ),
        (
            Rhythm((SATURDAY,), time(10), time(12), 0, 30),
            {"every": "Écrivez un nombre de minutes, de 1 à 1440."},
        ),
        (
            Rhythm((SATURDAY,), time(10), time(12), 30, 30, ((time(11), time(11)),)),
            {"pauses": "Une pause doit finir après son début."},
        ),
        (
            Rhythm((SATURDAY,), time(8), time(20), 1, 1),
            {"every": f"Cela ferait 720 séances : {MOST} au plus."},
        ),
        (
            Rhythm((date(2026, 3, 29),), time(2), time(4), 60, 60),
            {
                "days": "dimanche 29 mars : Ce jour-là, l’heure change et il n’est jamais 02:00 : "
                "indiquez 03:00."
            },
        ),
    ],
)
def test_a_rhythm_that_makes_no_sense_is_refused_at_its_field(rhythm, fault):
    with pytest.raises(Invalid) as caught:
        occurrences(rhythm, PARIS)
    said = {name: str(words).replace("\u00a0", " ") for name, words in caught.value.faults.items()}
    assert said == fault


def test_a_series_that_is_too_long_is_refused_before_any_time_is_worked_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(series, "instant_of")
    days = tuple(SATURDAY + timedelta(days=n) for n in range(800))

    with pytest.raises(Invalid) as caught:
        occurrences(Rhythm((*days, *days), time(0), time(23, 59), every=1, lasts=1), PARIS)

    said = {name: str(words) for name, words in caught.value.faults.items()}
    assert said == {"every": f"Cela ferait {800 * 1439} séances\u00a0: {MOST} au plus."}


def test_sessions_are_made_together_and_a_day_outside_the_edition_makes_none(
    context: ServiceContext,
) -> None:
    rhythm = Rhythm((SATURDAY, date(2027, 5, 1)), time(10), time(12), 60, 60)
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        session = programme.add_session()
        values = {"activity_id": session.activity_id, "venue_id": session.venue_id}
    with pytest.raises(Invalid) as caught, context.database.write() as db:
        create_series(db, values, occurrences(rhythm, PARIS), account_id=None, now=NOW)
    assert list(caught.value.faults) == ["days"]
    assert str(caught.value.faults["days"]).startswith("samedi 1er mai")
    assert _starts(context) == [session.starts_at]

    rhythm = Rhythm((SATURDAY, NEXT_SATURDAY), time(10), time(12), 60, 60)
    with context.database.write() as db:
        made = create_series(db, values, occurrences(rhythm, PARIS), account_id=None, now=NOW)
        assert len({one.uid for one in made}) == 4
    eight = datetime(2026, 10, 3, 8, tzinfo=UTC)
    wanted = [eight, eight + timedelta(hours=1)]
    assert _starts(context)[-4:] == [*wanted, *(at + timedelta(days=7) for at in wanted)]


def _starts(context: ServiceContext) -> list[datetime]:
    with context.database.read() as db:
        return list(db.scalars(sa.select(Session.starts_at).order_by(Session.id)))


def test_a_series_is_looked_at_and_then_made_once_in_the_console(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        session = programme.add_session(capacity=12, registration="here")
    ada = Staff(context, "coordinator")
    page = ada.get(f"{EDITION}/sessions/series?activity={session.activity_id}")
    fields = {
        **fields_of(page.text),
        "days": SATURDAY.isoformat(),
        "first": "10:00",
        "until": "12:00",
        "lasts": "50",
        "every": "60",
    }

    shown = ada.send(f"{EDITION}/sessions/series", fields, add_row="preview")
    assert "2 séances seraient créées" in shown.text
    assert len(_starts(context)) == 1

    made = ada.send(f"{EDITION}/sessions/series", fields)
    again = ada.send(f"{EDITION}/sessions/series", fields)
    assert made.location == again.location
    assert made.location == f"{EDITION}/activities/{session.activity_id}#sessions"
    with context.database.read() as db:
        rows = db.execute(
            sa.select(Session.starts_at, Session.capacity, Session.registration).order_by(
                Session.starts_at
            )
        )
        assert [tuple(row) for row in rows if row.starts_at != session.starts_at] == [
            (datetime(2026, 10, 3, 8, tzinfo=UTC), 12, "here"),
            (datetime(2026, 10, 3, 9, tzinfo=UTC), 12, "here"),
        ]


def test_what_is_wrong_with_a_series_is_said_at_its_fields(context: ServiceContext) -> None:
    with context.database.write() as db:
        session = DraftedProgramme(db).add_session()
    ada = Staff(context, "coordinator")
    fields = fields_of(ada.get(f"{EDITION}/sessions/series?activity={session.activity_id}").text)

    answer = ada.send(
        f"{EDITION}/sessions/series", {**fields, "first": "25:00", "until": "", "lasts": "abc"}
    )

    assert answer.status_code == 422
    for field in ("first", "until", "lasts"):
        assert f'id="{field}-error"' in answer.text, field
    assert len(_starts(context)) == 1
