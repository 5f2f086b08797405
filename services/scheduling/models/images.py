"""Pictures, in the widths that pages ask for."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.models.base import Base, foreign
from shared.identifiers import new_id


class Image(Base):
    """A picture, `width` by `height` pixels at its largest; a private one is never public."""

    __tablename__ = "images"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    width: Mapped[int]
    height: Mapped[int]
    is_private: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[UUID | None] = foreign("accounts.id")
    created_at: Mapped[datetime]


class ImageFile(Base):
    """A picture in one width, as WebP."""

    __tablename__ = "image_files"
    image_id: Mapped[UUID] = mapped_column(sa.ForeignKey("images.id"), primary_key=True)
    width: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
