"""The demo lends things and sends an exhibition around: once, and without a conflict."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.seed import load_demo
from services.scheduling.domain.conflicts import check_edition
from services.scheduling.domain.releasing.pending import count_candidates
from services.scheduling.models import Edition, PublishedSession, Resource, Stop
from shared.context import ServiceContext
from shared.testing.contexts import NOW, make_context


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ServiceContext]:
    made = make_context("scheduling", f"sqlite:///{tmp_path / 'scheduling.sqlite'}")
    yield made
    made.database.dispose()


def test_the_demo_has_a_tour_whose_stop_in_the_edition_is_public(context: ServiceContext) -> None:
    load_demo(context)
    load_demo(context)
    with context.database.read() as db:
        stops = db.scalars(sa.select(Stop).order_by(Stop.arrives_at)).all()
        assert [stop.state for stop in stops] == [
            "confirmed",
            "confirmed",
            "confirmed",
            "optioned",
            "requested",
            "requested",
        ]
        (session_id,) = [stop.session_id for stop in stops if stop.session_id]
        shown = db.get_one(PublishedSession, session_id)
        assert (shown.kind, shown.title_fr) == ("exhibition", "Mémoires de glaciers")
        assert db.scalar(sa.select(sa.func.count()).select_from(Resource)) == 4
        edition = db.scalars(sa.select(Edition)).one()
        assert count_candidates(db, edition.id) == 0
        found = check_edition(db, edition.id, now=NOW)
        assert [conflict for conflict in found if conflict.level != "informs"] == []
