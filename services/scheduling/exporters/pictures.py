"""The pictures of activities in files: their addresses, sizes, and what is said of them.

A file that comes back brings none in (importers read no picture), so that they change nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.images import address_of
from services.scheduling.domain.importing.marks import one_line
from services.scheduling.domain.programme import ActivityRecord, ImageRecord, Programme
from services.scheduling.models import Image, ImageFile


def with_pictures(db: DbSession, programme: Programme) -> Programme:
    """Return the programme with the sizes of its pictures, read at once; private ones left out."""
    sizes = _sizes(db, {one.image.id for one in programme.activities if one.image})
    return replace(
        programme, activities=tuple(_with_sizes(one, sizes) for one in programme.activities)
    )


def address(image: ImageRecord, public_url: str) -> str:
    """Return the address of a picture at its largest."""
    return address_of(public_url, image.id, image.width)


def caption(image: ImageRecord, *, is_english: bool = False) -> str:
    """Return what is said of a picture in one line: what it shows, and whose it is."""
    shows = one_line((image.alt_en if is_english else None) or image.alt_fr or "")
    credit = one_line(image.credit or "")
    return f"{shows} ({credit})" if shows and credit else shows or credit


def openagenda_image(image: ImageRecord, public_url: str) -> dict[str, Any]:
    """Return a picture as an event of OpenAgenda has it: files to be set behind a base."""
    largest, smallest = _file(image, image.widths[-1]), _file(image, image.widths[0])
    return {
        **largest,
        "variants": [{**largest, "type": "full"}, {**smallest, "type": "thumbnail"}],
        "base": f"{public_url}/images/{image.id}/",
    }


def _file(image: ImageRecord, width: int) -> dict[str, Any]:
    height = max(1, round(image.height * width / image.width))
    return {"filename": f"{width}.webp", "size": {"width": width, "height": height}}


def _with_sizes(
    activity: ActivityRecord, sizes: dict[str, tuple[int, int, tuple[int, ...]]]
) -> ActivityRecord:
    if activity.image is None:
        return activity
    if activity.image.id not in sizes:
        return replace(activity, image=None)
    width, height, widths = sizes[activity.image.id]
    image = replace(activity.image, width=width, height=height, widths=widths)
    return replace(activity, image=image)


def _sizes(db: DbSession, ids: Iterable[str]) -> dict[str, tuple[int, int, tuple[int, ...]]]:
    wanted = [UUID(each) for each in ids]
    if not wanted:
        return {}
    rows = db.execute(
        sa.select(Image.id, Image.width, Image.height, ImageFile.width.label("file"))
        .join(ImageFile, ImageFile.image_id == Image.id)
        .where(Image.id.in_(wanted), Image.is_private.is_(False))
        .order_by(Image.id, ImageFile.width)
    )
    found: dict[str, tuple[int, int, tuple[int, ...]]] = {}
    for row in rows:
        earlier = found.get(str(row.id), (0, 0, ()))[2]
        found[str(row.id)] = (row.width, row.height, (*earlier, row.file))
    return found
