"""A spreadsheet of ours that comes back as it was changes nothing, and an edited one its edits."""

import pytest
from hypothesis import HealthCheck, given, settings

from services.scheduling.importers import read_programme
from tests.services.scheduling.exported import (
    QUICK,
    changes_of,
    export,
    planned,
    programmes,
    take,
)
from tests.services.scheduling.schedules import real_schedule

SHEETS = ("xlsx", "csv")


@settings(
    max_examples=25,
    deadline=None,
    phases=QUICK,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(programme=programmes())
def test_any_programme_comes_back_from_a_sheet_without_a_change(context, programme):
    slug = programme.edition.slug
    take(context, programme)

    assert {
        name: changes_of(planned(context, slug, export(context, slug, name))) for name in SHEETS
    } == {name: {} for name in SHEETS}


@pytest.mark.published
@pytest.mark.parametrize("name", ["debconf23.xml", "openagenda-albi.json"])
def test_a_real_programme_comes_back_from_a_sheet_without_a_change(context, name):
    take(context, read_programme(real_schedule(name), "real"))

    for kind in SHEETS:
        for drafts in (False, True):
            file = export(context, "real", kind, drafts=drafts)
            assert changes_of(planned(context, "real", file)) == {}, (kind, drafts)
