"""Registration opens for a while for a programme that is over, when the operator says so."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from services.scheduling.domain.importing import Counts, Options, Report, bring_in, plan
from services.scheduling.domain.importing.rehearsal import REHEARSAL
from services.scheduling.importers import read_frab
from services.scheduling.models import PublishedSession
from shared.context import ServiceContext
from shared.testing.contexts import NOW, FrozenClock
from tests.services.scheduling.imported import events_of, published_of, row_counts, sessions_of
from tests.services.scheduling.schedules import CONFERENCE, day, event, room, schedule
from tests.services.scheduling.told import sentences

Bring = Callable[..., Report]

HERE = Options("here", 30)
PAST = event("past", date="2025-10-03T10:00:00+02:00")
BEGUN = event("begun", date="2026-09-24T09:30:00+02:00")
FUTURE = event("future")
LAST_YEAR = CONFERENCE | {"start": "2025-10-03", "end": "2025-10-05"}
#: Nothing is far from the days of this one.
SINCE_LAST_YEAR = LAST_YEAR | {"end": "2026-10-05"}
NOTE = "2 sessions are over already: registration is open for a rehearsal until 2026-10-24."


def mixed(*events: str, conference: dict[str, str] = SINCE_LAST_YEAR) -> str:
    """Return a schedule of last year's day and this year's."""
    named = events or (PAST, BEGUN, FUTURE)
    return schedule(day(room(*named), date="2025-10-03"), conference=conference)


@pytest.fixture
def bring(context: ServiceContext, tmp_path: Path) -> Bring:
    """Return what imports the text of a schedule at the time of the clock."""

    def bring_text(text: str, options: Options | None = None) -> Report:
        path = tmp_path / "schedule.xml"
        path.write_text(text, encoding="utf-8")
        programme = read_frab(path, "rencontres-2025")
        return bring_in(context.database, programme, options, now=context.clock())

    return bring_text


def closings(context: ServiceContext) -> dict[str, object]:
    """Return when registration closes, by the sessions' names in the file."""
    return {name: row.registration_closes_at for name, row in sessions_of(context).items()}


def test_what_has_started_opens_for_a_rehearsal_and_what_has_not_as_usual(context, bring):
    report = bring(mixed(), HERE)

    assert closings(context) == {
        "past": NOW + REHEARSAL,
        "begun": NOW + REHEARSAL,
        "future": None,
    }
    assert sentences(report.notes) == [NOTE]
    published = {
        row.data["starts_at"]: row.data["registration_closes_at"] for row in events_of(context)[:-1]
    }
    assert published == {
        "2025-10-03T08:00:00+00:00": (NOW + REHEARSAL).isoformat(),
        "2026-09-24T07:30:00+00:00": (NOW + REHEARSAL).isoformat(),
        "2026-10-02T08:00:00+00:00": None,
    }


def test_without_the_option_nothing_opens(context, bring):
    report = bring(mixed())

    assert report.notes == ()
    assert {(s.registration, s.registration_closes_at) for s in sessions_of(context).values()} == {
        ("none", None)
    }


def test_importing_again_keeps_the_end_of_a_rehearsal_that_goes_on(context, bring, clock):
    bring(mixed(PAST, BEGUN), HERE)
    before = row_counts(context)
    clock.advance(days=29)

    again = bring(mixed(PAST, BEGUN), HERE)
    without = bring(mixed(PAST, BEGUN))

    assert again.counts["sessions"] == without.counts["sessions"] == Counts(unchanged=2)
    assert (sentences(again.notes), without.notes) == ([NOTE], ())
    assert row_counts(context) == before


def test_a_rehearsal_that_ended_is_begun_again_on_demand(context, bring, clock):
    bring(mixed(PAST), HERE)
    clock.advance(days=30)

    report = bring(mixed(PAST), HERE)

    after = published_of(context)["past"]
    assert (after.registration_closes_at, after.version, after.sequence) == (
        clock() + REHEARSAL,
        2,
        0,
    )
    assert sentences(report.notes) == [
        "1 session is over already: registration is open for a rehearsal until 2026-11-23."
    ]


def test_a_session_that_took_registrations_until_it_started_stays_closed(context, bring, clock):
    bring(mixed(FUTURE), HERE)
    clock.advance(days=30)

    report = bring(mixed(FUTURE), HERE)

    assert (closings(context), report.notes) == ({"future": None}, ())
    assert report.counts["sessions"] == Counts(unchanged=1)


def test_a_rehearsal_ends_when_registration_is_closed_or_the_session_moves(context, bring):
    bring(mixed(PAST, BEGUN), HERE)

    bring(mixed(PAST), Options("none"))
    bring(mixed(event("begun", date="2026-10-02T10:00:00+02:00")), HERE)

    assert closings(context) == {"past": None, "begun": None}


def test_a_dry_run_tells_of_the_rehearsal_too(context, tmp_path):
    path = tmp_path / "schedule.xml"
    path.write_text(mixed(), encoding="utf-8")
    with context.database.read() as db:
        drafted = plan(db, read_frab(path, "rencontres-2025"), HERE, now=NOW)

    assert sentences(drafted.report.notes) == [NOTE]


def test_pages_and_api_show_what_is_open_although_it_is_past(
    context: ServiceContext, client: FlaskClient, bring: Bring, clock: FrozenClock
) -> None:
    bring(mixed(PAST, conference=LAST_YEAR), HERE)
    with context.database.write() as db:
        db.execute(sa.update(PublishedSession).values(seats_left=28))
    session_id = sessions_of(context)["past"].id
    address, register = f"/sessions/{session_id}", f"/register/{session_id}"

    def shown() -> tuple[bool, bool, bool]:
        rows = client.get("/?edition=rencontres-2025").get_data(as_text=True)
        page = client.get(address).get_data(as_text=True)
        return "28 places" in rows, "Passée" in rows, register in page

    assert shown() == (True, False, True)
    told = client.get(f"/api/v1{address}").get_json()
    assert told["registration_closes_at"] == (NOW + REHEARSAL).isoformat()

    clock.advance(days=REHEARSAL / timedelta(days=1))

    assert shown() == (False, True, False)
