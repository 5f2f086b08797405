"""A file of ours that comes back as it was changes nothing, whatever is in the programme."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from services.scheduling.importers import read_programme
from services.scheduling.models import Activity, Session
from shared.testing.calendars import assert_valid_calendar
from tests.services.scheduling.exported import (
    CALENDARS,
    QUICK,
    changes_of,
    export,
    faults_of_json,
    faults_of_xml,
    planned,
    programmes,
    take,
)
from tests.services.scheduling.schedules import real_schedule
from tests.services.scheduling.stored_programme import OPENING, edit, released_programme


@settings(
    max_examples=25,
    deadline=None,
    phases=QUICK,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(programme=programmes())
@pytest.mark.published
def test_any_programme_is_exported_validly_and_comes_back_without_a_change(context, programme):
    slug = programme.edition.slug
    take(context, programme)

    files = {name: export(context, slug, name) for name in CALENDARS}

    assert faults_of_xml(files["frab"]) == []
    assert faults_of_json(files["pretalx"]) == []
    assert_valid_calendar(files["ics"])
    assert {name: _said_again(context, slug, file) for name, file in files.items()} == {
        name: {} for name in CALENDARS
    }


def _said_again(context, slug: str, file: bytes) -> dict:
    """Return what a file changes; one without any event is none, and is not brought in."""
    if b"<event" not in file and b'"guid": "' not in file and b"VEVENT" not in file:
        return {}
    return changes_of(planned(context, slug, file))


@pytest.mark.published
@pytest.mark.parametrize(
    ("name", "formats"),
    [
        ("fosdem-2025.xml", ("frab",)),
        ("debconf23.xml", CALENDARS),
        ("pretalx-democon.json", CALENDARS),
        ("openagenda-albi.json", CALENDARS),
        ("linux_conf_au_2020.ics", ("ics",)),
    ],
)
def test_a_real_programme_comes_back_without_a_change(context, name, formats):
    take(context, read_programme(real_schedule(name), "real"))
    files = {each: export(context, "real", each) for each in formats}

    assert {each: changes_of(planned(context, "real", file)) for each, file in files.items()} == {
        each: {} for each in formats
    }
    faults = {"frab": faults_of_xml, "pretalx": faults_of_json}
    assert [faults[each](file) for each, file in files.items() if each in faults] == [
        [] for each in formats if each in faults
    ]


@pytest.mark.parametrize("name", CALENDARS)
def test_drafts_come_back_without_a_change_and_without_what_is_published(context, name):
    with released_programme(context) as stored:
        stored.add_session()
    with context.database.write() as db:
        edit(db.scalars(sa.select(Activity)).one(), title_fr="Un secret")
        edit(db.scalars(sa.select(Session)).one(), ends_at=OPENING + timedelta(hours=3))

    drafts = export(context, "fds-2026", name, drafts=True)

    assert b"Un secret" in drafts
    assert changes_of(planned(context, "fds-2026", drafts)) == {}
