"""Pictures: what somebody uploads is checked, turned upright, stripped of its secrets and scaled.

A photograph tells where and when it was taken; nothing of that is kept (EXIF, XMP, comments). The
transformation is done outside the transaction (`prepare_image`), storing it inside.
"""

import io
import math
import threading
import warnings
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.models import Image, ImageFile
from shared.i18n import LazyText, format_number
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

#: The largest file that is taken, in bytes.
LARGEST = 20 * 1024 * 1024

#: The most pixels that are unpacked: a photograph of more than 50 megapixels is nobody's.
MOST_PIXELS = 50_000_000

#: The widths in pixels that pages ask for; a smaller picture is not enlarged.
WIDTHS = (480, 960, 1600)

#: The most times that a picture is as high as it is wide: beyond, no page can show it.
TALLEST = 4

#: A picture narrower than this is blurred on any page.
NARROWEST = 200

QUALITY = 80

#: One picture at a time in each process: unpacked and reduced, it takes up to half a gigabyte.
_ONE_AT_A_TIME = threading.Semaphore()

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")


@dataclass(frozen=True)
class Prepared:
    """A picture ready to be stored: its size in pixels, and WebP files by their width."""

    width: int
    height: int
    files: dict[int, bytes]


def too_large(size: int) -> LazyText:
    """Return what is wrong with a file of so many bytes."""
    return _(
        "Cette image pèse %(n)s Mo : choisissez-en une de %(most)s Mo au plus.",
        n=format_number(round(size / 1024 / 1024)),
        most=LARGEST // 1024 // 1024,
    )


def prepare_image(content: bytes) -> Prepared:
    """Read an uploaded picture and make its files; raises `Fault` with what is wrong with it."""
    if len(content) > LARGEST:
        raise Fault(too_large(len(content)))
    with _ONE_AT_A_TIME:
        return _prepared(content)


def _prepared(content: bytes) -> Prepared:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pixels, which are counted here
            opened = Pillow.open(io.BytesIO(content), formats=FORMATS)
            if opened.width * opened.height > MOST_PIXELS:
                raise Fault(_("Cette image a trop de pixels : réduisez-la."))
            if opened.width < NARROWEST:
                raise Fault(
                    _(
                        "Cette image n’a que %(n)s pixels de large : il en faut %(least)s au "
                        "moins.",
                        n=opened.width,
                        least=NARROWEST,
                    )
                )
            if opened.height > TALLEST * opened.width or opened.width > TALLEST * opened.height:
                raise Fault(_("Cette image est trop étroite : recadrez-la."))
            opened.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))  # a JPEG is unpacked at the size needed
            _reduce(opened)
            ImageOps.exif_transpose(opened, in_place=True)
            picture = _in_plain_colours(opened)
    except Fault:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Pillow.DecompressionBombError,
    ):
        raise Fault(
            _("Ce fichier n’est pas une image lisible : choisissez un JPEG, un PNG ou un WebP.")
        ) from None
    widths = [width for width in WIDTHS if width < picture.width]
    if len(widths) < len(WIDTHS):
        widths.append(picture.width)
    files = {width: _scaled(picture, width) for width in widths}
    largest = widths[-1]
    return Prepared(largest, round(picture.height * largest / picture.width), files)


def store_image(
    db: DbSession, prepared: Prepared, *, is_private: bool, account_id: UUID | None, now: datetime
) -> Image:
    """Store a prepared picture; a private one is shown to nobody but through its own pages."""
    image = Image(
        id=new_id(),
        width=prepared.width,
        height=prepared.height,
        is_private=is_private,
        account_id=account_id,
        created_at=now,
    )
    db.add(image)
    db.flush()
    rows = [
        {"image_id": image.id, "width": width, "content": content}
        for width, content in prepared.files.items()
    ]
    db.execute(sa.insert(ImageFile), rows)
    return image


def public_image(db: DbSession, image_id: UUID) -> Image | None:
    """Return a picture that may be shown to anybody, if there is such a one."""
    image = db.get(Image, image_id)
    return None if image is None or image.is_private else image


def widths_of(db: DbSession, image_id: UUID) -> list[int]:
    """Return the widths in pixels in which a picture is stored, the smallest first."""
    stored = sa.select(ImageFile.width).where(ImageFile.image_id == image_id)
    return list(db.scalars(stored.order_by(ImageFile.width)))


def address_of(public_url: str, image_id: UUID | str, width: int) -> str:
    """Return the address of a picture for good, at least so many pixels wide where it can be."""
    return f"{public_url.rstrip('/')}/images/{image_id}/{width}.webp"


def image_file(
    db: DbSession, image_id: UUID, width: int, *, is_private: bool = False
) -> bytes | None:
    """Return the smallest file of a picture that is at least so wide, else its widest.

    None where there is no such picture, or where it is private and was not asked for as such.
    """
    files = (
        sa.select(ImageFile.content)
        .join(Image, Image.id == ImageFile.image_id)
        .where(Image.id == image_id, Image.is_private == is_private)
        .order_by(ImageFile.width < width, sa.func.abs(ImageFile.width - width))
    )
    return db.scalar(files.limit(1))


def _reduce(picture: Pillow.Image) -> None:
    """Make a picture as small as is needed, before copies are made of it.

    Its narrow side stays as wide as the widest file, as it may lie on its side. The colours of a
    palette cannot be mixed yet: such a picture stays twice as wide, for what is done after.
    """
    needed = WIDTHS[-1] * (2 if picture.mode in ("P", "PA", "1") else 1)
    share = needed / min(picture.size)
    if share < 1:
        size = (math.ceil(picture.width * share), math.ceil(picture.height * share))
        picture.thumbnail(size, Pillow.Resampling.LANCZOS)


def _in_plain_colours(picture: Pillow.Image) -> Pillow.Image:
    """Return the picture in sRGB, its transparency kept, and nothing else that it came with."""
    profile = picture.info.get("icc_profile")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            picture = converted or picture
        except ImageCms.PyCMSError:
            pass  # a profile that nobody understands colours nothing
    plain = picture.convert(mode)
    bare = Pillow.new(mode, plain.size)
    bare.paste(plain)
    return bare


def _scaled(picture: Pillow.Image, width: int) -> bytes:
    size = (width, max(1, round(picture.height * width / picture.width)))
    scaled = picture if size == picture.size else picture.resize(size, Pillow.Resampling.LANCZOS)
    out = io.BytesIO()
    scaled.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
