"""Communes are looked after by the coordination: positions, and the hours of their schools."""

from typing import Any

import pytest

from services.scheduling.domain.editing.communes import save_commune
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.releasing import pending_changes, release
from services.scheduling.models import Commune, PublishedSession
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import only
from tests.services.scheduling.drafted_programme import DraftedProgramme

BY: dict[str, Any] = {"account_id": None, "now": NOW}

MORNING = [{"weekday": 1, "opens": "08:30", "closes": "11:30"}]


def test_a_renamed_commune_changes_what_is_published_of_its_sessions(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        session = programme.add_session()
        release(db, programme.edition.id, now=NOW)
    with context.database.write() as db:
        position = {"latitude": 45.19, "longitude": 5.73}
        values = {"name": "Grenoble-Alpes", "school_hours": MORNING, **position}
        assert save_commune(db, programme.commune.id, values, **BY).school_hours == MORNING
    with context.database.read() as db:
        public = db.get_one(PublishedSession, session.id)
        assert (public.latitude, public.longitude) == (45.19, 5.73)
        (change,) = pending_changes(db, programme.edition.id).changes
        assert (change.id, change.fields) == (session.id, ("venue",))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Voiron", "latitude": 45.3, "longitude": None}, "latitude"),
        ({"name": "Voiron", "latitude": 95.0, "longitude": 5.0}, "latitude"),
        ({"name": "V", "school_hours": [{**MORNING[0], "closes": "08:00"}]}, "school_hours"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(context: ServiceContext, values, field) -> None:
    with context.database.write() as db:
        commune = DraftedProgramme(db).commune
    with pytest.raises(Invalid) as caught, context.database.write() as db:
        save_commune(db, commune.id, values, **BY)
    assert list(caught.value.faults) == [field]
    assert only(context, Commune).name == "Grenoble"


def test_two_who_change_a_commune_at_once_do_not_overwrite_each_other(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        commune = DraftedProgramme(db).commune
    ada = Staff(context, "coordinator")
    page = f"/console/communes/{commune.id}"
    early, late = ada.form_of(page), ada.form_of(page)
    hours = {
        "school_hours-0-weekday": "1",
        "school_hours-0-opens": "8h30",
        "school_hours-0-closes": "11h30",
    }
    assert ada.send(page, early, **hours).location == "/console/communes"
    told = ada.send(page, late, name="Autre").text
    assert "Quelqu’un vient de modifier cette commune" in told
    stored = only(context, Commune)
    assert (stored.name, stored.school_hours) == ("Grenoble", MORNING)
    faulty = ada.send(page, name="")
    assert (faulty.status_code, 'id="name-error"' in faulty.text) == (422, True)
    assert "les siens" in ada.get("/console/communes?q=gren").text
