"""Condition reports: how an exhibition arrived at a stop and how it left, with photographs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import REQUIRED, Fault, one_of, paragraphs
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.images import LARGEST, Prepared, prepare_image
from services.scheduling.models import ConditionPhoto, ConditionReport, Image, Stop
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

MOMENTS = ("arrival", "departure")
CONDITIONS = ("good", "worn", "damaged")

#: The most photographs that one report has.
MOST_PHOTOS = 20

#: What the photographs of one report may weigh together, in bytes.
LARGEST_REPORT = 3 * LARGEST


class Readable(Protocol):
    """A file that was sent."""

    def read(self, size: int = -1, /) -> bytes:
        """Return so many bytes of it, at most."""


def prepare_photos(files: Sequence[tuple[str, Readable]]) -> list[Prepared]:
    """Scale the photographs of a report, each given with the name of its file.

    It takes long: no transaction should wait. Raises `Fault`, naming the file that is at fault.
    """
    if len(files) > MOST_PHOTOS:
        raise Fault(_("C’est trop : %(n)s photographies au plus par constat.", n=MOST_PHOTOS))
    found = []
    for name, file in files:
        try:
            found.append(prepare_image(file.read(LARGEST + 1)))
        except Fault as fault:
            raise Fault(
                _("« %(name)s » : %(fault)s", name=name[:80], fault=fault.sentence)
            ) from None
    return found


def report_condition(
    db: DbSession,
    stop_id: UUID,
    *,
    moment: str,
    condition: str,
    note: str,
    photos: Sequence[tuple[Image, str]] = (),
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> ConditionReport:
    """Note in what condition the exhibition arrived or left; a report is never changed.

    `photos` are stored pictures with their captions. Whatever is damaged has to be described.
    Raises `Unknown` and `Invalid`.
    """
    if db.get(Stop, stop_id) is None:
        raise Unknown(str(stop_id))
    faults: dict[str, LazyText | str] = {}
    cleaned = {}
    for name, value, field in (
        ("moment", moment, one_of(MOMENTS)),
        ("condition", condition, one_of(CONDITIONS)),
        ("note", note, paragraphs(5_000, default="")),
    ):
        try:
            cleaned[name] = field(value)
        except Fault as fault:
            faults[name] = fault.sentence
    if condition == "damaged" and not cleaned.get("note"):
        faults.setdefault("note", REQUIRED)
    if faults:
        raise Invalid(faults)
    report = ConditionReport(
        id=row_id or new_id(), stop_id=stop_id, account_id=account_id, reported_at=now, **cleaned
    )
    db.add(report)
    db.flush()
    for position, (image, caption) in enumerate(photos[:MOST_PHOTOS]):
        db.add(
            ConditionPhoto(
                report_id=report.id, image_id=image.id, position=position, caption=caption or None
            )
        )
    db.flush()
    return report


def reports_of(db: DbSession, stop_id: UUID) -> Sequence[ConditionReport]:
    """Return the reports of a stop, in the order in which they were made."""
    return db.scalars(
        sa.select(ConditionReport)
        .where(ConditionReport.stop_id == stop_id)
        .order_by(ConditionReport.reported_at, ConditionReport.id)
    ).all()


def photos_of(
    db: DbSession, reports: Sequence[ConditionReport]
) -> dict[UUID, list[ConditionPhoto]]:
    """Return the photographs of each report, in their order."""
    found: dict[UUID, list[ConditionPhoto]] = {report.id: [] for report in reports}
    rows = db.scalars(
        sa.select(ConditionPhoto)
        .where(ConditionPhoto.report_id.in_(list(found)))
        .order_by(ConditionPhoto.position, ConditionPhoto.image_id)
    )
    for photo in rows:
        found[photo.report_id].append(photo)
    return found


def stop_of_photo(db: DbSession, image_id: UUID) -> UUID | None:
    """Return the stop whose report has this photograph."""
    return db.scalar(
        sa.select(ConditionReport.stop_id)
        .join(ConditionPhoto, ConditionPhoto.report_id == ConditionReport.id)
        .where(ConditionPhoto.image_id == image_id)
        .limit(1)
    )
