"""A plan is applied whole or not at all, and made again when it is stale."""

import pytest
import sqlalchemy as sa

from services.scheduling.domain.importing import (
    Counts,
    StalePlan,
    apply,
    bring_in,
    plan,
)
from services.scheduling.domain.programme import (
    ActivityRecord,
    Programme,
)
from services.scheduling.domain.releasing import ChangedMeanwhile, release
from services.scheduling.models import (
    Session,
)
from shared.testing.contexts import NOW
from tests.services.scheduling.imported import events_of, programme, published_of, row_counts

#: Where an import is interrupted by a test.
APPLYING = "services.scheduling.domain.importing.applying"


def test_a_plan_is_stale_when_its_sessions_changed_meanwhile(context):
    bring_in(context.database, programme(), now=NOW)
    longer = programme(activities=(ActivityRecord("a1", "Voir deux muons"),))
    with context.database.read() as db:
        drafted = plan(db, longer, now=NOW)
    with context.database.write() as db:
        db.execute(sa.update(Session).values(revision=2))
    before = row_counts(context)

    with pytest.raises(StalePlan), context.database.write() as db:
        apply(db, drafted, NOW)

    assert row_counts(context) == before
    assert bring_in(context.database, longer, now=NOW).counts["activities"] == Counts(changed=1)
    assert published_of(context)["s1"].title_fr == "Voir deux muons"


def test_a_first_import_that_another_overtakes_is_planned_again(context, monkeypatch):
    overtaken: list[Programme] = []

    def plan_while_another_imports(db, given, options, *, now):
        drafted = plan(db, given, options, now=now)
        if not overtaken:
            overtaken.append(given)
            bring_in(context.database, given, now=NOW)
        return drafted

    monkeypatch.setattr(f"{APPLYING}.plan", plan_while_another_imports)

    report = bring_in(context.database, programme(), now=NOW)

    assert report.counts["sessions"] == Counts(unchanged=1)
    assert len(events_of(context)) == 2


def test_an_import_whose_release_another_disturbs_is_planned_again(context, monkeypatch):
    disturbed = []

    def release_at_the_second_try(*args, **options):
        if not disturbed:
            disturbed.append(True)
            raise ChangedMeanwhile("a session was deleted")
        return release(*args, **options)

    monkeypatch.setattr(f"{APPLYING}.release", release_at_the_second_try)

    report = bring_in(context.database, programme(), now=NOW)

    assert disturbed
    assert report.release_id is not None


def test_an_import_that_fails_on_its_way_leaves_nothing_behind(context, monkeypatch):
    before = row_counts(context)

    def fail(*_arguments, **_options):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(f"{APPLYING}.release", fail)
    with pytest.raises(RuntimeError):
        bring_in(context.database, programme(), now=NOW)

    assert row_counts(context) == before


def test_progress_is_told_up_to_the_last_event(context):
    told: list[tuple[int, int]] = []

    bring_in(
        context.database, programme(), now=NOW, progress=lambda *progress: told.append(progress)
    )

    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
