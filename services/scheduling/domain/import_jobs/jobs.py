"""The life of an import: from a file that was handed in to one that was applied, or was not."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.importing import Options
from services.scheduling.models import Edition, ImportJob

#: The largest file that is taken, in bytes; FOSDEM's schedule has two million.
LARGEST_FILE = 20 * 1024 * 1024

#: The states in which a process is at work, and the one that its work starts from.
WORKING = {"planning": "waiting", "applying": "accepted"}

#: The states that a job stays in.
ENDED = ("applied", "refused", "failed", "abandoned")

#: A process that has said nothing for so long is taken to be dead; applying a large programme to
#: SQLite is one long transaction, in which it cannot.
SILENCE = timedelta(minutes=10)

#: A plan that nobody applied is forgotten, and its file with it.
FORGOTTEN_AFTER = timedelta(days=7)

#: The files with the faults marked, forgotten.
NO_CORRECTIONS = {"corrections": None, "corrections_en": None}


class NotNow(Exception):
    """What is asked of a job does not go with its state, which somebody may have changed."""


def add_job(
    db: DbSession,
    edition: Edition,
    *,
    filename: str,
    content: bytes,
    options: Options,
    account_id: UUID | None,
    now: datetime,
) -> ImportJob:
    """Keep a file, to be planned by the worker; `content` has at most `LARGEST_FILE` bytes."""
    job = ImportJob(
        edition_id=edition.id,
        edition_slug=edition.slug,
        account_id=account_id,
        filename=filename,
        content=content,
        options={"registration": options.registration, "capacity": options.capacity},
        created_at=now,
        beat_at=now,
    )
    db.add(job)
    db.flush()
    return job


def accept(db: DbSession, job_id: UUID, *, is_released: bool, now: datetime) -> None:
    """Let a planned import be applied, as drafts or released. Raises `NotNow`."""
    _move(db, job_id, ("planned",), "accepted", now, is_released=is_released)


def abandon(db: DbSession, job_id: UUID, *, now: datetime) -> None:
    """Give an import up that nobody is applying, and forget its file. Raises `NotNow`."""
    _move(
        db,
        job_id,
        ("waiting", "planning", "planned"),
        "abandoned",
        now,
        content=None,
        **NO_CORRECTIONS,
        ended_at=now,
    )


def next_job(db: DbSession) -> UUID | None:
    """Return the oldest job that waits for a process, if one does."""
    return db.scalar(
        sa.select(ImportJob.id)
        .where(ImportJob.state.in_(WORKING.values()))
        .order_by(ImportJob.created_at, ImportJob.id)
        .limit(1)
    )


def begin(db: DbSession, job_id: UUID, now: datetime) -> str | None:
    """Take a waiting job for this process; return its new state, None if another has it."""
    for state, before in WORKING.items():
        try:
            _move(db, job_id, (before,), state, now, done=0, total=None, problem=None)
        except NotNow:
            continue
        return state
    return None


def beat(db: DbSession, job_id: UUID, done: int, total: int, now: datetime) -> None:
    """Say how far the work is, and that its process is alive."""
    db.execute(
        sa.update(ImportJob)
        .where(ImportJob.id == job_id, ImportJob.state.in_(WORKING))
        .values(done=done, total=total, beat_at=now)
    )


def end(
    db: DbSession,
    job_id: UUID,
    state: str,
    now: datetime,
    *,
    is_begun: bool = True,
    **columns: object,
) -> None:
    """End a job that a process was at work on, and forget its file. Raises `NotNow`.

    It may still wait for its process unless it `is_begun`.
    """
    states = tuple(WORKING) if is_begun else (*WORKING, *WORKING.values())
    _move(db, job_id, states, state, now, content=None, ended_at=now, **columns)


def planned(
    db: DbSession,
    job_id: UUID,
    plan: dict[str, object],
    now: datetime,
    corrections: Mapping[str, bytes] | None = None,
) -> None:
    """Keep a job's plan, for somebody to look at, and its file with the faults, by language.

    Raises `NotNow`.
    """
    given = corrections or {}
    files = {"corrections": given.get("fr"), "corrections_en": given.get("en")}
    _move(db, job_id, tuple(WORKING), "planned", now, plan=plan, **files)


def give_back(db: DbSession, job_id: UUID, now: datetime) -> None:
    """Let a job begin again whose process was stopped; what ended already stays."""
    for state, before in WORKING.items():
        with suppress(NotNow):
            _move(db, job_id, (state,), before, now)


def revive(db: DbSession, now: datetime) -> int:
    """Let jobs wait again whose process died, and forget plans nobody wanted; return how many.

    Planning writes nothing, and applying everything at once: both can be begun again.
    """
    touched = 0
    for state, before in WORKING.items():
        found = db.execute(
            sa.update(ImportJob)
            .where(ImportJob.state == state, ImportJob.beat_at < now - SILENCE)
            .values(state=before, beat_at=now)
            .returning(ImportJob.id)
        )
        touched += len(found.all())
    forgotten = db.execute(
        sa.update(ImportJob)
        .where(ImportJob.state == "planned", ImportJob.beat_at < now - FORGOTTEN_AFTER)
        .values(state="abandoned", content=None, **NO_CORRECTIONS, ended_at=now)
        .returning(ImportJob.id)
    )
    db.execute(
        sa.update(ImportJob)
        .where(ImportJob.corrections.is_not(None), ImportJob.ended_at < now - FORGOTTEN_AFTER)
        .values(**NO_CORRECTIONS)
    )
    return touched + len(forgotten.all())


def _move(
    db: DbSession,
    job_id: UUID,
    from_states: tuple[str, ...],
    state: str,
    now: datetime,
    **columns: object,
) -> None:
    moved = db.execute(
        sa.update(ImportJob)
        .where(ImportJob.id == job_id, ImportJob.state.in_(from_states))
        .values(state=state, beat_at=now, **columns)
        .returning(ImportJob.id)
    ).all()
    if not moved:
        raise NotNow(state)
