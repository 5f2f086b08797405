"""A file of ours that comes back as it was changes nothing, whatever is in the programme."""

import pytest
from hypothesis import HealthCheck, given, settings

from services.scheduling.importers import read_programme
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
    "name",
    [
        "fosdem-2025.xml",
        "debconf23.xml",
        "pretalx-democon.json",
        "openagenda-albi.json",
        "linux_conf_au_2020.ics",
    ],
)
def test_a_real_programme_comes_back_from_every_format_without_a_change(context, name):
    take(context, read_programme(real_schedule(name), "real"))

    for format_name in CALENDARS:
        for drafts in (False, True):
            file = export(context, "real", format_name, drafts=drafts)
            assert changes_of(planned(context, "real", file)) == {}, (format_name, drafts)
    assert faults_of_xml(export(context, "real", "frab")) == []
    assert faults_of_json(export(context, "real", "pretalx")) == []
    assert_valid_calendar(export(context, "real", "ics"))
