"""What the pages of imports read; never the files themselves."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Account, Edition, ImportJob, Release

#: How many of the latest imports are listed.
LISTED = 30

_JOBS = (
    sa.select(
        ImportJob.id,
        ImportJob.filename,
        ImportJob.state,
        ImportJob.done,
        ImportJob.total,
        ImportJob.problem,
        ImportJob.is_released,
        ImportJob.corrections.is_not(None).label("has_corrections"),
        ImportJob.created_at,
        ImportJob.beat_at,
        ImportJob.ended_at,
        Edition.slug.label("edition_slug"),
        Edition.name_fr.label("edition_fr"),
        Edition.name_en.label("edition_en"),
        Edition.time_zone,
        Account.name.label("account_name"),
        Release.number.label("release_number"),
    )
    .join(Edition, Edition.id == ImportJob.edition_id)
    .outerjoin(Account, Account.id == ImportJob.account_id)
    .outerjoin(Release, Release.id == ImportJob.release_id)
)


def corrections_of(db: DbSession, job_id: UUID, locale: str) -> Any:
    """Return the name of an import's file, and the file with its faults marked, or None.

    What is wrong is said in the language of whoever takes it.
    """
    told = ImportJob.corrections_en if locale == "en" else ImportJob.corrections
    query = sa.select(
        ImportJob.filename, sa.func.coalesce(told, ImportJob.corrections).label("corrections")
    ).where(ImportJob.id == job_id)
    return db.execute(query.where(ImportJob.corrections.is_not(None))).one_or_none()


def recent_jobs(db: DbSession) -> Sequence[sa.Row[Any]]:
    """Return the latest imports, the newest first."""
    return db.execute(
        _JOBS.order_by(ImportJob.created_at.desc(), ImportJob.id.desc()).limit(LISTED)
    ).all()


def job_shown(db: DbSession, job_id: UUID) -> sa.Row[Any] | None:
    """Return one import, if there is such a one."""
    found = _JOBS.add_columns(ImportJob.plan, ImportJob.report)
    return db.execute(found.where(ImportJob.id == job_id)).one_or_none()
