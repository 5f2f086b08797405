"""The work of an import's process: reading and planning, or applying what was accepted."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.scheduling.domain.import_jobs.jobs import NotNow, beat, begin, end, planned
from services.scheduling.domain.import_jobs.summary import (
    plan_digest,
    plan_summary,
    report_summary,
)
from services.scheduling.domain.importing import (
    ImportRefused,
    Options,
    StalePlan,
    apply,
    plan,
)
from services.scheduling.domain.importing.applying import ATTEMPTS
from services.scheduling.domain.programme import Programme, Rejection, Sentence
from services.scheduling.domain.releasing import ChangedMeanwhile
from services.scheduling.models import Edition, ImportJob
from shared.context import ServiceContext
from shared.contracts.party_categories import usual_categories
from shared.i18n import LOCALES, speaking, stored_sentence, translator
from shared.i18n import lazy_gettext as _l

#: How often the page is told how far the work is.
PAUSE = timedelta(milliseconds=400)

#: Told of a plan that is no longer the one that was accepted.
CHANGED = _l(
    "Le programme a changé depuis que ce plan était affiché : relisez-le avant d’appliquer."
)


class Reader(Protocol):
    """What reads a file as a programme: `read_programme` of the importers."""

    def __call__(
        self,
        given: bytes,
        edition_slug: str,
        *,
        name: str | None,
        known_zone: str | None,
        known_days: tuple[date, date] | None,
        known_categories: Sequence[Mapping[str, Any]],
        progress: Callable[[int, int], None],
    ) -> Programme: ...


class Marker(Protocol):
    """What marks the faults of a file in it: `corrections` of the importers."""

    def __call__(
        self, content: bytes, name: str, rejections: Sequence[Rejection]
    ) -> bytes | None: ...


def no_marks(content: bytes, name: str, rejections: Sequence[Rejection]) -> bytes | None:
    """Give no file back."""
    return None


def work(context: ServiceContext, job_id: UUID, read: Reader, mark: Marker = no_marks) -> None:
    """Do what a waiting job waits for; nothing if another process has it.

    A file that cannot be taken ends as `refused` with a sentence; whatever else fails is raised,
    and leaves the job to `fail`.
    """
    with context.database.write() as db:
        state = begin(db, job_id, context.clock())
    if state is None:
        return
    try:
        _do(context, job_id, read, mark, is_applying=state == "applying")
    except ImportRefused as refusal:
        with context.database.write() as db:
            end(db, job_id, "refused", context.clock(), problem=_kept(refusal.sentence))
    except NotNow:  # it was abandoned meanwhile
        return


def fail(context: ServiceContext, job_id: UUID) -> None:
    """End a job whose process failed, so that its page says so; what ended already stays.

    Also one that its process could not even begin: it would be started again for ever.
    """
    try:
        with context.database.write() as db:
            end(db, job_id, "failed", context.clock(), is_begun=False)
    except NotNow:
        return


def _do(
    context: ServiceContext, job_id: UUID, read: Reader, mark: Marker, *, is_applying: bool
) -> None:
    tell = _Teller(context, job_id)
    with context.database.read() as db:
        job = db.get_one(ImportJob, job_id)
        edition = db.get(Edition, job.edition_id) if job.edition_id else None
        zone = edition.time_zone if edition else None
        days = (edition.starts_on, edition.ends_on) if edition else None
        categories = edition.party_categories if edition else usual_categories()
    options = Options(**job.options, as_drafts=not job.is_released)
    programme = read(
        job.content or b"",
        job.edition_slug,
        name=job.filename,
        known_zone=zone,
        known_days=days,
        known_categories=categories,
        progress=tell,
    )
    for attempt in range(ATTEMPTS):
        now = context.clock()
        with context.database.read() as db:
            drafted = plan(db, programme, options, now=now)
            is_as_seen = is_applying and (job.plan or {}).get("digest") == plan_digest(drafted)
            summary = {} if is_as_seen else plan_summary(drafted)
        if not is_as_seen:
            problem = _kept(CHANGED) if is_applying else None
            marked = _marked(job, mark, drafted.report.rejections)
            with context.database.write() as db:
                planned(db, job_id, {**summary, "problem": problem}, context.clock(), marked)
            return
        try:
            with context.database.write() as db:
                report = apply(db, drafted, now, tell.quietly, job.account_id, job.filename)
                end(
                    db,
                    job_id,
                    "applied",
                    now,
                    report=report_summary(report),
                    release_id=report.release_id,
                )
        except (StalePlan, ChangedMeanwhile, IntegrityError):
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return


def _marked(job: ImportJob, mark: Marker, rejections: Sequence[Rejection]) -> dict[str, bytes]:
    """Return the file with its faults marked, once in each language; nothing where it has none."""
    found = {}
    for locale in LOCALES:
        with speaking(translator("services.scheduling", locale)):
            content = mark(job.content or b"", job.filename, rejections)
        if content is None:
            return {}
        found[locale] = content
    return found


def _kept(sentence: Sentence) -> dict[str, Any]:
    """Return a sentence as JSON has it, one that is not translated under `message` too."""
    kept = stored_sentence(sentence)
    return kept if isinstance(kept, dict) else {"message": kept, "variables": {}}


class _Teller:
    """Says how far the work is, now and then, in transactions of its own."""

    def __init__(self, context: ServiceContext, job_id: UUID) -> None:
        self._context = context
        self._job_id = job_id
        self._told_at = context.clock()

    def __call__(self, done: int, total: int) -> None:
        now = self._context.clock()
        if now - self._told_at < PAUSE:
            return
        self._told_at = now
        with self._context.database.write() as db:
            beat(db, self._job_id, done, total, now)

    def quietly(self, done: int, total: int) -> None:
        """Say it while a transaction is open: SQLite's only writer is that transaction."""
        if not self._context.database.is_sqlite:
            self(done, total)
