"""Opening registration is the operator's word; another import does not take it back."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.scheduling.domain.importing import (
    Counts,
    ImportRefused,
    Options,
    Report,
    bring_in,
)
from services.scheduling.importers import read_frab
from services.scheduling.models import (
    Session,
)
from shared.context import ServiceContext
from tests.services.scheduling.imported import (
    published_of,
    sessions_of,
)
from tests.services.scheduling.schedules import (
    day,
    event,
    room,
    schedule,
)
from tests.services.scheduling.told import refusal_of

Bring = Callable[..., Report]


@pytest.fixture
def bring(context: ServiceContext, tmp_path: Path) -> Bring:
    """Return what imports the text of a schedule into the edition `rencontres-2026`."""

    def bring_text(text: str, options: Options | None = None) -> Report:
        path = tmp_path / "schedule.xml"
        path.write_text(text, encoding="utf-8")
        programme = read_frab(path, "rencontres-2026")
        return bring_in(context.database, programme, options, now=context.clock())

    return bring_text


def test_registration_opens_by_the_operators_option_and_stays_as_it_is_without(
    context, bring, clock
):
    text = schedule(day(room(event("a"))))
    bring(text, Options("here", 30))

    opened = sessions_of(context)["a"]
    assert (opened.registration, opened.capacity, opened.revision) == ("here", 30, 1)

    again = bring(text)
    assert again.counts["sessions"] == Counts(unchanged=1)

    closed = bring(text, Options("none"))
    after = published_of(context)["a"]
    assert closed.counts["sessions"] == Counts(changed=1)
    assert (after.registration, after.capacity, after.sequence, after.version) == (
        "none",
        None,
        0,
        2,
    )


def test_what_the_organiser_decided_is_not_undone_by_another_import(context, bring):
    text = schedule(day(room(event("a"))))
    bring(text, Options("here", 30))
    with context.database.write() as db:
        db.execute(sa.update(Session).values(capacity=12, status="cancelled", revision=2))

    report = bring(schedule(day(room(event("a", title="Muons")))))

    after = sessions_of(context)["a"]
    assert report.counts["sessions"] == Counts(unchanged=1)
    assert (after.registration, after.capacity, after.status) == ("here", 12, "cancelled")
    assert published_of(context)["a"].status == "confirmed"


@pytest.mark.parametrize(
    ("registration", "capacity", "sentence"),
    [
        ("elsewhere", None, "not “elsewhere”"),
        (None, 10, "add --registration here"),
        ("none", 10, "add --registration here"),
        ("here", -1, "not -1"),
        ("here", 2**31, "not 2147483648"),
    ],
)
def test_options_that_do_not_go_together_are_refused(registration, capacity, sentence):
    with pytest.raises(ImportRefused) as refusal:
        Options(registration, capacity)

    assert sentence in refusal_of(refusal.value)
