"""What is said of the site: the state of accessibility that the law allows, and the copies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from shared.context import ServiceContext
from shared.contracts.scheduling import SITE_DESCRIBED
from shared.database import Database
from shared.site import Site, find_copied_site, keep_site
from shared.testing.contexts import make_context
from tests.contracts.golden import golden

AUDITED = date(2026, 9, 14)


@pytest.fixture
def context(database_url: str) -> Iterator[ServiceContext]:
    made = make_context("registration", database_url)
    yield made
    made.database.dispose()


@pytest.mark.parametrize(
    ("audited_on", "rate", "today", "expected"),
    [
        (None, None, AUDITED, "none"),
        (AUDITED, None, AUDITED, "none"),
        (AUDITED, 49.9, AUDITED, "none"),
        (AUDITED, 50, AUDITED, "partial"),
        (AUDITED, 99.9, AUDITED, "partial"),
        (AUDITED, 100, AUDITED, "full"),
        (AUDITED, 100, date(2029, 9, 14), "full"),
        (AUDITED, 100, date(2029, 9, 15), "none"),
        (date(2024, 2, 29), 75, date(2027, 2, 28), "partial"),
        (date(2024, 2, 29), 75, date(2027, 3, 1), "none"),
    ],
)
def test_a_site_is_as_accessible_as_an_audit_of_the_last_three_years_found(
    audited_on: date | None, rate: float | None, today: date, expected: str
) -> None:
    assert Site(audited_on=audited_on, audit_rate=rate).conformity(today) == expected


def test_nothing_is_known_of_the_site_before_anything_was_said(context: ServiceContext) -> None:
    with context.database.read() as db:
        assert find_copied_site(db) == Site()


def test_the_newest_that_was_said_of_the_site_is_kept(context: ServiceContext) -> None:
    envelope = golden(SITE_DESCRIBED)
    older = replace(
        envelope,
        aggregate_version=envelope.aggregate_version - 1,
        data={**envelope.data, "responsible": "Une autre"},
    )
    _keep(context.database, envelope)
    _keep(context.database, older)

    with context.database.read() as db:
        assert find_copied_site(db) == Site(
            responsible="Université Grenoble Alpes, coordination de la Fête de la science",
            contact_email="donnees@example.org",
            retention_months=12,
            audited_on=AUDITED,
            audit_rate=78.5,
        )


def _keep(database: Database, envelope) -> None:
    with database.write() as db:
        keep_site(db, envelope)
